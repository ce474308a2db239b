"""Draw tables from the people who are there, and seat those who come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cohort.people import history
from cohort.people.models import Membership, Organization, User, organization_key
from cohort.people.states import NotPossible
from sessions.common.announce import announce
from sessions.common.locking import lock
from sessions.common.states import State
from sessions.groups import draw as groups_draw
from sessions.groups import queries
from sessions.models import Attendance, PairRule, Seat, SeatingFacts, Session, Table, TableDraw


def _people(session: Session, *, checked_in: bool) -> list[Membership]:
    """Who can sit: those in the room once it is open; before that everyone who has not said they are not coming."""
    rows = session.attendance.select_related("membership__user", "membership__seating_facts")
    rows = rows.filter(membership__ended_at__isnull=True)
    in_room = [Attendance.State.PRESENT, Attendance.State.LATE]
    rows = (
        rows.filter(state__in=in_room)
        if checked_in
        else rows.exclude(state__in=[Attendance.State.EXCUSED, Attendance.State.ABSENT, Attendance.State.REMOTE])
    )
    return [row.membership for row in rows.order_by("membership_id")]


@transaction.atomic
def draw(*, session: Session, by: User, everyone: bool = False) -> TableDraw:
    """Draw tables anew. From people in the room; with ``everyone`` from all who are expected (to prepare cards).

    The seed is the number of draws so far, so the same people drawn the same time give the same tables.

    :raises NotPossible: the session is not published or running, or nobody is there yet.
    """
    session = lock(session)
    if session.state not in (State.PUBLISHED, State.RUNNING):
        raise NotPossible(_("Tables are drawn once a session is published."))
    members = _people(session, checked_in=session.state == State.RUNNING and not everyone)
    if not members:
        raise NotPossible(_("Nobody has checked in yet."))
    season = queries.season_before(session)
    seed = session.draws.count() + 1
    result = groups_draw.draw(
        [queries.as_person(member, season) for member in members], met=season.met, apart=season.apart, seed=seed
    )
    session.draws.filter(in_use=True).update(in_use=False)
    made = TableDraw.objects.create(
        session=session,
        seed=seed,
        iterations=result.iterations,
        score=result.cost,
        reasons=[{"code": code, "number": number} for code, number in result.reasons],
        drawn_by=by,
    )
    rows = [Table(draw=made, number=number) for number in range(1, len(result.tables) + 1)]
    Table.objects.bulk_create(rows)
    ids = {str(member.pk): member for member in members}
    Seat.objects.bulk_create(
        [
            Seat(draw=made, table=table, membership=ids[seated.id], role=seated.role)
            for table, people in zip(rows, result.tables, strict=True)
            for seated in people
        ]
    )
    history.record(
        "tables.drawn",
        made,
        actor=by,
        cohort=session.cohort,
        session=str(session.pk),
        seed=seed,
        people=len(members),
        tables=len(rows),
    )
    announce(session)
    return made


def seat_if_drawn(*, session: Session, membership: Membership) -> Seat | None:
    """Give somebody who comes after the draw a seat, inside the caller's transaction. Nobody else moves."""
    made = queries.draw_of(session)
    if made is None:
        return None
    rows = list(made.tables.all())
    seated = [list(table.seats.all()) for table in rows]
    if any(seat.membership_id == membership.pk for seats in seated for seat in seats):
        return None
    season = queries.season_before(session)
    place = groups_draw.seat_latecomer(
        queries.as_person(membership, season),
        [[queries.as_person(seat.membership, season) for seat in seats] for seats in seated],
        met=season.met,
        apart=season.apart,
    )
    return Seat.objects.create(draw=made, table=rows[place], membership=membership, came_later=True)


@dataclass(frozen=True)
class WorkFacts:
    """What a facilitator wrote about one person's work. ``organization`` is a name, matched by its folded key."""

    organization: str = ""
    sector: str = ""
    style: str = ""


@transaction.atomic
def note_work_facts(*, session: Session, by: User, facts: Mapping[UUID, WorkFacts]) -> None:
    """Keep employer, sector and style of members (by membership id), for mixing tables. They hold for the season."""
    names = {each.organization.strip() for each in facts.values() if each.organization.strip()}
    known = {name: _organization(name) for name in names}
    SeatingFacts.objects.bulk_create(
        [
            SeatingFacts(
                membership_id=member,
                organization=known.get(each.organization.strip()),
                sector=each.sector.strip(),
                style=each.style,
            )
            for member, each in facts.items()
        ],
        update_conflicts=True,
        unique_fields=["membership"],
        update_fields=["organization", "sector", "style"],
    )
    history.record("tables.work_facts_noted", session, actor=by, cohort=session.cohort, people=len(facts))


def _organization(name: str) -> Organization:
    """The organization of that name, however it is spelled."""
    key = organization_key(name)
    return Organization.objects.get_or_create(key=key, defaults={"name": name})[0]


@transaction.atomic
def keep_apart(*, session: Session, by: User, one: Membership, other: Membership) -> None:
    """Remember that two people never share a table. No reason is asked or kept; the history holds no names.

    :raises NotPossible: it is the same person twice.
    """
    if one.pk == other.pk:
        raise NotPossible(_("Choose two different people."))
    first, second = sorted((one, other), key=lambda member: str(member.pk))
    PairRule.objects.get_or_create(first=first, second=second, defaults={"cohort": session.cohort})
    history.record("tables.pair_rule_added", session, actor=by, cohort=session.cohort)


@transaction.atomic
def no_longer_apart(*, session: Session, by: User, rule: PairRule) -> None:
    rule.delete()
    history.record("tables.pair_rule_removed", session, actor=by, cohort=session.cohort)
