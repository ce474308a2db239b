"""Facts change between plan and send: sessions move, people come and go, answers arrive. With the kinds of all apps."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client

from cohort.outbox import addresses, suppression
from cohort.outbox.delivery import planner
from cohort.outbox.models import Message, State, Suppression
from cohort.people.models import Membership, User
from sessions.library.actions import load_activities
from sessions.models import Activity, Session, Survey, SurveyTicket
from sessions.planning import actions as planning_actions
from tests.clock import clock_at, post
from tests.conftest import join, person
from tests.sessions.season import FACILITATOR, PARTICIPANT, at, held, member, published

TOMORROW, CHANGED = "Session 1 is tomorrow", "Session 1 has changed"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_register() -> None:
    """Instead of the fixture of this folder: here all kinds of all apps are at work."""


@pytest.fixture
def library(db: None) -> dict[str, Activity]:
    load_activities()
    return {activity.slug: activity for activity in Activity.objects.all()}


@pytest.fixture
def session(cast: SimpleNamespace, library: dict[str, Activity]) -> Session:
    return published(cast, library)


def move(session: Session, cast: SimpleNamespace, now: datetime, starts: datetime) -> None:
    with clock_at(now):
        planning_actions.change_session(
            session=session, by=cast.facilitator, starts_at=starts, ends_at=starts + timedelta(hours=2)
        )
    session.refresh_from_db()


def everybody(subject: str) -> list[tuple[str, str]]:
    return [(FACILITATOR, subject), (PARTICIPANT, subject)]


def rows(kind: str) -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(kind=kind).values_list("state", "reason"))


# ---------------------------------------------------------------- the session moves


def test_moved_to_another_day_after_the_reminder_makes_one_corrected_reminder(
    session: Session, cast: SimpleNamespace
) -> None:
    assert post(at(17, 15), TOMORROW) == everybody(TOMORROW)
    move(session, cast, at(17, 16), at(19, 10))
    assert post(at(17, 16, 10), CHANGED) == everybody(CHANGED)
    assert post(at(17, 18), "tomorrow") == []
    assert post(at(18, 15), "tomorrow") == everybody(TOMORROW)
    assert "Friday 19 February 2027" in mail.outbox[-1].body
    assert post(at(18, 19), "tomorrow") == []


def test_moved_on_the_same_day_makes_only_the_message_about_the_change(session: Session, cast: SimpleNamespace) -> None:
    post(at(17, 15))
    move(session, cast, at(17, 16), at(18, 14))
    assert [found for found in post(at(17, 16, 10)) if found[1] != TOMORROW] == everybody(CHANGED)
    assert [found for found in post(at(18, 8)) if found[0] == PARTICIPANT] == []
    assert Message.objects.filter(kind="day_before").count() == 2


def test_moved_across_midnight_before_the_reminder_moves_the_reminder(session: Session, cast: SimpleNamespace) -> None:
    """From Thursday ten to the night of Friday, half past midnight: three on Thursday, not three on Wednesday."""
    post(at(16, 16))
    assert rows("day_before") == [("planned", "")] * 2
    move(session, cast, at(16, 17), at(19, 0, 30))
    post(at(16, 17, 10))
    assert post(at(17, 15), "tomorrow") == []
    assert post(at(18, 15), "tomorrow") == everybody(TOMORROW)
    assert rows("day_before") == [("cancelled", "cause_gone")] * 2 + [("sent", "")] * 2


def test_moved_across_a_clock_change_it_stays_three_in_the_afternoon(
    cast: SimpleNamespace, library: dict[str, Activity]
) -> None:
    """Clocks go forward on 14 March 2027. Moved from the Friday before to the Monday after, and back."""
    session = published(cast, library, starts_at=at(12, 10, month=3), ends_at=at(12, 12, month=3))
    move(session, cast, at(10, 9, month=3), at(15, 10, month=3))
    post(at(10, 9, 10, month=3))
    assert post(at(11, 15, month=3), "tomorrow") == []
    assert post(at(14, 14, 55, month=3), "tomorrow") == []
    assert post(at(14, 15, month=3), "tomorrow") == everybody(TOMORROW)
    due = set(Message.objects.filter(kind="day_before", state="sent").values_list("due_at", flat=True))
    assert {moment.isoformat() for moment in due} == {"2027-03-14T22:00:00+00:00"}  # summer time: seven hours
    move(session, cast, at(14, 16, month=3), at(5, 10, month=11))
    post(at(14, 16, 10, month=3))
    move(session, cast, at(3, 9, month=11), at(8, 10, month=11))  # clocks go back on 7 November
    post(at(3, 9, 10, month=11))
    assert post(at(7, 14, 55, month=11), "tomorrow") == []
    assert post(at(7, 15, month=11), "tomorrow") == everybody(TOMORROW)
    last = Message.objects.filter(kind="day_before", state="sent").latest("due_at")
    assert last.due_at.isoformat() == "2027-11-07T23:00:00+00:00"  # winter time: eight hours


# ---------------------------------------------------------------- drafts, calling off


def test_a_copy_is_a_draft_and_says_nothing_until_it_is_published(session: Session, cast: SimpleNamespace) -> None:
    copy = Session.objects.get(pk=session.pk)
    fields = {field: getattr(copy, field) for field in ("title", "result", "place", "prework", "ask_needs", "link")}
    with clock_at(at(3)):
        planning_actions.create_session(
            cohort=cast.cohort, by=cast.facilitator, starts_at=at(25, 10), ends_at=at(25, 12), **fields
        )
    draft = Session.objects.exclude(pk=session.pk).get()
    for day in (4, 11, 18, 22, 24, 25, 26):
        post(at(day, 15))
    assert Message.objects.filter(refs__session=str(draft.pk)).count() == 0
    assert Message.objects.filter(refs__meeting=str(draft.pk)).count() == 0
    assert Message.objects.filter(refs__session=str(session.pk)).exists()


def test_called_off_takes_every_reminder_along(cast: SimpleNamespace, library: dict[str, Activity]) -> None:
    session = published(cast, library, prework="Read.", remind_soon=True)
    post(at(16, 16))
    with clock_at(at(17, 9)):
        planning_actions.call_off(session=session, by=cast.facilitator)
    assert post(at(17, 9, 5)) == everybody("Session 1 is called off")
    for moment in (at(17, 15), at(18, 7, 30), at(18, 9, 15), at(18, 15), at(19, 10), at(22, 10)):
        assert post(moment) == []
    assert Message.objects.filter(state__in=["planned", "retry", "claimed"]).count() == 0


# ---------------------------------------------------------------- people change


def test_who_joins_late_is_invited_and_not_reminded_of_the_past(session: Session, cast: SimpleNamespace) -> None:
    late = join(person("late"), cast.cohort, "participant")
    Membership.objects.filter(pk=late.pk).update(joined_at=at(17, 15, 30))
    assert post(at(17, 15, 35), "Invitation") == [("late@example.org", "Invitation to session 1")]
    assert ("late@example.org", TOMORROW) not in post(at(17, 16))
    assert list(Message.objects.filter(kind="day_before", recipient=late.user).values_list("state", "reason")) == [
        ("skipped", "joined_later")
    ]


def test_a_new_time_zone_moves_what_is_waiting(session: Session, cast: SimpleNamespace) -> None:
    post(at(16, 16))
    User.objects.filter(pk=cast.participant.pk).update(time_zone="America/New_York")
    assert post(at(17, 11, 55), "tomorrow") == []
    assert post(at(17, 12), "tomorrow") == [(PARTICIPANT, TOMORROW)]  # three in the afternoon in New York
    assert post(at(17, 15), "tomorrow") == [(FACILITATOR, TOMORROW)]


def test_two_cohorts_on_one_day_share_one_mail(
    session: Session, cast: SimpleNamespace, library: dict[str, Activity]
) -> None:
    other = SimpleNamespace(cohort=cast.other_cohort, facilitator=cast.other_facilitator)
    join(cast.participant, cast.other_cohort, "participant")
    mail.outbox.clear()
    published(other, library)
    assert post(at(17, 15), "tomorrow").count((PARTICIPANT, TOMORROW)) == 1
    letter = next(one for one in mail.outbox if one.subject == TOMORROW and f"<{PARTICIPANT}>" in one.to[0])
    assert ("of North is tomorrow" in letter.body, "of South is tomorrow" in letter.body) == (True, True)


def test_a_new_address_gets_the_reminder_and_the_old_one_keeps_its_mark(
    session: Session, cast: SimpleNamespace
) -> None:
    post(at(16, 16))
    suppression.bounced(email=PARTICIPANT)
    User.objects.filter(pk=cast.participant.pk).update(email="new@example.org")
    assert post(at(17, 15), "tomorrow") == [(FACILITATOR, TOMORROW), ("new@example.org", TOMORROW)]
    assert Suppression.objects.get().address_hash == addresses.address_hash(PARTICIPANT)


def test_one_click_between_plan_and_send_holds(cast: SimpleNamespace, library: dict[str, Activity]) -> None:
    """The link in the message of a week ago, pressed by a mail program without cookies, stops its kind at once."""
    published(cast, library, prework="Read.")
    post(at(11))
    letter = next(one for one in mail.outbox if one.subject == "Session 1 is in a week" and PARTICIPANT in one.to[0])
    stop = re.search(r"<http://[^/]+(/[^>]+)>", letter.extra_headers["List-Unsubscribe"])
    assert stop is not None
    Message.objects.filter(kind="week_before", recipient=cast.participant).delete()
    with clock_at(at(10)):
        planner.plan_all(at(10))  # it stands there once more, planned for tomorrow
    waiting = Message.objects.get(kind="week_before", recipient=cast.participant)
    assert waiting.state == State.PLANNED
    answer = Client(enforce_csrf_checks=True).post(stop[1], {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.cookies.output()) == (200, "")
    assert post(at(11, 9, 30)) == []
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == (State.SUPPRESSED, "stopped")


def test_answered_between_plan_and_send_is_not_reminded(session: Session, cast: SimpleNamespace) -> None:
    held(session, cast, {cast.participant: "present"})
    survey = Survey.objects.create(session=session, opened_at=at(18, 12), closes_at=at(26, 12))
    ticket = SurveyTicket.objects.create(survey=survey, membership=member(cast))
    post(at(18, 12, 5))
    assert rows("survey_open") == [("planned", "")]
    SurveyTicket.objects.filter(pk=ticket.pk).update(answered=True)
    for moment in (at(18, 12, 20), at(19, 10), at(26, 9)):
        post(moment)
    assert (rows("survey_open"), rows("survey_nudge")) == ([("skipped", "not needed")],) * 2
