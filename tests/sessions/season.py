"""A session on Thursday 18 February 2027 at ten, published on Tuesday 2 February, and everybody invited."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from cohort.people.models import Membership
from sessions.attendance import actions as attendance_actions
from sessions.common.undo import HOLD
from sessions.live import actions as live_actions
from sessions.models import Activity, Session
from sessions.planning import actions as planning_actions
from sessions.planning import block_actions
from tests.clock import clock_at, post

PACIFIC = ZoneInfo("America/Los_Angeles")
PARTICIPANT, FACILITATOR = "participant@example.org", "facilitator@example.org"


def at(day: int, hour: int = 9, minute: int = 0, month: int = 2) -> datetime:
    """A moment in 2027 where the cohort is."""
    return datetime(2027, month, day, hour, minute, tzinfo=PACIFIC)


PUBLISHED = at(2, 10)


def published(cast: SimpleNamespace, library: dict[str, Activity], **fields: Any) -> Session:
    """The session, with the invitations on their way already."""
    Membership.objects.update(joined_at=PUBLISHED - timedelta(days=60))
    values = {
        "title": "Leading together",
        "result": "We have a map.",
        "starts_at": at(18, 10),
        "ends_at": at(18, 12),
        "place": "Room B",
        **fields,
    }
    with clock_at(PUBLISHED):
        session = planning_actions.create_session(cohort=cast.cohort, by=cast.facilitator, **values)
        for slug in ("result-and-agenda", "commitments"):
            block_actions.add_from_library(session=session, activity=library[slug], by=cast.facilitator)
        planning_actions.publish(session=session, by=cast.facilitator)
    assert post(PUBLISHED) == []  # it can still be taken back
    assert {subject for _who, subject in post(PUBLISHED + HOLD)} == {"Invitation to session 1"}
    session.refresh_from_db()
    return session


def held(
    session: Session, cast: SimpleNamespace, states: dict[Any, str], *, close_at: datetime | None = None
) -> Session:
    """Open the room, end it at noon, mark people and close the register. ``states``: user -> mark."""
    with clock_at(session.starts_at):
        live_actions.open_room(session=session, by=cast.facilitator)
        live_actions.press(session=session, by=cast.facilitator, kind="start", expected=0)
    with clock_at(session.ends_at):
        live_actions.press(session=session, by=cast.facilitator, kind="end", expected=1)
    session.refresh_from_db()
    with clock_at(close_at or session.ends_at + timedelta(minutes=10)):
        rows = Membership.objects.filter(cohort=session.cohort, role="participant", user__in=states)
        attendance_actions.mark(session=session, by=cast.facilitator, marks={row.pk: states[row.user] for row in rows})
        attendance_actions.close_register(session=session, by=cast.facilitator, mark_rest_absent=False)
    session.refresh_from_db()
    return session


def member(cast: SimpleNamespace, name: str = "participant") -> Membership:
    return Membership.objects.get(cohort=cast.cohort, user=getattr(cast, name))
