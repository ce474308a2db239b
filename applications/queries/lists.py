"""The list of applications of one call: a page of it, whatever its length.

A page begins where the last one ended (its last number), so that page 2,000 costs what page 2 costs and nobody is
listed twice or missed when others come and go meanwhile. Nothing here counts.

Drafts are not in it. Who is listed with a name: those who sent, without those that the reader must stay away from.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.utils import timezone

from applications.formdef.definition import ONE_CHOICE, Form, Question
from applications.models import Answer, Application, Call, Decision, EmployerConfirmation, Recusal, Review
from applications.models.application import code_of_choice
from applications.queries.deciding import TOLD_STATES
from cohort.people.models import Organization, User
from cohort.people.words import Words, beginning_with

PER_PAGE = 50
HIGHEST = 2_147_483_647  # of a number
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


@dataclass(frozen=True)
class Cut:
    """Where a page begins: after or before a number, in the order of the list. Neither: at the start."""

    after: int | None = None
    before: int | None = None
    newest: bool = False  # the highest number first


@dataclass
class Row:
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
class Page:
    """Some rows, and whether there are others before and after them."""

    rows: list[Row]
    earlier: bool
    later: bool


def questions(form: Form) -> list[Question]:
    """The questions that the list can be narrowed by, at most one for each of :data:`FACTORS`."""
    found: dict[str, Question] = {}
    for question in form.questions.values():
        if question.factor in FACTORS and question.type in ONE_CHOICE and question.options:
            found.setdefault(question.factor, question)
    return [found[factor] for factor in FACTORS if factor in found]


def _tie(user: User) -> Q:
    mine = Recusal.objects.keeping_away().filter(application=OuterRef("pk"), person=user)
    return Q(Exists(mine)) | Q(applicant=user)


def narrowed(call: Call, user: User, wanted: Wanted) -> QuerySet[Application]:
    """The applications of ``call`` that fit all of ``wanted`` but its words.

    When anything is wanted, those that ``user`` must stay away from are left out: where they stand tells about them.
    """
    if wanted.status == Application.State.WITHDRAWN:
        found = Application.objects.filter(call=call, state=Application.State.WITHDRAWN)
    else:
        found = Application.objects.filter(call=call, state=Application.State.SUBMITTED)
        if wanted.status:
            found = found.filter(eligibility=wanted.status)
    for question, code in wanted.codes.items():
        said = Answer.objects.filter(application=OuterRef("pk"), question=question)
        found = found.filter(Exists(said.annotate(code=code_of_choice()).filter(code=code)))
    if wanted.flagged:
        found = found.filter(Exists(_flags()))
    if wanted.employer:
        asked = EmployerConfirmation.objects.filter(application=OuterRef("pk"))
        states = MISSING if wanted.employer == "missing" else (wanted.employer,)
        found = found.filter(~Exists(asked) if wanted.employer == NOBODY else Exists(asked.filter(state__in=states)))
    if wanted.decision:
        found = found.filter(
            ~Exists(_in_force()) if wanted.decision == NONE else Exists(_in_force().filter(value=wanted.decision)))
    return found.exclude(_tie(user)) if wanted.narrow else found


def _flags() -> QuerySet[Review]:
    return Review.objects.filter(
        ~Q(flag=""), ~Q(state=Review.State.REMOVED), application=OuterRef("pk"))


def _in_force() -> QuerySet[Decision]:
    return Decision.objects.filter(application=OuterRef("pk"), superseded_at__isnull=True)


def matching(found: QuerySet[Application], words: str, by_name: bool) -> list[QuerySet[Application]]:
    """The ways in which ``words`` can lead to some of ``found``: a number; an address; the name of the applicant, or
    that of the organization, each with all the words at the beginning of one of its own. Without names
    (``by_name``), a number alone."""
    words = words.strip()
    if words.isdigit() and words.isascii():
        number = int(words[:12])
        return [found.filter(number=number)] if number <= HIGHEST else []
    if not by_name:
        return []
    if "@" in words:
        return [found.filter(applicant__in=User.objects.annotate(low=Lower("email")).filter(low=words.lower()))]
    asked = beginning_with(words)
    if asked is None:
        return []
    people = User.objects.annotate(words=Words("name", "preferred_name")).filter(words=asked)
    places = Organization.objects.annotate(words=Words("name")).filter(words=asked)
    return [found.filter(applicant__in=people), found.filter(organization__in=places)]


def cut(found: QuerySet[Application], where: Cut, size: int = PER_PAGE) -> list[int]:
    """One more number than a page holds, in the direction of reading from ``where`` (one statement)."""
    up = where.newest == (where.before is not None)  # whether numbers rise away from where we begin
    edge = where.after if where.before is None else where.before
    if edge is not None:
        found = found.filter(number__gt=edge) if up else found.filter(number__lt=edge)
    return list(found.order_by("number" if up else "-number").values_list("number", flat=True)[: size + 1])


def page(call: Call, user: User, wanted: Wanted, where: Cut, form: Form, *, by_name: bool) -> Page:
    """A page of the list (two statements; three when looking for a name).

    :param by_name: whether ``user`` may see names and organizations. Who also reads for this cohort may not.
    """
    found = narrowed(call, user, wanted)
    named = by_name and wanted.status != Application.State.WITHDRAWN
    ways = matching(found, wanted.words, named) if wanted.words else [found]
    up = where.newest == (where.before is not None)
    numbers = sorted({number for way in ways for number in cut(way, where)}, reverse=not up)
    more = len(numbers) > PER_PAGE
    numbers = numbers[:PER_PAGE]
    if where.before is not None:
        numbers.reverse()
    earlier = more if where.before is not None else where.after is not None
    later = bool(numbers) if where.before is not None else more
    return Page(_rows(call, user, numbers, form, by_name), earlier, later)


def _rows(call: Call, user: User, numbers: list[int], form: Form, by_name: bool) -> list[Row]:
    if not numbers:
        return []
    asked = questions(form)
    said = {
        f"said_{n}": Subquery(Answer.objects.filter(application=OuterRef("pk"), question=question.id).annotate(
            code=code_of_choice()).values("code")[:1])
        for n, question in enumerate(asked)
    }  # fmt: skip
    told = Q(release__state__in=TOLD_STATES, release__undo_until__lte=timezone.now())
    found: QuerySet[Any, dict[str, Any]] = (
        Application.objects.filter(call=call, number__in=numbers)
        .annotate(
            away=Exists(Recusal.objects.keeping_away().filter(application=OuterRef("pk"), person=user)),
            flagged=Exists(_flags()), decision=Subquery(_in_force().values("value")[:1]),
            told=Exists(_in_force().filter(told)), person=F("applicant__name"), called=F("applicant__preferred_name"),
            place=F("organization__name"), employer=F("employer_confirmation__state"), **said,
        )
        .values("number", "state", "applicant_id", "away", "person", "called", "place", "submitted_at", "eligibility",
                "flagged", "employer", "decision", "told", *said)
    )  # fmt: skip
    rows = {row["number"]: _row(row, asked, user.pk, by_name) for row in found}
    return [rows[number] for number in numbers if number in rows]


def _row(row: dict[str, Any], asked: list[Question], me: UUID, by_name: bool) -> Row:
    bare = Row(row["number"], row["state"], away=row["away"] or row["applicant_id"] == me)
    if bare.away or row["state"] != Application.State.SUBMITTED:
        return bare
    codes = {question.id: question.label_of(code) for n, question in enumerate(asked) if (code := row[f"said_{n}"])}
    return Row(
        number=row["number"], state=row["state"], name=(row["person"] or row["called"]) if by_name else "",
        organization=(row["place"] or "") if by_name else "", sent=row["submitted_at"],
        eligibility=row["eligibility"], flagged=row["flagged"], employer=row["employer"] or "",
        decision=row["decision"] or "", told=row["told"], codes=codes if by_name else {},
    )  # fmt: skip
