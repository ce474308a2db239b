"""We missed you, and how to catch up: the messages, the page, and who may say what."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.urls import reverse

from cohort.outbox.models import Message
from cohort.people.models import HistoryEntry, Membership
from cohort.people.states import NotPossible
from sessions.attendance import actions as attendance_actions
from sessions.models import Activity, Attendance, Session
from tests.clock import clock_at, post
from tests.conftest import join, person, signed_in
from tests.pages import flat
from tests.sessions.season import PARTICIPANT, at, held, member, published

Library = dict[str, Activity]
MISSED = (PARTICIPANT, "How to catch up on session 1")


def rows(kind: str) -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(kind=kind).values_list("state", "reason"))


@pytest.fixture
def missed(cast: SimpleNamespace, library: Library) -> Session:
    """The participant was away, somebody else was there; the session took place on Thursday 18 February."""
    there = join(person("there"), cast.cohort, "participant")
    session = published(cast, library)
    Membership.objects.filter(pk=there.pk).update(joined_at=at(1))
    return held(session, cast, {cast.participant: "absent", there.user: "present"})


def about_catching_up(moment: object) -> list[tuple[str, str]]:
    return [found for found in post(moment) if "catch up" in found[1]]  # type: ignore[arg-type]


def test_the_next_working_day_at_ten_those_who_were_away_hear(missed: Session, cast: SimpleNamespace) -> None:
    assert about_catching_up(at(19, 9, 55)) == []
    assert about_catching_up(at(19, 10)) == [MISSED]
    assert f"/sessions/{missed.pk}/catch-up/" in mail.outbox[-1].body
    assert about_catching_up(at(19, 11)) == []


def test_after_a_friday_it_is_monday(cast: SimpleNamespace, library: Library) -> None:
    session = published(cast, library, starts_at=at(19, 10), ends_at=at(19, 12))
    held(session, cast, {cast.participant: "excused"})
    assert about_catching_up(at(20, 10)) == []
    assert about_catching_up(at(22, 10)) == [MISSED]


def test_an_open_register_says_nothing_about_who_was_away(missed: Session, cast: SimpleNamespace) -> None:
    with clock_at(at(18, 13)):
        attendance_actions.open_register(session=missed, by=cast.facilitator)
    assert about_catching_up(at(19, 10)) == []
    with clock_at(at(23, 15)):
        attendance_actions.close_register(session=missed, by=cast.facilitator, mark_rest_absent=False)
    assert about_catching_up(at(23, 15, 5)) == [MISSED]


def test_who_joined_after_the_session_did_not_miss_it(missed: Session, cast: SimpleNamespace) -> None:
    late = join(person("late"), cast.cohort, "participant")
    Membership.objects.filter(pk=late.pk).update(joined_at=at(18, 15))
    with clock_at(at(18, 16)):
        attendance_actions.mark(session=missed, by=cast.facilitator, marks={late.pk: "absent"})
    assert about_catching_up(at(19, 10)) == [MISSED]


def test_made_up_between_plan_and_send_is_not_asked(missed: Session, cast: SimpleNamespace) -> None:
    post(at(18, 18))
    with clock_at(at(18, 19)):
        attendance_actions.caught_up(session=missed, membership=member(cast))
    assert about_catching_up(at(19, 10)) == []
    assert rows("we_missed_you") == [("skipped", "not_needed")]


def test_once_more_three_days_before_the_last_day(missed: Session, cast: SimpleNamespace) -> None:
    with clock_at(at(18, 14)):
        attendance_actions.offer_catching_up(
            session=missed, by=cast.facilitator, words="Watch.", until=date(2027, 3, 5)
        )
    assert about_catching_up(at(19, 10)) == [MISSED]
    assert "The last day to catch up is Friday 5 March 2027." in mail.outbox[-1].body
    assert about_catching_up(at(2, 9, 55, month=3)) == []
    assert about_catching_up(at(2, 10, month=3)) == [(PARTICIPANT, "Three days left to catch up on session 1")]
    assert about_catching_up(at(3, 10, month=3)) == []


def test_who_declined_is_not_asked_again(missed: Session, cast: SimpleNamespace) -> None:
    with clock_at(at(18, 14)):
        attendance_actions.offer_catching_up(
            session=missed, by=cast.facilitator, words="Watch.", until=date(2027, 3, 5)
        )
    post(at(19, 10))
    with clock_at(at(20, 10)):
        attendance_actions.will_not_catch_up(session=missed, membership=member(cast))
    assert about_catching_up(at(2, 10, month=3)) == []


def test_a_last_day_that_is_near_makes_one_message_not_two(missed: Session, cast: SimpleNamespace) -> None:
    with clock_at(at(18, 14)):
        attendance_actions.offer_catching_up(session=missed, by=cast.facilitator, words="", until=date(2027, 2, 21))
    assert about_catching_up(at(19, 10)) == [MISSED]
    assert rows("make_up_open") == []


def test_the_log_does_not_list_who_was_away(missed: Session, cast: SimpleNamespace) -> None:
    post(at(19, 10))
    assert Message.objects.filter(kind="we_missed_you").count() == 1
    page = signed_in(cast.coordinator).get(reverse("outbox:log", args=[cast.cohort.slug])).content.decode()
    assert ("Invitation" in page or "invitation" in page, "We missed you" in page) == (True, False)


# ---------------------------------------------------------------- the page


def url(session: Session) -> str:
    return reverse("program_sessions:catch_up", args=[session.pk])


def test_facilitators_write_and_participants_read(missed: Session, cast: SimpleNamespace) -> None:
    host, reader = signed_in(cast.facilitator), signed_in(cast.participant)
    assert "have written nothing here yet" in reader.get(url(missed)).content.decode()
    tomorrow = date.today() + timedelta(days=5)
    sent = host.post(url(missed), {"words": "Watch the recording.", "until": tomorrow.isoformat()})
    assert sent.status_code == 302
    missed.refresh_from_db()
    assert (missed.catch_up, missed.catch_up_by) == ("Watch the recording.", tomorrow)
    assert "Watch the recording." in reader.get(url(missed)).content.decode()
    assert "1 person was away. Caught up so far: 0." in flat(host.get(url(missed)).content.decode())


def test_a_day_that_has_passed_is_refused_beside_the_field(missed: Session, cast: SimpleNamespace) -> None:
    answer = signed_in(cast.facilitator).post(url(missed), {"words": "Watch.", "until": "2020-01-01"})
    assert answer.status_code == 422
    assert "Choose a day to come." in answer.content.decode()
    assert "Watch." in answer.content.decode()


def test_saying_that_one_has_caught_up_changes_the_register(missed: Session, cast: SimpleNamespace) -> None:
    reader = signed_in(cast.participant)
    reader.post(url(missed), {"answer": "no"})
    row = Attendance.objects.get(session=missed, membership=member(cast))
    assert (row.state, row.catch_up_declined_at is not None) == ("absent", True)
    reader.post(url(missed), {"answer": "undo"})
    reader.post(url(missed), {"answer": "done"})
    row.refresh_from_db()
    assert (row.state, row.catch_up_declined_at) == ("made_up", None)
    assert HistoryEntry.objects.filter(verb="attendance.caught_up").count() == 1
    reader.post(url(missed), {"answer": "done"})  # again: nothing
    assert HistoryEntry.objects.filter(verb="attendance.caught_up").count() == 1


def test_who_was_there_has_nothing_to_say(missed: Session, cast: SimpleNamespace) -> None:
    there = Membership.objects.get(user__email="there@example.org")
    page = signed_in(there.user).get(url(missed)).content.decode()
    assert ("nothing you need to do" in page, "I have caught up" in page) == (True, False)
    with pytest.raises(NotPossible):
        attendance_actions.caught_up(session=missed, membership=there)


def test_strangers_and_sessions_that_have_not_ended_have_no_such_page(missed: Session, cast: SimpleNamespace) -> None:
    assert signed_in(cast.other_participant).get(url(missed)).status_code == 404
    assert signed_in(cast.coordinator).get(url(missed)).status_code == 403
    Session.objects.filter(pk=missed.pk).update(state="published", ended_at=None)
    assert signed_in(cast.participant).get(url(missed)).status_code == 404
