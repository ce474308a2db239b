"""The demo's sessions: all of them plausible, and the same each time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cohort.people import demo_people
from cohort.people.demo import Stage
from sessions import demo
from sessions.agenda import queries as agenda_queries
from sessions.groups import queries as groups_queries
from sessions.live import snapshots
from sessions.live.state import RunPhase
from sessions.models import Agreement, Attendance, RunEvent, Session

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.fixture
def stage(db: None) -> Stage:
    made = demo_people.make_stage(NOW)
    demo_people.load(made)
    demo.load(made)
    return made


def told(stage: Stage) -> list[Any]:
    """Everything that should not differ from load to load."""
    found: list[Any] = []
    for session in Session.objects.order_by("starts_at"):
        draw = groups_queries.draw_of(session)
        found.append(
            [
                session.title,
                session.state,
                session.starts_at,
                session.ends_at,
                session.ended_at,
                list(session.blocks.order_by("position").values_list("title", "minutes", "decides")),
                sorted(session.attendance.values_list("membership__user__email", "state")),
                [sorted(seat.membership.user.email for seat in table.seats.all()) for table in draw.tables.all()]
                if draw
                else [],
            ]
        )
    return found


def test_three_past_sessions_and_one_in_two_days(stage: Stage) -> None:
    sessions = list(Session.objects.order_by("starts_at"))
    assert [session.state for session in sessions] == ["ended", "ended", "ended", "published"]
    assert (sessions[3].starts_at.date() - NOW.date()).days == 2
    assert Attendance.objects.filter(state="absent").count() == 1
    assert Agreement.objects.filter(cohort=stage.running).count() == 7
    for session in sessions[:3]:
        state = snapshots.read(session).state
        assert state.phase is RunPhase.ENDED
        assert len(state.used) == session.blocks.count()
        assert session.ended_at is not None
        assert abs((session.ended_at - session.ends_at).total_seconds()) < 20 * 60


def test_the_coming_session_has_nothing_missing(stage: Stage) -> None:
    session = Session.objects.get(state="published")
    assert agenda_queries.agenda_of(session).warnings == ()
    assert agenda_queries.agenda_of(session).in_hand == 5


def test_loading_twice_changes_nothing_and_every_load_is_the_same(stage: Stage) -> None:
    first, events = told(stage), RunEvent.objects.count()
    demo.load(stage)
    assert (told(stage), RunEvent.objects.count()) == (first, events)
    Session.objects.all().delete()
    Agreement.objects.all().delete()
    for member in stage.members(stage.running, "participant"):
        member.seating_facts.delete()
    demo.load(stage)
    assert told(stage) == first
