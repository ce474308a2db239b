"""What should exist becomes rows: once, for the right people, at the right moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort.outbox import api as outbox_api
from cohort.outbox.delivery import planner, sender
from cohort.outbox.models import Heartbeat, Message, State
from cohort.outbox.registry import kinds, wall_time
from cohort.people.models import Membership, User
from tests.conftest import join, person
from tests.outbox.conftest import LOS_ANGELES, TUESDAY

pytestmark = pytest.mark.django_db


def planned(cast: SimpleNamespace, key: str = "day:1", **fields: Any) -> kinds.Planned:
    values: dict[str, Any] = {
        "recipient": cast.participant,
        "cohort": cast.cohort,
        "due_at": TUESDAY + timedelta(hours=3),
        **fields,
    }
    return kinds.Planned(key=key, **values)


def rows() -> list[tuple[str, str, str]]:
    return list(Message.objects.order_by("key").values_list("key", "state", "reason"))


@pytest.fixture
def early(cast: SimpleNamespace) -> SimpleNamespace:
    """Everybody joined long before the fixed Tuesday of these tests."""
    Membership.objects.update(joined_at=TUESDAY - timedelta(days=60))
    return cast


def test_planning_twice_makes_one_row_and_one_mail(early: SimpleNamespace, trial: Any) -> None:
    trial("day", plan=lambda now: [planned(early)])
    first, second = planner.plan_all(TUESDAY), planner.plan_all(TUESDAY + timedelta(minutes=5))
    assert (first.added, second.added, rows()) == (1, 0, [("day:1", "planned", "")])
    sender.send_due(TUESDAY + timedelta(hours=4))
    planner.plan_all(TUESDAY + timedelta(hours=4))
    sender.send_due(TUESDAY + timedelta(hours=5))
    assert len(mail.outbox) == 1


def test_only_the_next_48_hours_become_rows(early: SimpleNamespace, trial: Any) -> None:
    trial(
        "day",
        plan=lambda now: [
            planned(early, "near", due_at=TUESDAY + timedelta(hours=47)),
            planned(early, "far", due_at=TUESDAY + timedelta(hours=49)),
            planned(early, "over", due_at=TUESDAY - timedelta(days=3), not_after=TUESDAY - timedelta(days=2)),
        ],
    )
    planner.plan_all(TUESDAY)
    assert [key for key, _state, _reason in rows()] == ["near"]


def test_who_joined_after_it_was_due_does_not_get_it(early: SimpleNamespace, trial: Any) -> None:
    """A reminder that was due before somebody joined says nothing to them (pretix 3757); an invitation does."""
    late = person("late")
    due = TUESDAY - timedelta(hours=2)
    Membership.objects.filter(pk=join(late, early.cohort, "participant").pk).update(joined_at=TUESDAY)
    trial(
        "day",
        plan=lambda now: [
            planned(early, "day:old", due_at=due),
            planned(early, "day:late", recipient=late, due_at=due),
        ],
    )
    trial("invite", late_joiners=True, plan=lambda now: [planned(early, "invite:late", recipient=late, due_at=due)])
    planner.plan_all(TUESDAY)
    assert rows() == [
        ("day:late", "skipped", "joined_later"),
        ("day:old", "planned", ""),
        ("invite:late", "planned", ""),
    ]


def test_a_session_published_late_fills_in_no_past(early: SimpleNamespace, trial: Any) -> None:
    trial("day", plan=lambda now: [planned(early, due_at=TUESDAY - timedelta(hours=1), since=TUESDAY)])
    planner.plan_all(TUESDAY)
    assert rows() == [("day:1", "skipped", "joined_later")]


def test_a_row_follows_its_cause_to_a_new_time(early: SimpleNamespace, trial: Any) -> None:
    trial("day", plan=lambda now: [planned(early)])
    planner.plan_all(TUESDAY)
    trial("day", plan=lambda now: [planned(early, due_at=TUESDAY + timedelta(hours=6))])
    planner.plan_all(TUESDAY)
    message = Message.objects.get()
    assert (message.due_at, message.next_at) == (TUESDAY + timedelta(hours=6),) * 2


def test_a_row_without_a_cause_is_called_off_and_comes_back_with_it(early: SimpleNamespace, trial: Any) -> None:
    """A session moves to another day and back: each date has its own key."""
    day_one, day_two = [planned(early, "day:one")], [planned(early, "day:two")]
    for plan, expected in [
        (day_one, [("day:one", "planned", "")]),
        (day_two, [("day:one", "cancelled", "cause_gone"), ("day:two", "planned", "")]),
        (day_one, [("day:one", "planned", ""), ("day:two", "cancelled", "cause_gone")]),
    ]:
        trial("day", plan=lambda now, plan=plan: plan, plan_is_complete=True)
        planner.plan_all(TUESDAY)
        assert rows() == expected


def test_calling_off_leaves_other_kinds_and_queued_rows_alone(early: SimpleNamespace, trial: Any) -> None:
    trial("day", plan=lambda now: [], plan_is_complete=True)
    trial("other")
    later = TUESDAY + timedelta(hours=3)
    outbox_api.queue(kind="day", key="by-hand", recipient=early.participant, cohort=early.cohort, due_at=later)
    outbox_api.queue(kind="other", key="other", recipient=early.participant, cohort=early.cohort, due_at=later)
    planner.plan_all(TUESDAY)
    assert rows() == [("by-hand", "planned", ""), ("other", "planned", "")]


def test_a_kind_whose_plan_fails_does_not_stop_the_others(early: SimpleNamespace, trial: Any, caplog: Any) -> None:
    def failing(now: datetime) -> Iterator[kinds.Planned]:
        yield planned(early, "half")
        raise RuntimeError("secret canary words")

    trial("a_failing", plan=failing)
    trial("day", plan=lambda now: [planned(early)])
    tally = planner.plan_all(TUESDAY)
    assert (tally.broken, rows()) == (["a_failing"], [("day:1", "planned", "")])
    assert "canary" not in caplog.text
    assert Heartbeat.objects.filter(name="planner").exists()


def test_rows_hold_the_zone_of_the_person_else_the_cohort(early: SimpleNamespace, trial: Any) -> None:
    User.objects.filter(pk=early.facilitator.pk).update(time_zone="America/New_York")
    early.facilitator.refresh_from_db()
    trial("day", plan=lambda now: [planned(early, "a"), planned(early, "b", recipient=early.facilitator)])
    planner.plan_all(TUESDAY)
    assert list(Message.objects.order_by("key").values_list("time_zone", flat=True)) == [
        "America/Los_Angeles",
        "America/New_York",
    ]


def test_a_thousand_rows_take_the_statements_of_one(early: SimpleNamespace, trial: Any) -> None:
    def statements(count: int) -> int:
        trial("day", plan=lambda now: (planned(early, f"k:{count}:{n}") for n in range(count)), plan_is_complete=True)
        with CaptureQueriesContext(connection) as seen:
            planner.plan_all(TUESDAY)
        return len(seen)

    one, thousand, three = statements(1), statements(1000), statements(3000)
    assert one == thousand
    assert three - thousand == 2 * 2  # one to add and one to remember, for each further thousand


@pytest.mark.parametrize(
    ("day", "wall", "expected"),
    [
        (date(2026, 3, 8), time(2, 30), "2026-03-08T03:00:00-07:00"),  # skipped: the next minute that exists
        (date(2026, 11, 1), time(1, 30), "2026-11-01T01:30:00-07:00"),  # twice: the first
        (date(2026, 11, 1), time(9, 0), "2026-11-01T09:00:00-08:00"),
        (date(2026, 7, 1), time(15, 0), "2026-07-01T15:00:00-07:00"),
    ],
)
def test_local_wall_time_over_clock_changes(day: date, wall: time, expected: str) -> None:
    assert wall_time.at(day, wall, LOS_ANGELES).isoformat() == expected


def test_quiet_hours_end_at_eight_on_the_wall_over_a_clock_change() -> None:
    night = datetime(2026, 10, 31, 22, 0, tzinfo=LOS_ANGELES)  # clocks go back at 02:00
    assert wall_time.next_kind_hour(night, LOS_ANGELES).isoformat() == "2026-11-01T08:00:00-08:00"
    friday = datetime(2026, 3, 6, 20, 0, tzinfo=LOS_ANGELES)  # clocks go forward on Sunday
    assert wall_time.next_kind_hour(friday, LOS_ANGELES, weekdays_only=True).isoformat() == "2026-03-09T08:00:00-07:00"
    for hour, quiet in [(7, True), (8, False), (19, False), (20, True)]:
        moment = datetime(2026, 10, 13, hour, 59 if hour in (7, 19) else 0, tzinfo=LOS_ANGELES)
        assert (wall_time.next_kind_hour(moment, LOS_ANGELES) > moment) is quiet


def test_an_unknown_zone_is_never_the_servers(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    assert wall_time.zone_named("", "No/Where", None) == ZoneInfo("UTC")
    assert wall_time.zone_named("", "Europe/Berlin") == ZoneInfo("Europe/Berlin")


def test_members_only_kinds_end_with_the_membership(early: SimpleNamespace, trial: Any) -> None:
    trial("day", plan=lambda now: [planned(early)], members_only=True)
    planner.plan_all(TUESDAY)
    Membership.objects.filter(user=early.participant).update(ended_at=TUESDAY)
    sender.send_due(TUESDAY + timedelta(hours=3))
    assert (rows(), mail.outbox) == ([("day:1", State.SKIPPED, "left")], [])
