"""The list of applications of one call: a page of it, whatever its length.

A page begins where the last one ended (its last number), so that page 2,000 costs what page 2 costs and nobody is
listed twice or missed when others come and go meanwhile. Nothing here counts.

Drafts are not in it. Who is listed with a name: those who sent, without those that the reader must stay away from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from applications.common import paging
from applications.common.paging import HIGHEST, Cut, beyond
from applications.form_definition.definition import Form, FormQuestion
from applications.form_definition.dialect import ONE_CHOICE
from applications.models import Answer, Application, Call, Decision, EmployerConfirmation, Review
from applications.models.application import code_of_choice
from applications.models.decision import DecisionQuerySet
from cohort.people.models import Organization, User
from cohort.people.words import Words, beginning_with

NEAR, NEAR_BY_NAME = 1000, 400  # how many numbers are looked through one by one; to look into a name takes longer
MISSING = (EmployerConfirmation.State.ASKED, EmployerConfirmation.State.LAPSED)
NOBODY, NONE = "nobody", "none"
#: By which questions the list can be narrowed: those of the form that ask for one value of these factors.
FACTORS = ("geography", "organization_type")


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. Empty means: all. ``codes`` holds the wanted code by question id.

    ``status``: a value of ``Application.Eligibility`` for those who sent, or ``withdrawn``. ``employer``: a state of
    the confirmation, ``missing`` (asked, not answered) or ``nobody`` (not asked). ``decision``: a value, or ``none``.
    """

    words: str = ""
    status: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    flagged: bool = False
    employer: str = ""
    decision: str = ""

    @property
    def narrow(self) -> bool:
        return bool(self.words or self.status or self.codes or self.flagged or self.employer or self.decision)


@dataclass
class ApplicationRow:
    """One application. Of one that the reader must stay away from, and of a withdrawn one, there is only its number."""

    number: int
    state: str
    away: bool = False
    name: str = ""
    organization: str = ""
    sent: dt.datetime | None = None
    eligibility: str = ""
    flagged: bool = False
    employer: str = ""
    decision: str = ""
    told: bool = False
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return f"{self.number:04d}"

    @property
    def missing(self) -> bool:
        """Whether the employer was asked and has not answered."""
        return self.employer in MISSING

    @property
    def decision_label(self) -> str:
        return str(Decision.Value(self.decision).label) if self.decision else ""


@dataclass
class ApplicationsPage:
    """Some rows, and whether there are others before and after them."""

    rows: list[ApplicationRow]
    earlier: bool
    later: bool


def questions(form: Form) -> list[FormQuestion]:
    """The questions that the list can be narrowed by, at most one for each of :data:`FACTORS`."""
    found: dict[str, FormQuestion] = {}
    for question in form.questions.values():
        if question.factor in FACTORS and question.type in ONE_CHOICE and question.options:
            found.setdefault(question.factor, question)
    return [found[factor] for factor in FACTORS if factor in found]


@dataclass(frozen=True)
class Search:
    """Which applications are looked for. ``tests``: what must hang on each, as rows that name it, and whether it must
    rather not be there. ``names``: people or organizations of which one must be its own, by field."""

    found: QuerySet[Application]
    tests: tuple[tuple[QuerySet[Any], bool], ...] = ()
    names: tuple[tuple[str, QuerySet[Any]], ...] = ()
    none: bool = False  # nothing can fit

    def nearby(self) -> QuerySet[Application]:
        """Those that fit, with one look-up for each application and test: for a few applications."""
        found = self.found
        for n, (rows, absent) in enumerate(self.tests):
            found = found.annotate(**{f"test_{n}": Subquery(rows.values("pk")[:1])}).filter(
                **{f"test_{n}__isnull": absent}
            )
        named = Q()
        for field_name, rows in self.names:
            own = rows.filter(pk=OuterRef(f"{field_name}_id"))
            found = found.annotate(**{f"own_{field_name}": Subquery(own.values("pk")[:1])})
            named |= Q(**{f"own_{field_name}__isnull": False})
        return found.filter(named)

    def everywhere(self) -> list[QuerySet[Application]]:
        """Those that fit, led by an index of what is looked for: for few that fit among many. One set for each way in
        which a name can fit."""
        found = self.found
        for rows, absent in self.tests:
            found = found.filter(~Exists(rows) if absent else Exists(rows))
        # The limit makes PostgreSQL go through the index of words first. Left alone, it believes that to look into a
        # name costs nothing, and looks into every one.
        ways = [found.filter(**{f"{name}__in": rows.values("pk")[:HIGHEST]}) for name, rows in self.names]
        return ways or [found]


def search(call: Call, wanted: Wanted, hidden: Collection[UUID], *, by_name: bool) -> Search:
    """What ``wanted`` means. When anything is wanted, those in ``hidden`` are left out: where they stand tells about
    them. Words can be a number; an address; or the beginnings of words, all of them in the name of the applicant or all
    in that of the organization. Without names (``by_name``) they can be a number alone."""
    gone = wanted.status == Application.State.WITHDRAWN
    state = Application.State.WITHDRAWN if gone else Application.State.SUBMITTED
    found = Application.objects.filter(call=call, state=state)
    if wanted.status and not gone:
        found = found.filter(eligibility=wanted.status)
    if wanted.narrow and hidden:
        found = found.exclude(pk__in=list(hidden))
    words, names = wanted.words.strip(), None
    if words.isdigit() and words.isascii():
        found = found.filter(number=min(int(words[:12]), HIGHEST))
    elif words:
        names = _names(words) if by_name and not gone else ()
    return Search(found, tuple(_tests(wanted)), names or (), none=names == ())


def _names(words: str) -> tuple[tuple[str, QuerySet[Any]], ...]:
    if "@" in words:
        return (("applicant", User.objects.annotate(low=Lower("email")).filter(low=words.lower())),)
    asked = beginning_with(words)
    if asked is None:
        return ()
    people = User.objects.annotate(words=Words("name", "preferred_name")).filter(words=asked)
    return ("applicant", people), (
        "organization",
        Organization.objects.annotate(words=Words("name")).filter(words=asked),
    )


def _tests(wanted: Wanted) -> Iterator[tuple[QuerySet[Any], bool]]:
    for question, code in wanted.codes.items():
        said = Answer.objects.filter(application=OuterRef("pk"), question=question)
        yield said.annotate(code=code_of_choice()).filter(code=code), False
    if wanted.flagged:
        yield _flags(), False
    if wanted.employer:
        asked = EmployerConfirmation.objects.filter(application=OuterRef("pk"))
        states = MISSING if wanted.employer == "missing" else (wanted.employer,)
        yield (asked, True) if wanted.employer == NOBODY else (asked.filter(state__in=states), False)
    if wanted.decision:
        none = wanted.decision == NONE
        yield _in_force() if none else _in_force().filter(value=wanted.decision), none


def _flags() -> QuerySet[Review]:
    return Review.objects.filter(~Q(flag=""), ~Q(state=Review.State.REMOVED), application=OuterRef("pk"))


def _in_force() -> DecisionQuerySet:
    return Decision.objects.filter(application=OuterRef("pk"), superseded_at__isnull=True)


def cut(asked: Search, where: Cut) -> list[int]:
    """The numbers of a page and one more, in the direction of reading from ``where`` (one statement; three at most).

    First the next numbers (:data:`NEAR`) are looked through, one by one. What is common fills a page from them, at any
    length of the list. Only what is rare is then looked for further on, where its own index finds it.
    """
    if asked.none:
        return []
    up = where.newest == (where.before is not None)  # whether numbers rise away from where we begin
    edge = where.after if where.before is None else where.before
    if not (asked.tests or asked.names):
        return _numbers([beyond(asked.found, edge, up)], up)
    if edge is None:
        edge = 0 if up else 1 + (asked.found.aggregate(last=Max("number"))["last"] or 0)
    far = NEAR_BY_NAME if asked.names else NEAR
    end = min(edge + far, HIGHEST) if up else max(edge - far, 0)
    near = asked.nearby().filter(**{"number__lte" if up else "number__gte": end})
    numbers = _numbers([beyond(near, edge, up)], up)
    if len(numbers) > paging.PER_PAGE or end in (0, HIGHEST):
        return numbers
    return (
        numbers
        + _numbers([beyond(way, end, up) for way in asked.everywhere()], up)[: paging.PER_PAGE + 1 - len(numbers)]
    )


def _numbers(ways: list[QuerySet[Application]], up: bool) -> list[int]:
    order = "number" if up else "-number"
    first, *others = (way.order_by(order).values_list("number", flat=True)[: paging.PER_PAGE + 1] for way in ways)
    found = first.union(*others).order_by(order)[: paging.PER_PAGE + 1] if others else first
    return list(found)


def page(
    call: Call, wanted: Wanted, where: Cut, form: Form, *, hidden: Collection[UUID], by_name: bool
) -> ApplicationsPage:
    """A page of the list (two statements; four at most).

    :param hidden: applications that the reader of the list must stay away from.
    :param by_name: whether they may see names and organizations. Who also reads for this cohort may not.
    """
    numbers = cut(search(call, wanted, hidden, by_name=by_name), where)
    more = len(numbers) > paging.PER_PAGE
    numbers = numbers[: paging.PER_PAGE]
    if where.before is not None:
        numbers.reverse()
    earlier = more if where.before is not None else where.after is not None
    later = bool(numbers) if where.before is not None else more
    return ApplicationsPage(_rows(call, numbers, form, hidden, by_name), earlier, later)


def _rows(call: Call, numbers: list[int], form: Form, hidden: Collection[UUID], by_name: bool) -> list[ApplicationRow]:
    if not numbers:
        return []
    asked = questions(form)
    said = {
        f"said_{n}": Subquery(
            Answer.objects.filter(application=OuterRef("pk"), question=question.id)
            .annotate(code=code_of_choice())
            .values("code")[:1]
        )
        for n, question in enumerate(asked)
    }
    person = User.objects.filter(pk=OuterRef("applicant_id"))
    place = Organization.objects.filter(pk=OuterRef("organization_id"))
    employer = EmployerConfirmation.objects.filter(application=OuterRef("pk"))
    told = _in_force().told().values("pk")
    # One look-up for each row and column: a join, or EXISTS, may read the whole other table for a page of fifty.
    found: QuerySet[Any, dict[str, Any]] = (
        Application.objects.filter(call=call, number__in=numbers)
        .annotate(
            person=Subquery(person.values("name")[:1]),
            called=Subquery(person.values("preferred_name")[:1]),
            place=Subquery(place.values("name")[:1]),
            employer=Subquery(employer.values("state")[:1]),
            flag=Subquery(_flags().values("pk")[:1]),
            decision=Subquery(_in_force().values("value")[:1]),
            told=Subquery(told[:1]),
            **said,
        )
        .values(
            "number",
            "state",
            "pk",
            "person",
            "called",
            "place",
            "submitted_at",
            "eligibility",
            "flag",
            "employer",
            "decision",
            "told",
            *said,
        )
    )
    rows = {row["number"]: _row(row, asked, row["pk"] in hidden, by_name) for row in found}
    return [rows[number] for number in numbers if number in rows]


def _row(row: dict[str, Any], asked: list[FormQuestion], away: bool, by_name: bool) -> ApplicationRow:
    bare = ApplicationRow(row["number"], row["state"], away=away)
    if bare.away or row["state"] != Application.State.SUBMITTED:
        return bare
    codes = {question.id: question.label_of(code) for n, question in enumerate(asked) if (code := row[f"said_{n}"])}
    return ApplicationRow(
        number=row["number"],
        state=row["state"],
        name=(row["person"] or row["called"]) if by_name else "",
        organization=(row["place"] or "") if by_name else "",
        sent=row["submitted_at"],
        eligibility=row["eligibility"],
        flagged=row["flag"] is not None,
        employer=row["employer"] or "",
        decision=row["decision"] or "",
        told=row["told"] is not None,
        codes=codes if by_name else {},
    )
