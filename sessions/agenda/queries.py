"""Reads about sessions: what pages and messages need, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohort.outbox.registry import wall_time
from cohort.people.models import Membership, Role, User
from sessions.agenda import timing
from sessions.common.access import visible_to
from sessions.common.queries import State
from sessions.models import (
    Answer,
    Attendance,
    Block,
    Prompt,
    Reader,
    Session,
)

# ---------------------------------------------------------------- people


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


def as_item(block: Block, session: Session) -> timing.AgendaItem:
    locked = None
    if block.locked_start is not None:
        zone = session.cohort.zone
        locked = wall_time.at(session.starts_at.astimezone(zone).date(), block.locked_start, zone)
    return timing.AgendaItem(
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


def agenda_of(session: Session, blocks: list[Block] | None = None) -> timing.Agenda:
    """The computed agenda with its warnings. Pass ``blocks`` when they have been read already."""
    blocks = blocks_of(session) if blocks is None else blocks
    frame = timing.Frame(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        result=session.result,
        objectives=tuple(str(objective.pk) for objective in session.objectives.all()),
        has_hard_moment_lead=session.hard_moment_lead_id is not None,
        has_place=bool(session.place or session.link),
    )
    return timing.lay_out([as_item(block, session) for block in blocks], frame)


@dataclass
class AgendaRow:
    """One line of an agenda page."""

    block: Block
    row: timing.Row
    warnings: list[timing.Warning] = field(default_factory=list)


def agenda_rows(blocks: list[Block], computed: timing.Agenda) -> list[AgendaRow]:
    by_subject: dict[str, list[timing.Warning]] = {}
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


# ---------------------------------------------------------------- attendance


# ---------------------------------------------------------------- tables


# ---------------------------------------------------------------- agreements


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
