"""Five minutes for a second thought: nobody hears of what was taken back, and then it is as if it had not been."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.urls import reverse

from cohort.outbox.models import Message
from cohort.people import history
from cohort.people.states import NotPossible
from sessions.common import undo as common_undo
from sessions.models import Activity, Attendance, Session
from sessions.planning import actions as planning_actions
from sessions.planning.undo_actions import take_back
from tests.clock import clock_at, post
from tests.conftest import signed_in
from tests.sessions.season import FACILITATOR, PARTICIPANT, at, published

HALF, OVER = timedelta(minutes=2, seconds=30), timedelta(minutes=5)


def undo(session: Session, cast: SimpleNamespace, step: str, now: datetime) -> Session:
    with clock_at(now):
        take_back(session=session, by=cast.facilitator, step=step)
    session.refresh_from_db()
    return session


def change(session: Session, cast: SimpleNamespace, now: datetime, **fields: object) -> None:
    with clock_at(now):
        planning_actions.change_session(session=session, by=cast.facilitator, **fields)
    session.refresh_from_db()


def call_off(session: Session, cast: SimpleNamespace, now: datetime) -> None:
    with clock_at(now):
        planning_actions.call_off(session=session, by=cast.facilitator)
    session.refresh_from_db()


def test_publishing_taken_back_is_a_draft_that_nobody_heard_of(cast: SimpleNamespace, draft: Session) -> None:
    now = at(2, 10)
    Session.objects.update(starts_at=at(18, 10), ends_at=at(18, 12))
    with clock_at(now):
        planning_actions.publish(session=draft, by=cast.facilitator)
    assert Attendance.objects.filter(session=draft).count() == 1
    assert post(now + HALF) == []
    undo(draft, cast, "publish", now + HALF)
    assert (draft.state, draft.published_at, Attendance.objects.filter(session=draft).count()) == ("draft", None, 0)
    assert post(now + OVER) == post(at(17, 15)) == []
    assert "session.draft" in [entry.verb for entry in history.of(draft)]
    with clock_at(at(3, 10)):
        planning_actions.publish(session=draft, by=cast.facilitator)
    subject = "Invitation to session 1"
    assert post(at(3, 10) + OVER) == [(FACILITATOR, subject), (PARTICIPANT, subject)]


def test_a_change_taken_back_is_as_members_know_it(cast: SimpleNamespace, library: dict[str, Activity]) -> None:
    session = published(cast, library)
    change(session, cast, at(10, 9), starts_at=at(19, 10), ends_at=at(19, 12), title="Another")
    change(session, cast, at(10, 9, 4), place="Room C")
    assert (session.place, session.sequence) == ("Room C", 2)
    undo(session, cast, "change", at(10, 9, 8))
    assert (session.starts_at, session.ends_at, session.place) == (at(18, 10), at(18, 12), "Room B")
    assert (session.title, session.sequence, session.told_before) == ("Another", 3, None)  # a feed may have been read
    assert post(at(10, 9, 30), "changed") == []
    assert len(post(at(17, 15), "Session 1 is tomorrow")) == 2


def test_changed_back_by_hand_says_nothing(cast: SimpleNamespace, library: dict[str, Activity]) -> None:
    session = published(cast, library)
    change(session, cast, at(10, 9), place="Room C")
    change(session, cast, at(10, 9, 5), place="Room B")
    assert post(at(10, 9, 30), "changed") == []


def test_a_change_before_the_invitation_left_is_in_the_invitation(cast: SimpleNamespace, draft: Session) -> None:
    Session.objects.update(starts_at=at(18, 10), ends_at=at(18, 12))
    with clock_at(at(2, 10)):
        planning_actions.publish(session=draft, by=cast.facilitator)
    change(draft, cast, at(2, 10, 2), place="Room C")
    assert {subject for _who, subject in post(at(2, 10, 5))} == {"Invitation to session 1"}
    assert "Room C" in mail.outbox[-1].body
    assert post(at(2, 10, 30)) == []


def test_called_off_and_taken_back_it_takes_place_with_all_its_reminders(
    cast: SimpleNamespace, library: dict[str, Activity]
) -> None:
    session = published(cast, library)
    post(at(16, 16))
    change(session, cast, at(16, 16, 1), place="Room C")
    call_off(session, cast, at(16, 16, 2))
    assert post(at(16, 16, 4)) == []
    undo(session, cast, "call-off", at(16, 16, 5))
    assert (session.state, session.cancelled_at, session.place) == ("published", None, "Room C")
    changed, tomorrow = "Session 1 has changed", "Session 1 is tomorrow"
    assert post(at(16, 16, 30)) == [(FACILITATOR, changed), (PARTICIPANT, changed)]
    assert post(at(17, 15), "tomorrow") == [(FACILITATOR, tomorrow), (PARTICIPANT, tomorrow)]


def test_called_off_before_the_invitation_left_nobody_hears_a_word(cast: SimpleNamespace, draft: Session) -> None:
    Session.objects.update(starts_at=at(18, 10), ends_at=at(18, 12))
    with clock_at(at(2, 10)):
        planning_actions.publish(session=draft, by=cast.facilitator)
    call_off(draft, cast, at(2, 10, 2))
    assert post(at(2, 10, 30)) == post(at(17, 15)) == []


def test_after_five_minutes_and_after_the_first_mail_it_stands(
    cast: SimpleNamespace, library: dict[str, Activity]
) -> None:
    session = published(cast, library)
    call_off(session, cast, at(10, 9))
    for step, now in (("call-off", at(10, 9, 5)), ("publish", at(10, 9, 1)), ("change", at(10, 9, 1))):
        with pytest.raises(NotPossible):
            undo(session, cast, step, now)
    Message.objects.filter(kind="session_cancelled", recipient=cast.participant).update(
        state="sent", sent_at=at(10, 9), claim=None
    )
    with pytest.raises(NotPossible):
        undo(session, cast, "call-off", at(10, 9, 1))
    session.refresh_from_db()
    assert session.state == "cancelled"
    assert Message.objects.filter(kind="session_cancelled", state="planned").count() == 1  # all of it, or none


def test_what_starts_within_the_hour_goes_at_once(cast: SimpleNamespace, library: dict[str, Activity]) -> None:
    session = published(cast, library)
    call_off(session, cast, at(18, 9, 30))
    with clock_at(at(18, 9, 30)):
        assert common_undo.hold(session) == timedelta(0)
        with pytest.raises(NotPossible):
            take_back(session=session, by=cast.facilitator, step="call-off")
    assert len(post(at(18, 9, 30))) == 2


def test_the_page_offers_it_to_facilitators_alone(cast: SimpleNamespace, draft: Session) -> None:
    page, address = (reverse(f"program_sessions:{name}", args=[draft.pk]) for name in ("session", "publish"))
    client = signed_in(cast.facilitator)
    assert "leave in five minutes. Until then you can take this back." in client.get(address).content.decode()
    client.post(address)
    shown = client.get(page).content.decode()
    undo_url = reverse("program_sessions:take_back", args=[draft.pk, "publish"])
    assert ("2 messages leave at" in shown, f'action="{undo_url}"' in shown, "Call them back" in shown) == (True,) * 3
    member = signed_in(cast.participant)
    assert (undo_url in member.get(page).content.decode(), member.post(undo_url).status_code) == (False, 403)
    assert signed_in(cast.stranger).post(undo_url).status_code == 404
    assert client.get(undo_url).status_code == 405
    assert "Taken back. The session is a draft again" in client.post(undo_url, follow=True).content.decode()
    assert member.get(page).status_code == 404
    assert "It is too late to take this back" in client.post(undo_url, follow=True).content.decode()
