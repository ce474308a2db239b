"""Reads about sessions: what pages and messages need, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohort.outbox import walltime
from cohort.people.access import members
from cohort.people.models import Cohort, Membership, Role, User
from sessions import agenda, tables
from sessions.access import visible_to
from sessions.models import (
    Activity,
    Agreement,
    Answer,
    Attendance,
    Block,
    PairRule,
    Phase,
    Prompt,
    Reader,
    Run,
    Seat,
    Session,
    Table,
    TableDraw,
)

State = Session.State


# ---------------------------------------------------------------- people


def participants(session: Session) -> QuerySet[Membership]:
    """Who is expected at the session: current participants of its cohort, by name."""
    return members(session.cohort, Role.PARTICIPANT).order_by("user__name", "user__email")


def facilitators(cohort: Cohort) -> QuerySet[Membership]:
    return members(cohort, Role.FACILITATOR).order_by("user__name", "user__email")


def members_who_lead(cohort: Cohort) -> QuerySet[Membership]:
    """Who may lead a block: facilitators and participants, because a block can be handed to a member."""
    return members(cohort, Role.FACILITATOR, Role.PARTICIPANT).order_by("role", "user__name", "user__email")


# ---------------------------------------------------------------- lists


def sessions_for(user: User) -> list[Session]:
    """All sessions that the reader may know about, the next one first, then the past ones (one statement)."""
    now = timezone.now()
    found = list(
        visible_to(user)
        .select_related("cohort")
        .annotate(blocks_in=Count("blocks", filter=Q(blocks__position__isnull=False)))
        .order_by("starts_at", "id")
    )
    coming: list[Session] = [session for session in found if session.over_at > now and session.state not in _DONE]
    past: list[Session] = [session for session in reversed(found) if session not in coming]
    return coming + past


_DONE = (State.ENDED, State.CANCELLED)


def number_of(session: Session) -> int:
    """Which session of its cohort this is: 1 for the first. Sessions that were called off do not count."""
    earlier = Q(starts_at__lt=session.starts_at) | Q(starts_at=session.starts_at, pk__lt=session.pk)
    return Session.objects.filter(earlier, cohort_id=session.cohort_id).exclude(state=State.CANCELLED).count() + 1


def earlier_ones() -> Coalesce:
    """For annotating sessions: how many of their cohort come before each of them, as :func:`number_of` counts."""
    earlier = Q(starts_at__lt=OuterRef("starts_at")) | Q(starts_at=OuterRef("starts_at"), pk__lt=OuterRef("pk"))
    of_cohort = Session.objects.filter(earlier, cohort_id=OuterRef("cohort_id")).exclude(state=State.CANCELLED)
    counted = of_cohort.order_by().values("cohort_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


# ---------------------------------------------------------------- agenda


def blocks_of(session: Session) -> list[Block]:
    """The agenda's blocks with leads, co-leads, objectives and prompts (four statements)."""
    return list(
        session.blocks.filter(position__isnull=False)
        .select_related("lead__user", "activity")
        .prefetch_related("co_leads__user", "objectives", Prefetch("prompts", Prompt.objects.order_by("position")))
        .order_by("position")
    )


def as_item(block: Block, session: Session) -> agenda.Item:
    locked = None
    if block.locked_start is not None:
        zone = session.cohort.zone
        locked = walltime.at(session.starts_at.astimezone(zone).date(), block.locked_start, zone)
    return agenda.Item(
        id=str(block.pk),
        minutes=block.minutes,
        min_minutes=block.min_minutes,
        max_minutes=block.max_minutes,
        protected=block.protected,
        sponge=block.sponge,
        phase=block.phase,
        hard_topic=block.hard_topic,
        has_lead=block.lead_id is not None,
        objectives=frozenset(str(objective.pk) for objective in block.objectives.all()),
        locked_start=locked,
    )


def agenda_of(session: Session, blocks: list[Block] | None = None) -> agenda.Agenda:
    """The computed agenda with its warnings. Pass ``blocks`` when they have been read already."""
    blocks = blocks_of(session) if blocks is None else blocks
    frame = agenda.Frame(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        result=session.result,
        objectives=tuple(str(objective.pk) for objective in session.objectives.all()),
        has_hard_moment_lead=session.hard_moment_lead_id is not None,
        has_place=bool(session.place or session.link),
    )
    return agenda.lay_out([as_item(block, session) for block in blocks], frame)


@dataclass
class AgendaRow:
    """One line of an agenda page."""

    block: Block
    row: agenda.Row
    warnings: list[agenda.Warning] = field(default_factory=list)


def agenda_rows(blocks: list[Block], computed: agenda.Agenda) -> list[AgendaRow]:
    by_subject: dict[str, list[agenda.Warning]] = {}
    for warning in computed.warnings:
        by_subject.setdefault(warning.subject, []).append(warning)
    return [
        AgendaRow(block, row, by_subject.get(str(block.pk), []))
        for block, row in zip(blocks, computed.rows, strict=True)
    ]


def materials_of(blocks: Iterable[Block]) -> list[str]:
    """Everything to bring, each thing once, in the order it is needed."""
    return list(dict.fromkeys(thing for block in blocks for thing in block.materials))


def private_prompts(user: User) -> list[Prompt]:
    """Questions meant for the writer alone, of sessions that ``user`` took part in and that are over."""
    attended = Attendance.objects.there().filter(
        membership__user_id=user.pk, membership__ended_at__isnull=True, session__state=State.ENDED
    )
    return list(
        Prompt.objects.filter(
            block__session__in=attended.values("session_id"),
            block__position__isnull=False,
            default_reader=Reader.PRIVATE,
            answer__in=[Answer.TEXT, Answer.SHORT_TEXT, Answer.LIST],
        )
        .select_related("block__session")
        .order_by("-block__session__starts_at", "block__position", "position")[:30]
    )


# ---------------------------------------------------------------- library


def activities(*, words: str = "", phase: str = "") -> list[Activity]:
    """Activities in the order of the fact file whose name, purpose or credit holds all of ``words`` (one statement).

    ``phase`` keeps those of that phase and those that fit any time.
    """
    found = Activity.objects.filter(retired=False)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(purpose__icontains=word) | Q(credit__icontains=word))
    if phase:
        found = found.filter(phase__in={phase, Phase.ANY})
    return list(found.order_by("position"))


def prompts_in_words(activity: Activity) -> list[dict[str, Any]]:
    """An activity's questions, with who reads the answers and how far the writer may share them."""
    return [
        {
            "text": prompt["text"],
            "answer": Answer(prompt["answer"]).label,
            "reader": Reader(prompt["default_visibility"]).label,
            "ladder": [Reader(step).label for step in prompt["may_share_to"] if step != prompt["default_visibility"]],
            "options": prompt.get("options", []),
        }
        for prompt in activity.prompts
    ]


# ---------------------------------------------------------------- attendance


@dataclass(frozen=True)
class Presence:
    """A line of the register. ``row`` is None for somebody who joined after the session was published."""

    membership: Membership
    row: Attendance | None

    @property
    def state(self) -> str:
        return self.row.state if self.row else Attendance.State.EXPECTED

    @property
    def is_there(self) -> bool:
        return self.state in Attendance.THERE


def register_of(session: Session) -> list[Presence]:
    """Every current participant and everyone who has a row, by name (two statements)."""
    rows = {row.membership_id: row for row in session.attendance.select_related("membership__user")}
    people = {member.pk: member for member in participants(session)}
    for row in rows.values():
        people.setdefault(row.membership_id, row.membership)
    ordered = sorted(people.values(), key=lambda member: (member.user.get_full_name().casefold(), str(member.pk)))
    return [Presence(member, rows.get(member.pk)) for member in ordered]


def headcount(session: Session) -> tuple[int, int]:
    """How many are there, and how many are expected in all (one statement)."""
    found = (
        Membership.objects.current()
        .filter(cohort_id=session.cohort_id, role=Role.PARTICIPANT)
        .aggregate(
            there=Count(
                "attendance",
                filter=Q(attendance__session_id=session.pk, attendance__state__in=Attendance.THERE),
                distinct=True,
            ),
            all=Count("pk", distinct=True),
        )
    )
    return found["there"], found["all"]


# ---------------------------------------------------------------- tables


def draw_of(session: Session) -> TableDraw | None:
    """The draw in use, with its tables and seats (three statements at most)."""
    seats = Seat.objects.select_related("membership__user").order_by("membership__user__name", "pk")
    return (
        session.draws.filter(in_use=True)
        .prefetch_related(Prefetch("tables", Table.objects.order_by("number")), Prefetch("tables__seats", seats))
        .first()
    )


def seat_of(session: Session, membership: Membership) -> Seat | None:
    return (
        Seat.objects.filter(draw__session=session, draw__in_use=True, membership=membership)
        .select_related("table")
        .first()
    )


def people_at(seat: Seat) -> list[Seat]:
    """Everyone at the table of ``seat``, themselves included, by name."""
    return list(
        Seat.objects.filter(table=seat.table).select_related("membership__user").order_by("membership__user__name")
    )


def pauses_waiting(run: Run | None) -> int:
    return run.pause_requests.filter(seen_at__isnull=True).count() if run else 0


@dataclass(frozen=True)
class Season:
    """What earlier sessions say about tables: who met how often, who did which work, who must sit apart."""

    met: dict[tables.Pair, int]
    roles: dict[str, dict[str, int]]
    apart: frozenset[tables.Pair]


def season_before(session: Session) -> Season:
    """From the draws in use of the cohort's other sessions that took place (three statements)."""
    seats = Seat.objects.filter(
        draw__in_use=True, draw__session__cohort_id=session.cohort_id, draw__session__state__in=[State.ENDED]
    ).exclude(draw__session_id=session.pk)
    at_table: dict[object, list[str]] = {}
    roles: dict[str, dict[str, int]] = {}
    for table, member, role in seats.values_list("table_id", "membership_id", "role"):
        at_table.setdefault(table, []).append(str(member))
        if role:
            held = roles.setdefault(str(member), {})
            held[role] = held.get(role, 0) + 1
    met: dict[tables.Pair, int] = {}
    for people in at_table.values():
        for a, b in combinations(people, 2):
            met[tables.pair(a, b)] = met.get(tables.pair(a, b), 0) + 1
    rules = PairRule.objects.filter(cohort_id=session.cohort_id).values_list("first_id", "second_id")
    return Season(met, roles, frozenset(tables.pair(str(a), str(b)) for a, b in rules))


def as_person(membership: Membership, season: Season) -> tables.Person:
    """What the draw may know of somebody. ``membership`` comes with ``seating_facts`` selected."""
    facts = getattr(membership, "seating_facts", None)
    return tables.Person(
        id=str(membership.pk),
        employer=str(facts.organization_id or "") if facts else "",
        sector=facts.sector if facts else "",
        style=facts.style if facts else "",
        roles_held=season.roles.get(str(membership.pk), {}),
    )


def people_with_facts(session: Session) -> list[Membership]:
    """Participants with what is known of their work (one statement)."""
    return list(participants(session).select_related("user", "seating_facts__organization"))


def facts_of(membership: Membership) -> dict[str, str]:
    """Employer, sector and style as a form shows them; empty where nothing is known."""
    facts = getattr(membership, "seating_facts", None)
    if facts is None:
        return {}
    name = facts.organization.name if facts.organization else ""
    return {"organization": name, "sector": facts.sector, "style": facts.style}


# ---------------------------------------------------------------- agreements


def agreements_in_force(cohort_id: UUID) -> list[Agreement]:
    return list(Agreement.objects.filter(cohort_id=cohort_id, retired_at__isnull=True).order_by("position", "name"))


# ---------------------------------------------------------------- cards


def next_sessions(user: User, now: datetime) -> list[tuple[Session, str, bool]]:
    """The published or running sessions ahead of ``user``: session, role, and whether they are checked in.

    A person who facilitates and takes part appears as facilitator (three statements at most).
    """
    held = Membership.objects.current().filter(user_id=user.pk).having(Role.FACILITATOR, Role.PARTICIPANT)
    mine: dict[UUID, Membership] = {}
    for membership in held.order_by("role"):  # facilitator sorts before participant
        mine.setdefault(membership.cohort_id, membership)
    if not mine:
        return []
    found = list(
        Session.objects.filter(cohort_id__in=mine)
        .filter(Q(state=State.RUNNING) | Q(state=State.PUBLISHED, ends_at__gt=now))
        .select_related("cohort")
        .order_by("starts_at", "id")
    )
    here = (
        set(
            Attendance.objects.there()
            .filter(session__in=found, membership__in=mine.values())
            .values_list("session_id", flat=True)
        )
        if found
        else set()
    )
    return [(session, mine[session.cohort_id].role, session.pk in here) for session in found]
