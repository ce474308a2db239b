"""What the call page says: the coordinators' own lines, or the standard ones while they have not made any."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.common import call_translations
from applications.common.call_translations import in_words
from applications.models import Call, PageItem
from cohort.people.models import HistoryEntry, User

Part = PageItem.Part
PUT_BACK_DAYS = 30
TEXTS = call_translations.TEXTS  # fields of the call
CONTACT = ("contact_name", "contact_email", "contact_phone")  # facts of the call; empty takes the cohort's


@dataclass(frozen=True)
class PageLine:
    """One line of a list. ``pk`` is None for a standard line that nobody has made their own."""

    title: str
    words: str = ""
    on: dt.date | None = None
    pk: UUID | None = None


Lines = dict[str, list[PageLine]]


def standard(call: Call, part: str) -> list[PageLine]:
    """The lines of a part that has none of its own: the cohort's, or ours."""
    cohort, facts = call.cohort, call.facts
    if part == Part.OUTCOME:
        return [PageLine(in_words(str(words), {}, "")) for words in cohort.outcomes]
    if part == Part.QUESTION:
        return [
            PageLine(in_words(str(row["question"]), {}, ""), in_words(str(row["answer"]), {}, ""))
            for row in [*cohort.faq, *facts.get("faq", [])]
        ]
    if part == Part.ASKS:
        rows = [_("About %(n)s hours a month") % {"n": cohort.hours_per_month}]
        if facts.get("min_sessions") and facts.get("total_sessions"):
            rows.append(
                _("At least %(a)s of %(b)s sessions") % {"a": facts["min_sessions"], "b": facts["total_sessions"]}
            )
        rows += [_("One change that you try at work"), _("Your organization’s support")]
        return [PageLine(words) for words in rows]
    return []


def lines(call: Call) -> Lines:
    """All lines of the page by part (one statement)."""
    found: Lines = {part: [] for part in Part.values}
    for row in PageItem.objects.filter(call=call, removed_at__isnull=True).order_by("part", "place"):
        found[row.part].append(line_of(row))
    for part in Part.values:
        if part not in call.own_parts:
            found[part] = standard(call, part)
    found[Part.DATE].sort(key=lambda line: line.on or dt.date.max)
    return found


def line_of(row: PageItem) -> PageLine:
    """A line in the language of the page, as far as it was written in it."""
    return PageLine(
        in_words(row.title, row.other_words, "title"), in_words(row.words, row.other_words, "words"), row.on, row.pk
    )


def removed(call: Call) -> list[PageItem]:
    """Lines that can still be put back, newest first."""
    since = timezone.now() - dt.timedelta(days=PUT_BACK_DAYS)
    return list(PageItem.objects.filter(call=call, removed_at__gte=since).order_by("-removed_at")[:20])


@dataclass(frozen=True)
class CallChange:
    """One row of the history of a call, ready to be read."""

    at: dt.datetime
    who: str
    verb: str
    details: Mapping[str, Any]


def changes(call: Call, prefixes: tuple[str, ...], most: int = 15) -> list[CallChange]:
    """What people changed, newest first: entries about ``call`` whose verb starts with one of ``prefixes``
    (two statements)."""
    entries = HistoryEntry.objects.filter(object_type="applications.call", object_id=str(call.pk)).order_by("-id")
    rows = [row for row in entries[:200] if row.verb.startswith(prefixes)][:most]
    people = User.objects.in_bulk({row.actor_id for row in rows if row.actor_id})
    return [
        CallChange(row.at, people[row.actor_id].called if row.actor_id in people else "", row.verb, row.details)
        for row in rows
    ]
