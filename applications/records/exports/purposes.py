"""The purposes for which something may be taken out, and the rows of each.

A purpose says why it exists and which columns it has; there is no export of “everything”. Rows come from the database
a few hundred at a time (a server-side cursor), so memory does not grow with the number of applications, and the number
of statements is fixed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.common import placeholders
from applications.common.masking import mask
from applications.decisions import queries as decisions_queries
from applications.models import Answer, Application, Call, Decision, Redaction, Review, Visibility
from applications.records.exports.columns import AskedColumn, Cell, Column, asked, visibility_words
from applications.review import blind_queries, scoring
from applications.review import queries as review_queries
from cohort.questions.text import fill
from cohort.questions.values import own_words, said

AT_ONCE = 100  # rows held in memory
Hidden = Collection[UUID]
CONTACT = ("full_name", "preferred_name", "pronouns", "email", "phone", "contact_language")


@dataclass(frozen=True, eq=False)
class ExportSource:
    """What one export asks of its call, once for columns and rows; each is worked out when it is first needed.

    Words are in the language that is active then.
    """

    call: Call
    visibilities: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @cached_property
    def facts(self) -> dict[str, str]:
        """Values of the placeholders."""
        return placeholders.facts_for(self.call)

    @cached_property
    def asked(self) -> list[AskedColumn]:
        """The questions of all frozen forms that this export may hold."""
        return asked(self.call, *self.visibilities, only=self.only, facts=self.facts)

    @cached_property
    def rubric(self) -> dict[str, Any]:
        """The scoring guide as it is frozen."""
        return review_queries.rubric_definition(self.call)


@dataclass(frozen=True)
class Purpose:
    """One purpose: ``key`` in addresses and file names, what it is for, its columns, rows and their number.

    ``visibilities`` and ``only`` say which questions it may hold; none without a visibility.
    """

    key: str
    name: Any
    why: Any
    columns: Callable[[ExportSource], list[Column]]
    rows: Callable[[ExportSource, Hidden], Iterator[list[Cell]]]
    count: Callable[[Call, Hidden], int]
    visibilities: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    def source(self, call: Call) -> ExportSource:
        """What :attr:`columns` and :attr:`rows` of one export read from."""
        return ExportSource(call, self.visibilities, self.only)


def _sent(call: Call, hidden: Hidden) -> QuerySet[Application]:
    """Sent applications that the person who takes them out may see. Drafts and withdrawn ones never leave."""
    return Application.objects.filter(call=call, state=Application.State.SUBMITTED).exclude(pk__in=list(hidden))


def _held(*visibilities: str, questions: Collection[str] = ()) -> ArraySubquery:
    """Answers of an application with these visibilities, as a list of objects, beside the application's own row."""
    rows = Answer.objects.filter(application=OuterRef("pk"), visibility__in=visibilities)
    if questions:
        rows = rows.filter(question__in=list(questions))
    return ArraySubquery(rows.order_by("question").values(held=JSONObject(q="question", v="value")))


def _values(held: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["q"]: row["v"] for row in held}


def _number() -> Column:
    return Column("application", _("Number of the application, the same as on every page"), _("number"))


def _words(one: AskedColumn, value: Any, facts: dict[str, str]) -> str:
    if one.question.type == "checkbox_single":
        return _("yes") if value is True else ""
    return "; ".join(fill(line, facts) if one.question.options else line for line in said(one.question, value))


def _moment(at: dt.datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _count(call: Call, hidden: Hidden) -> int:
    return _sent(call, hidden).count()


# ---------------------------------------------------------------- contacts


def _contact_columns(source: ExportSource) -> list[Column]:
    staff = visibility_words(Visibility.STAFF)
    return [
        _number(),
        Column("account_email", _("Address of the account, to which letters go"), _("text"), "", staff),
        Column("account_name", _("Name of the account"), _("text"), "", staff),
        Column("name_to_use", _("Name to use when writing or speaking"), _("text"), "", staff),
        Column("language", _("Language in which the application was filled in"), _("code"), "", staff),
        Column("organization", _("Organization, after merging"), _("text"), "org_name", staff),
        Column("sent_at", _("When it was sent (UTC)"), _("date and time"), "", staff),
        *(one.column for one in source.asked),
    ]


def _contact_rows(source: ExportSource, hidden: Hidden) -> Iterator[list[Cell]]:
    questions, facts = source.asked, source.facts
    rows = (
        _sent(source.call, hidden)
        .annotate(held=_held(Visibility.STAFF, questions=CONTACT))
        .order_by("number")
        .values_list(
            "number",
            "applicant__email",
            "applicant__name",
            "applicant__preferred_name",
            "language",
            "organization__name",
            "submitted_at",
            "held",
        )
    )
    for number, email, name, preferred, language, organization, sent, held in rows.iterator(chunk_size=AT_ONCE):
        values = _values(held)
        yield [
            f"{number:04d}",
            email,
            name,
            preferred or name,
            language,
            organization or "",
            _moment(sent),
            *(_words(q, values.get(q.question.id), facts) for q in questions),
        ]


# ---------------------------------------------------------------- answers for reading


def _reading_columns(source: ExportSource) -> list[Column]:
    return [
        _number(),
        *(one.column for one in source.asked),
        Column(
            "asked_later",
            _("Answers to questions that staff asked later, for readers too"),
            _("text"),
            "",
            visibility_words(Visibility.REVIEWER),
        ),
    ]


def _reading_rows(source: ExportSource, hidden: Hidden) -> Iterator[list[Cell]]:
    """As a reader sees them: names, organization and contact masked, redacted words replaced."""
    questions, facts = source.asked, source.facts
    redacted = ArraySubquery(
        Redaction.objects.filter(application=OuterRef("pk"))
        .order_by("question")
        .values(held=JSONObject(q="question", v="text"))
    )
    rows = (
        _sent(source.call, hidden)
        .annotate(
            held=_held(Visibility.REVIEWER),
            holders=_held(*Visibility.values, questions=blind_queries.HOLDERS),
            redacted=redacted,
        )
        .order_by("number")
        .values_list(
            "number",
            "held",
            "redacted",
            "holders",
            "applicant__name",
            "applicant__preferred_name",
            "applicant__email",
            "organization__name",
            "employer_confirmation__name",
            "employer_confirmation__email",
        )
    )
    known = {one.question.id for one in questions}
    for number, held, replaced, holders, *people in rows.iterator(chunk_size=AT_ONCE):
        names, phrases = blind_queries.secrets_in(((row["q"], row["v"]) for row in holders), *people)
        values, instead = _values(held), _values(replaced)

        def shown(
            one: AskedColumn,
            values: dict[str, Any] = values,
            instead: dict[str, Any] = instead,
            names: set[str] = names,
            phrases: set[str] = phrases,
        ) -> str:
            if one.question.id in instead:
                return mask(instead[one.question.id], names=names, phrases=phrases)
            value = values.get(one.question.id)
            words = _words(one, value, facts)
            free = not one.question.options or own_words(value)
            return mask(words, names=names, phrases=phrases) if free else words

        later = [
            mask(str(instead.get(key, value)), names=names, phrases=phrases)
            for key, value in sorted(values.items())
            if key not in known
        ]
        yield [f"{number:04d}", *map(shown, questions), "; ".join(later)]


# ---------------------------------------------------------------- organizations and places


def _organization_columns(source: ExportSource) -> list[Column]:
    both = visibility_words(Visibility.SELECTION)
    return [
        _number(),
        Column("organization", _("Organization, after merging"), _("text"), "org_name", both),
        *(one.column for one in source.asked),
    ]


def _organization_rows(source: ExportSource, hidden: Hidden) -> Iterator[list[Cell]]:
    questions, facts = source.asked, source.facts
    rows = (
        _sent(source.call, hidden)
        .annotate(held=_held(Visibility.SELECTION))
        .order_by("number")
        .values_list("number", "organization__name", "held")
    )
    for number, organization, held in rows.iterator(chunk_size=AT_ONCE):
        values = _values(held)
        yield [f"{number:04d}", organization or "", *(_words(q, values.get(q.question.id), facts) for q in questions)]


# ---------------------------------------------------------------- scores


def _criteria(source: ExportSource) -> list[tuple[str, str]]:
    return [(item["id"], item["title"]) for item in source.rubric["criteria"]]


def _score_columns(source: ExportSource) -> list[Column]:
    staff = visibility_words(Visibility.STAFF)
    return [
        _number(),
        Column("reader", _("Who read it"), _("text"), "", staff),
        Column("sent_at", _("When the reading was sent (UTC)"), _("date and time"), "", staff),
        Column("extra", _("Added because earlier readers disagreed"), _("yes, or empty"), "", staff),
        Column(
            "points",
            _("Weighted level of this reading, 1 to 5; empty when a reader could not judge enough"),
            _("number"),
            "",
            staff,
        ),
        *(Column(key, title, _("level 1 to 5; empty: cannot judge"), "", staff) for key, title in _criteria(source)),
    ]


def _readings(call: Call, hidden: Hidden) -> QuerySet[Review]:
    return Review.objects.filter(
        application__call=call,
        application__state=Application.State.SUBMITTED,
        state=Review.State.SUBMITTED,
    ).exclude(application__in=list(hidden))


def _score_rows(source: ExportSource, hidden: Hidden) -> Iterator[list[Cell]]:
    """One row a sent reading. No comment and no private note."""
    from applications.models import CriterionScore

    rules, criteria = scoring.rubric_from(source.rubric), [key for key, _title in _criteria(source)]
    levels = ArraySubquery(
        CriterionScore.objects.filter(review=OuterRef("pk"))
        .order_by("criterion")
        .values(held=JSONObject(q="criterion", v="level"))
    )
    rows = (
        _readings(source.call, hidden)
        .annotate(held=levels, number=F("application__number"))
        .order_by("number", "submitted_at", "pk")
        .values_list("number", "reader__name", "reader__email", "submitted_at", "extra", "held")
    )
    for number, name, email, sent, extra, held in rows.iterator(chunk_size=AT_ONCE):
        given = {key: _values(held).get(key) for key in criteria}
        worth = scoring.total(given, rules)
        points = scoring.half_up(worth * 100) / 100 if worth is not None else None
        yield [
            f"{number:04d}",
            name or email,
            _moment(sent),
            _("yes") if extra else "",
            points,
            *(given[key] for key in criteria),
        ]


# ---------------------------------------------------------------- decisions


def _decision_columns(source: ExportSource) -> list[Column]:
    staff, kept = visibility_words(Visibility.STAFF), _("as long as the call’s record")
    return [
        Column(key, str(meaning), kind, "", staff, kept) for key, meaning, kind in decisions_queries.record_columns()
    ]


def _decision_rows(source: ExportSource, hidden: Hidden) -> Iterator[list[Cell]]:
    rows = decisions_queries.record(source.call, hidden)
    next(rows)  # its head stands in the columns
    for row in rows:
        yield list(row)


def _decision_count(call: Call, hidden: Hidden) -> int:
    return Decision.objects.filter(application__call=call).exclude(application__in=list(hidden)).count()


PURPOSES: dict[str, Purpose] = {
    purpose.key: purpose
    for purpose in (
        Purpose(
            "contacts",
            gettext_lazy("Contact list"),
            gettext_lazy(
                "To write to or call people who applied. Nothing that they wrote about themselves beyond how to reach "
                "them."
            ),
            _contact_columns,
            _contact_rows,
            _count,
            visibilities=(Visibility.STAFF,),
            only=CONTACT,
        ),
        Purpose(
            "answers",
            gettext_lazy("Answers for reading"),
            gettext_lazy(
                "What readers see, on paper or in a table: without names, organizations and contact, and "
                "with the words "
                "that staff replaced."
            ),
            _reading_columns,
            _reading_rows,
            _count,
            visibilities=(Visibility.REVIEWER,),
        ),
        Purpose(
            "organizations",
            gettext_lazy("Organizations and places"),
            gettext_lazy("What the balance board rests on: organization, kind of work, place."),
            _organization_columns,
            _organization_rows,
            _count,
            visibilities=(Visibility.SELECTION,),
        ),
        Purpose(
            "scores",
            gettext_lazy("Scores"),
            gettext_lazy(
                "One line for each reading that was sent: who read, and the level for each part of the scoring guide."
            ),
            _score_columns,
            _score_rows,
            lambda call, hidden: _readings(call, hidden).count(),
        ),
        Purpose(
            "decisions",
            gettext_lazy("Record of decisions"),
            gettext_lazy(
                "Who decided what, when, why, on which totals and rules, and when it was told. By number, no names of "
                "applicants."
            ),
            _decision_columns,
            _decision_rows,
            _decision_count,
        ),
    )
}
