"""When a cohort meets: told by the app that knows, asked by others that write to people before or after.

The apps above never import one another. The one that plans meetings registers a :class:`MeetingSource` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cohort.people.models import Cohort
from cohort.registers import Register


@dataclass(frozen=True)
class Meeting:
    """One meeting of a cohort that its members know of.

    ``over_at``: when it ended, or is planned to end. ``over``: it has taken place.
    ``away``: users who are known not to have been there. Empty while nobody has said.
    """

    id: UUID
    cohort: Cohort
    starts_at: datetime
    over_at: datetime
    over: bool
    away: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class MeetingSource:
    """``between(since, until)``: meetings that begin or end in that time, in a fixed number of statements.
    ``find(id)``: one meeting, or None when it is called off, a draft, or not this source's."""

    between: Callable[[datetime, datetime], Iterable[Meeting]]
    find: Callable[[UUID | str], Meeting | None]


SOURCES: Register[MeetingSource] = Register("sources of meetings")
register = SOURCES.register


def between(since: datetime, until: datetime) -> list[Meeting]:
    """All meetings that begin or end between two moments."""
    return [meeting for source in SOURCES for meeting in source.between(since, until)]


def find(meeting: UUID | str) -> Meeting | None:
    """The meeting with this id, if it stands."""
    return next((found for source in SOURCES if (found := source.find(meeting)) is not None), None)
