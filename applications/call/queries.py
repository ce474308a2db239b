"""Reads about calls: the forms they use, the facts that fill their words, their dates and totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from applications.common.form_context import FormContext
from applications.form_definition.definition import Form
from applications.models import (
    Answer,
    Application,
    Call,
)
from cohort.questions.text import fill, names_in
from cohort.questions.values import said


@dataclass(frozen=True)
class Readers:
    """Who reads a kind of answer, and where those questions stand."""

    visibility: str
    who: str
    parts: list[str]


def who_reads_what(form: Form) -> list[Readers]:
    """Per kind of reader, the parts of the form with questions for them."""
    who = {
        "reviewer": _(
            "The people who read and score, without your name and your organization’s name; the committee; "
            "program staff."
        ),
        "staff": _("Program staff only. The people who score do not see it."),
        "selection": _("Program staff, and the tool that helps to balance the group. The people who score do not."),
        "equity_data": _(
            "Nobody, beside your name. One data steward sees totals only, and only when no number is so "
            "small that it could point to a person."
        ),
        "access": _("The access coordinator only, so that you can take part fully."),
    }
    rows = []
    for visibility, words in who.items():
        parts = [
            s.title
            for s in form.parts
            if any(q.visibility == visibility and q.type not in ("notice", "submit") for q in s.questions)
        ]
        if parts:
            rows.append(Readers(visibility, words, parts))
    return rows


def listed_calls() -> QuerySet[Call]:
    """Calls that anybody may see in the list: open ones first, then what closed, newest first."""
    return (
        Call.objects.exclude(state__in=[Call.State.DRAFT, Call.State.ARCHIVED])
        .select_related("cohort")
        .order_by("-closes_at")
    )


@dataclass(frozen=True)
class Milestone:
    """One row of the timeline. ``at`` is a day, or a moment when the hour matters."""

    at: dt.date | dt.datetime
    words: str
    state: str = ""  # past, next or nothing
    year: str = ""  # only when it is not this year's


def timeline(call: Call, now: dt.datetime, more: Iterable[tuple[dt.date, str]] = ()) -> list[Milestone]:
    """What happens when, in order, with the next thing marked. ``more``: days that coordinators added."""
    cohort = call.cohort
    rows: list[tuple[dt.date | dt.datetime | None, str]] = [
        (call.opens_at, _("Applications open")),
        (call.closes_at, _("Applications close")),
        (call.decisions_on, _("Everyone who applied hears from us by this day, with a reason")),
        (cohort.starts_on, _("First session")),
        (cohort.ends_on, _("Last session")),
        *more,
    ]
    known = [(at, words) for at, words in rows if at is not None]
    known.sort(key=lambda row: row[0].astimezone(cohort.zone).date() if isinstance(row[0], dt.datetime) else row[0])
    today = now.astimezone(cohort.zone).date()

    def past(at: dt.date | dt.datetime) -> bool:
        return at <= now if isinstance(at, dt.datetime) else at < today

    first = next((i for i, (at, _words) in enumerate(known) if not past(at)), -1)
    return [
        Milestone(
            at,
            words,
            "past" if past(at) else "next" if i == first else "",
            str(at.year) if at.year != today.year else "",
        )
        for i, (at, words) in enumerate(known)
    ]


@dataclass(frozen=True)
class Door:
    """Whether one may apply now: ``soon``, ``open`` or ``closed``, and when that changes."""

    state: str
    changes_at: dt.datetime | None = None


def door(call: Call, now: dt.datetime) -> Door:
    if call.state == Call.State.DRAFT:
        return Door("soon", call.opens_at)
    if call.state == Call.State.OPEN and call.opens_at and now < call.opens_at:
        return Door("soon", call.opens_at)
    return Door("open", call.closes_at) if call.takes_new(now) else Door("closed", call.closes_at)


@dataclass(frozen=True)
class PoolTotals:
    """Totals of one call. ``days`` holds (day, started, sent) for each day on which something happened."""

    total: int
    drafts: int
    sent: int
    withdrawn: int
    eligible: int
    checking: int
    ineligible: int
    days: list[tuple[dt.date, int, int]]


def pool(call: Call) -> PoolTotals:
    """Totals by state and by day in the cohort's zone (three statements, whatever the size)."""
    mine = Application.objects.filter(call=call)
    states: dict[tuple[str, str], int] = {
        (state, eligibility): n
        for state, eligibility, n in mine.values_list("state", "eligibility").annotate(n=Count("pk")).order_by()
    }

    def per_day(field: str) -> dict[dt.date, int]:
        rows = mine.filter(**{f"{field}__isnull": False}).annotate(day=TruncDate(field, tzinfo=call.cohort.zone))
        return dict(rows.values_list("day").annotate(n=Count("pk")).order_by("day"))

    started, sent = per_day("created_at"), per_day("submitted_at")

    def count(state: str = "", eligibility: str = "") -> int:
        return sum(n for (s, e), n in states.items() if state in ("", s) and eligibility in ("", e))

    submitted, verdicts = Application.State.SUBMITTED, Application.Eligibility
    return PoolTotals(
        total=count(),
        drafts=count(Application.State.DRAFT),
        sent=count(submitted),
        withdrawn=count(Application.State.WITHDRAWN),
        eligible=count(submitted, verdicts.ELIGIBLE),
        checking=count(submitted, verdicts.CHECK),
        ineligible=count(submitted, verdicts.INELIGIBLE),
        days=[(day, started.get(day, 0), sent.get(day, 0)) for day in _every_day({*started, *sent})],
    )


def _every_day(days: set[dt.date]) -> list[dt.date]:
    """All days from the first to the last (at most a year of them), quiet ones included."""
    if not days:
        return []
    first, last = min(days), max(days)
    return [last - dt.timedelta(days=n) for n in range(min((last - first).days, 365), -1, -1)]


@dataclass(frozen=True)
class ToCheck:
    """One application whose eligibility answers a person must look at: its number and those answers, nothing else."""

    pk: UUID
    reference: str
    answers: list[tuple[str, list[str]]]


def to_check(context: FormContext, most: int = 50) -> list[ToCheck]:
    """Sent applications of a call that wait for a look at eligibility, oldest first (two statements)."""
    rows = list(
        Application.objects.filter(
            call=context.call,
            state=Application.State.SUBMITTED,
            eligibility=Application.Eligibility.CHECK,
        ).order_by("submitted_at")[:most]
    )
    if not rows:
        return []
    gated = {q.id: q for q in context.form.questions.values() if q.gate}
    held: dict[UUID, dict[str, Any]] = {}
    for pk, question, value in Answer.objects.filter(application__in=rows, question__in=list(gated)).values_list(
        "application_id", "question", "value"
    ):
        held.setdefault(pk, {})[question] = value
    return [
        ToCheck(
            row.pk,
            row.reference,
            [(fill(q.label, context.facts), said(q, held.get(row.pk, {}).get(q.id))) for q in gated.values()],
        )
        for row in rows
    ]


def unfilled(context: FormContext) -> list[str]:
    """Placeholders of the form that nothing fills yet, as readers would see them: “session dates”."""
    form = context.form
    words = [text for section in form.sections for text in (section.help, *section.intro)]
    words += [text for q in form.questions.values() for text in (q.label, q.help)]
    return sorted({name.replace("_", " ") for text in words for name in names_in(text) if not context.facts.get(name)})
