"""Reads of attendance."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from cohort.people.models import Membership, Role
from sessions.common.queries import participants
from sessions.models import (
    Attendance,
    Session,
)


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
