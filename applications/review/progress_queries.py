"""What coordinators see of reading: who could read what, who has read what, where help is needed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise

from applications.common.review_labels import DISAGREEMENT_WORDS
from applications.models import Application, Call, ReaderProfile, Recusal, Review
from applications.organizations import queries as organizations_queries
from applications.review import scoring
from applications.review.assignment import Paper, Reader, able
from applications.review.queries import levels_of, rubric
from cohort.people.access import members
from cohort.people.models import Membership, Role, User, organization_key

# ---------------------------------------------------------------- what assigning needs


@dataclass
class ReadingInputs:
    """All that :mod:`applications.review.assignment` needs of one call, and names to show beside it."""

    papers: list[Paper]
    readers: list[Reader]
    conflicts: set[tuple[UUID, UUID]]
    people: dict[UUID, User]
    profiles: dict[UUID, ReaderProfile]
    excluded: set[UUID]  # readers who are applying themselves


def reading_inputs(call: Call) -> ReadingInputs:
    """Applications, readers and ties of ``call`` (a fixed seven statements)."""
    people = {row.user_id: row.user for row in members(call.cohort, Role.SCREENER).order_by("user__email")}
    profiles = {p.person_id: p for p in ReaderProfile.objects.filter(cohort=call.cohort_id, person__in=list(people))}
    rows = list(
        Application.objects.filter(call=call, state=Application.State.SUBMITTED)
        .exclude(eligibility=Application.Eligibility.INELIGIBLE)
        .order_by("number")
        .values_list("pk", "language", "applicant_id", "organization__key")
    )
    reviews = list(Review.objects.filter(application__call=call).values_list("application_id", "reader_id", "state"))
    ties = list(
        Recusal.objects.keeping_away().filter(application__call=call).values_list("application_id", "person_id", "kind")
    )
    applying = set(
        Application.objects.filter(call=call, applicant__in=list(people))
        .exclude(state=Application.State.WITHDRAWN)
        .values_list("applicant_id", flat=True)
    )
    excluded = (applying | {person for _, person, kind in ties if kind == "self"}) & set(people)
    has: dict[UUID, list[UUID]] = defaultdict(list)
    load: dict[UUID, int] = defaultdict(int)
    conflicts = {(application, person) for application, person, _ in ties}
    for application, reader, state in reviews:
        if state == Review.State.REMOVED:
            conflicts.add((application, reader))
        else:
            has[application].append(reader)
            load[reader] += 1
    said = {person: tied_organizations(profile) for person, profile in profiles.items()}
    merged = organizations_queries.merged_keys(call.cohort)
    named = {person: keys | {merged[key] for key in keys if key in merged} for person, keys in said.items()}
    conflicts |= {(pk, person) for pk, _, _, key in rows for person, keys in named.items() if key and key in keys}
    readers = [
        Reader(
            id=person,
            employer=organization_key(profiles[person].employer)
            if person in profiles and profiles[person].employer
            else "",
            languages=frozenset(
                {"en", people[person].language, *(profiles[person].languages if person in profiles else [])}
            ),
            load=load[person],
        )
        for person in people
        if person not in excluded
    ]
    papers = [Paper(id=pk, language=language or "en", has=tuple(has[pk])) for pk, language, _, _ in rows]
    return ReadingInputs(papers, readers, conflicts, people, profiles, excluded)


def tied_organizations(profile: ReaderProfile) -> set[str]:
    """Folded names of every organization a reader named."""
    return {organization_key(name) for name in [profile.employer, *profile.ties] if name.strip()}


# ---------------------------------------------------------------- progress for coordinators


@dataclass
class ReaderProgress:
    """How far one reader is, and figures that help them and staff."""

    user: User
    told: bool
    excluded: bool
    assigned: int = 0
    started: int = 0
    sent: int = 0
    figures: scoring.ReaderFigures | None = None

    @property
    def total(self) -> int:
        return self.assigned + self.started + self.sent


@dataclass
class PaperRow:
    """One application on the coordinator's reading page."""

    id: UUID
    number: int
    sent: int = 0
    readers: int = 0
    extra: bool = False
    flags: int = 0
    disagreement: tuple[str, ...] = ()
    away: bool = False  # the coordinator who looks has a tie
    ineligible: bool = False  # nobody needs to read it

    @property
    def reasons(self) -> list[Promise]:
        return [DISAGREEMENT_WORDS[code] for code in self.disagreement]

    @property
    def reference(self) -> str:
        return f"{self.number:04d}"


@dataclass
class Progress:
    readers: list[ReaderProgress]
    papers: list[PaperRow]
    due_on: date | None = None  # the last day by which somebody was asked to read

    @property
    def sent(self) -> int:
        return sum(reader.sent for reader in self.readers)

    @property
    def total(self) -> int:
        return sum(reader.total for reader in self.readers)


def progress(call: Call, user: User | None = None) -> Progress:
    """Everybody's progress and every application's readings (a fixed five statements, whatever the number).

    Applications that ``user`` must stay away from are marked so.
    """
    rules, sent_levels = rubric(call), levels_of(call)
    profile = ReaderProfile.objects.filter(cohort=call.cohort_id, person=OuterRef("user_id"))
    own = Application.objects.filter(call=call, applicant=OuterRef("user_id")).exclude(
        state=Application.State.WITHDRAWN
    )
    current = members(call.cohort, Role.SCREENER).annotate(told=Exists(profile), applying=Exists(own))
    rows = {
        row.user_id: ReaderProgress(user=row.user, told=row.told, excluded=row.applying)
        for row in current.order_by("user__name", "user__email")
    }
    tie = Exists(Recusal.objects.keeping_away().filter(application=OuterRef("pk"), person=user))
    papers = {
        pk: PaperRow(
            id=pk,
            number=number,
            ineligible=eligibility == Application.Eligibility.INELIGIBLE,
            away=user is not None and (tied or applicant == user.pk),
        )
        for pk, number, eligibility, applicant, tied in Application.objects.filter(
            call=call, state=Application.State.SUBMITTED
        )
        .annotate(tied=tie)
        .order_by("number")
        .values_list("pk", "number", "eligibility", "applicant_id", "tied")
    }
    reviews = [
        review
        for review in Review.objects.filter(application__call=call)
        .exclude(state=Review.State.REMOVED)
        .select_related("reader")
        .defer("shared_comment", "private_note")
        if review.application_id in papers
    ]
    levels: dict[UUID, list[tuple[UUID, dict[str, int | None]]]] = defaultdict(list)
    minutes: dict[UUID, list[float]] = defaultdict(list)
    for review in reviews:  # somebody who is no screener any more still stands here with what they read
        reader = rows.setdefault(review.reader_id, ReaderProgress(user=review.reader, told=True, excluded=False))
        paper = papers[review.application_id]
        paper.readers += 1
        paper.extra = paper.extra or review.extra
        paper.flags += bool(review.flag)
        if review.state == Review.State.SUBMITTED:
            reader.sent += 1
            paper.sent += 1
            levels[review.application_id].append(
                (review.reader_id, dict(sent_levels[review.application_id][review.reader_id]))
            )
            if review.started_at and review.submitted_at:
                minutes[review.reader_id].append((review.submitted_at - review.started_at).total_seconds() / 60)
        elif review.state == Review.State.STARTED:
            reader.started += 1
        else:
            reader.assigned += 1
    worths: dict[UUID, dict[UUID, Fraction]] = defaultdict(dict)
    for application, readings in levels.items():
        papers[application].disagreement = scoring.disagreement([reading for _, reading in readings], rules)
        for person, reading in readings:
            worth = scoring.total(reading, rules)
            if worth is not None:
                worths[person][application] = worth
    for person, reader in rows.items():
        others = {
            application: [
                worths[p][application] for p, _ in levels[application] if p != person and application in worths[p]
            ]
            for application in worths[person]
        }
        reader.figures = scoring.figures(worths[person], others, minutes[person])
    last = max((review.due_on for review in reviews if review.due_on), default=None)
    return Progress(readers=list(rows.values()), papers=list(papers.values()), due_on=last)


def waiting_ties(call: Call) -> list[Recusal]:
    """Ties that a coordinator must still decide on (“I know them in another way”)."""
    return list(
        Recusal.objects.filter(application__call=call, outcome=Recusal.Outcome.WAITING)
        .select_related("application", "person")
        .order_by("declared_at")
    )


def readers_left(application: Application) -> list[Membership]:
    """Screeners who could still be given ``application``: no reading of it yet, and no tie."""
    inputs = reading_inputs(application.call)
    paper = next((p for p in inputs.papers if p.id == application.pk), None)
    if paper is None:
        return []
    free = able(paper, inputs.readers, conflicts=inputs.conflicts)
    return list(members(application.call.cohort, Role.SCREENER).filter(user_id__in=free).order_by("user__name"))
