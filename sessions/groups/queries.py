"""Reads of breakout groups."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from django.db.models import Prefetch

from cohort.people.models import Membership
from sessions.common.queries import State, participants
from sessions.groups import draw
from sessions.models import (
    PairRule,
    Seat,
    Session,
    Table,
    TableDraw,
)


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


@dataclass(frozen=True)
class Season:
    """What earlier sessions say about tables: who met how often, who did which work, who must sit apart."""

    met: dict[draw.Pair, int]
    roles: dict[str, dict[str, int]]
    apart: frozenset[draw.Pair]


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
    met: dict[draw.Pair, int] = {}
    for people in at_table.values():
        for a, b in combinations(people, 2):
            met[draw.pair(a, b)] = met.get(draw.pair(a, b), 0) + 1
    rules = PairRule.objects.filter(cohort_id=session.cohort_id).values_list("first_id", "second_id")
    return Season(met, roles, frozenset(draw.pair(str(a), str(b)) for a, b in rules))


def as_person(membership: Membership, season: Season) -> draw.Person:
    """What the draw may know of somebody. ``membership`` comes with ``seating_facts`` selected."""
    facts = getattr(membership, "seating_facts", None)
    return draw.Person(
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
