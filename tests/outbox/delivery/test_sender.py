"""What leaves, what waits, and why."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort.outbox import addresses, suppression
from cohort.outbox import api as outbox_api
from cohort.outbox.delivery import sender
from cohort.outbox.models import Message, Preference, State, Suppression
from cohort.outbox.preferences import actions as preferences_actions
from cohort.outbox.registry import kinds
from cohort.people.models import User
from tests.conftest import join, person
from tests.outbox.conftest import LOS_ANGELES, TUESDAY

pytestmark = pytest.mark.django_db


def queue(user: User | None, cast: SimpleNamespace, *, kind: str = "trial", key: str = "k:1", **fields: Any) -> Message:
    outbox_api.queue(
        kind=kind,
        key=key,
        recipient=user,
        cohort=cast.cohort,
        **{"due_at": TUESDAY - timedelta(minutes=1), "refs": {}, **fields},
    )
    return Message.objects.get(key=key)


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_one_message_leaves_once_and_is_recorded(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    message = queue(cast.participant, cast)
    sender.send_due(TUESDAY)
    sender.send_due(TUESDAY + timedelta(minutes=1))
    assert [(m.to, m.subject) for m in mail.outbox] == [(["Participant <participant@example.org>"], "Hello from North")]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.sent_at, message.claim) == (State.SENT, 1, TUESDAY, None)


def test_the_same_key_is_queued_once(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    calls = [
        outbox_api.queue(kind="trial", key="k:1", recipient=cast.participant, cohort=cast.cohort) for _ in range(3)
    ]
    assert (calls, Message.objects.count()) == ([True, False, False], 1)


def test_a_cancelled_message_does_not_leave_and_comes_back_when_queued_again(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    message = queue(cast.participant, cast, key="invite:1:2", refs={"session": "abc"})
    assert outbox_api.cancel(prefix="invite:1:") == 1
    sender.send_due(TUESDAY)
    assert (state(message), mail.outbox) == ((State.CANCELLED, "cause_gone"), [])
    assert outbox_api.cancel(refs={"session": "abc"}) == 0
    queue(cast.participant, cast, key="invite:1:2", refs={"session": "abc"})
    sender.send_due(TUESDAY)
    assert len(mail.outbox) == 1


def test_refs_refuse_words(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    with pytest.raises(ValueError, match="must be an id"):
        queue(cast.participant, cast, refs={"note": "I felt unsafe in the meeting"})
    with pytest.raises(LookupError):
        queue(cast.participant, cast, kind="nobody_registered_this")
    with pytest.raises(ValueError, match="recipient or an address"):
        queue(None, cast)


def test_a_message_past_its_time_expires(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    message = queue(cast.participant, cast, not_after=TUESDAY - timedelta(seconds=1))
    sender.send_due(TUESDAY)
    assert (state(message), mail.outbox) == ((State.EXPIRED, "too_late"), [])


def test_a_message_no_longer_needed_is_skipped_with_the_reason(cast: SimpleNamespace, trial: Any) -> None:
    trial(still_needed=lambda message: "answered")
    message = queue(cast.participant, cast)
    sender.send_due(TUESDAY)
    assert (state(message), mail.outbox) == ((State.SKIPPED, "answered"), [])


def test_the_address_is_read_when_sending(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    queue(cast.participant, cast)
    User.objects.filter(pk=cast.participant.pk).update(email="new@example.org")
    sender.send_due(TUESDAY)
    assert mail.outbox[0].to == ["Participant <new@example.org>"]


def test_a_deleted_person_leaves_a_row_without_an_address(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    message = queue(cast.participant, cast)
    cast.participant.delete()
    sender.send_due(TUESDAY)
    message.refresh_from_db()
    assert (message.state, message.recipient_id, message.email) == (State.SKIPPED, None, "")
    assert mail.outbox == []


def test_someone_without_an_account_gets_mail_and_can_be_forgotten(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    message = queue(None, cast, email="Guest@Example.org")
    sender.send_due(TUESDAY)
    assert mail.outbox[0].to == ["guest@example.org"]
    assert suppression.forget_address(email="guest@example.org") == 1
    message.refresh_from_db()
    assert (message.email, message.state) == ("", State.SENT)


# ---------------------------------------------------------------- choices


def test_stopping_a_kind_between_plan_and_send_holds(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B")
    message = queue(cast.participant, cast, kind="nudge")
    preferences_actions.choose(user=cast.participant, wanted={"nudge": False})
    assert state(message) == (State.SUPPRESSED, "stopped")
    later = queue(cast.participant, cast, kind="nudge", key="k:2")
    sender.send_due(TUESDAY)
    assert (state(later), mail.outbox) == ((State.SUPPRESSED, "stopped"), [])


def test_stopping_while_a_worker_holds_the_row_holds(cast: SimpleNamespace, trial: Any) -> None:
    """The choice comes after the batch was read, while the message is being written."""

    def stop_meanwhile(message: Message) -> dict[str, Any]:
        preferences_actions.choose(user=cast.participant, wanted={"nudge": False})
        return {}

    trial("nudge", klass="B", context=stop_meanwhile)
    message = queue(cast.participant, cast, kind="nudge")
    sender.send_due(TUESDAY)
    assert (state(message), mail.outbox) == ((State.SUPPRESSED, "stopped"), [])


def test_essential_messages_cannot_be_stopped(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    preferences_actions.choose(user=cast.participant, wanted={"trial": False})
    assert Preference.objects.count() == 0
    queue(cast.participant, cast)
    sender.send_due(TUESDAY)
    assert len(mail.outbox) == 1
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_a_kind_that_is_off_by_default_needs_a_yes(cast: SimpleNamespace, trial: Any) -> None:
    trial("digest", klass="C", default_on=False)
    quiet, asked = queue(cast.participant, cast, kind="digest"), None
    preferences_actions.choose(user=cast.facilitator, wanted={"digest": True})
    asked = queue(cast.facilitator, cast, kind="digest", key="k:2")
    sender.send_due(TUESDAY)
    assert (state(quiet)[0], state(asked)[0]) == (State.SUPPRESSED, State.SENT)


# ---------------------------------------------------------------- hours


def test_quiet_hours_are_the_readers_own(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    User.objects.filter(pk=cast.screener.pk).update(time_zone="America/New_York")
    night = datetime(2026, 10, 13, 6, 0, tzinfo=LOS_ANGELES)  # 06:00 in the west, 09:00 in the east
    west = queue(cast.participant, cast, due_at=night)
    east = queue(cast.screener, cast, key="k:2", due_at=night)
    sender.send_due(night)
    assert (state(west), state(east)) == ((State.PLANNED, "quiet_hours"), (State.SENT, ""))
    assert west.next_at == datetime(2026, 10, 13, 8, 0, tzinfo=LOS_ANGELES)
    sender.send_due(west.next_at)
    assert state(west) == (State.SENT, "")


def test_a_change_shortly_before_the_start_may_come_at_night(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    night = datetime(2026, 10, 13, 22, 0, tzinfo=LOS_ANGELES)
    message = queue(cast.participant, cast, due_at=night, any_hour=True)
    sender.send_due(night)
    assert state(message)[0] == State.SENT


def test_a_message_that_quiet_hours_would_make_too_late_expires(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    night = datetime(2026, 10, 13, 22, 0, tzinfo=LOS_ANGELES)
    message = queue(cast.participant, cast, due_at=night, not_after=night + timedelta(hours=2))
    sender.send_due(night)
    assert state(message) == (State.EXPIRED, "quiet_hours")


def test_weekends_are_quiet_for_programme_messages_only(cast: SimpleNamespace, trial: Any) -> None:
    trial(), trial("nudge", klass="B")
    saturday = datetime(2026, 10, 17, 10, 0, tzinfo=LOS_ANGELES)
    essential = queue(cast.participant, cast, due_at=saturday)
    nudge = queue(cast.participant, cast, kind="nudge", key="k:2", due_at=saturday)
    session_today = queue(cast.facilitator, cast, kind="nudge", key="k:3", due_at=saturday, weekends=True)
    sender.send_due(saturday)
    assert [state(m)[0] for m in (essential, nudge, session_today)] == [State.SENT, State.PLANNED, State.SENT]
    assert nudge.next_at == datetime(2026, 10, 19, 8, 0, tzinfo=LOS_ANGELES)


# ---------------------------------------------------------------- limits


def test_one_programme_mail_a_day_and_three_a_week(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B")
    monday = datetime(2026, 10, 12, 10, 0, tzinfo=LOS_ANGELES)
    rows = []
    for day in range(4):
        moment = monday + timedelta(days=day)
        rows.append(queue(cast.participant, cast, kind="nudge", key=f"k:{day}", due_at=moment))
        sender.send_due(moment)
    assert [state(row) for row in rows] == [(State.SENT, "")] * 3 + [(State.PLANNED, "limit")]
    assert rows[3].next_at == monday + timedelta(days=7)
    again = queue(cast.facilitator, cast, kind="nudge", key="f:1", due_at=monday)
    sender.send_due(monday)
    second = queue(cast.facilitator, cast, kind="nudge", key="f:2", due_at=monday + timedelta(hours=2))
    sender.send_due(monday + timedelta(hours=2))
    assert (state(again)[0], state(second)) == (State.SENT, (State.PLANNED, "limit"))
    assert second.next_at == datetime(2026, 10, 13, 8, 0, tzinfo=LOS_ANGELES)


def test_limits_hold_over_all_cohorts_and_never_for_essential_messages(cast: SimpleNamespace, trial: Any) -> None:
    trial(), trial("nudge", klass="C")
    join(cast.participant, cast.other_cohort, "participant")
    first = queue(cast.participant, cast, kind="nudge")
    sender.send_due(TUESDAY)
    outbox_api.queue(
        kind="nudge", key="other", recipient=cast.participant, cohort=cast.other_cohort, refs={}, due_at=TUESDAY
    )
    essential = queue(cast.participant, cast, key="k:9")
    sender.send_due(TUESDAY + timedelta(minutes=5))
    assert (state(first)[0], state(Message.objects.get(key="other"))) == (State.SENT, (State.PLANNED, "limit"))
    assert state(essential)[0] == State.SENT


def test_messages_due_together_share_one_mail_in_order_of_priority(cast: SimpleNamespace, trial: Any) -> None:
    trial("digest", klass="C", topic="digest", context=lambda m: {"words": "the digest part"})
    trial("survey", klass="B", topic="survey", context=lambda m: {"words": "the survey part"})
    digest = queue(cast.participant, cast, kind="digest", key="k:1")
    survey = queue(cast.participant, cast, kind="survey", key="k:2")
    sender.send_due(TUESDAY)
    assert len(mail.outbox) == 1
    text, html = mail.outbox[0].body, mail.outbox[0].alternatives[0].content
    for part in (text, html):
        assert 0 < part.index("the survey part") < part.index("the digest part")
    digest.refresh_from_db(), survey.refresh_from_db()
    assert (digest.state, digest.sent_with, survey.sent_with) == (State.SENT, survey, None)
    assert mail.outbox[0].extra_headers["Message-ID"] == survey.message_id
    assert html.lower().count("<!doctype") == 1


def test_a_small_message_waits_for_a_pressing_one_on_the_same_day(cast: SimpleNamespace, trial: Any) -> None:
    trial("reflection", klass="C", topic="reflection")
    trial("day_before", klass="B", topic="day_before")
    small = queue(cast.participant, cast, kind="reflection", key="k:1")
    queue(cast.participant, cast, kind="day_before", key="k:2", due_at=TUESDAY + timedelta(hours=5))
    sender.send_due(TUESDAY)
    assert state(small) == (State.PLANNED, "shares_mail")
    sender.send_due(TUESDAY + timedelta(hours=5))
    assert (state(small)[0], len(mail.outbox)) == (State.SENT, 1)


# ---------------------------------------------------------------- faults


class FailingBackend(BaseEmailBackend):
    """Raises what the test put in ``error``; else delivers to ``mail.outbox``."""

    error: Exception | None = None

    def send_messages(self, messages: Any) -> int:
        if FailingBackend.error is not None:
            raise FailingBackend.error
        mail.outbox.extend(messages)
        return len(messages)


@pytest.fixture
def failing(settings: Any) -> Any:
    settings.EMAIL_BACKEND = "tests.outbox.delivery.test_sender.FailingBackend"
    yield FailingBackend
    FailingBackend.error = None


def test_a_busy_server_is_tried_again_at_growing_distances(cast: SimpleNamespace, trial: Any, failing: Any) -> None:
    trial()
    message = queue(cast.participant, cast, any_hour=True)
    failing.error = smtplib.SMTPDataError(451, b"try later")
    now = TUESDAY
    for minutes in (2, 10, 30, 120):
        sender.send_due(now)
        assert state(message) == (State.RETRY, "server_busy")
        assert timedelta(minutes=minutes) <= message.next_at - now <= timedelta(minutes=minutes * 1.2)
        now = message.next_at
    sender.send_due(now)
    assert (state(message), message.attempts) == ((State.FAILED, "server_busy"), 5)
    same = message.message_id
    failing.error = None
    assert outbox_api.send_again(message=message, actor=cast.coordinator)
    Message.objects.update(next_at=TUESDAY)
    sender.send_due(TUESDAY)
    assert (state(message)[0], mail.outbox[0].extra_headers["Message-ID"]) == (State.SENT, same)


def test_no_try_after_the_last_hour(cast: SimpleNamespace, trial: Any, failing: Any) -> None:
    trial()
    message = queue(cast.participant, cast, not_after=TUESDAY + timedelta(minutes=1))
    failing.error = TimeoutError()
    sender.send_due(TUESDAY)
    assert state(message) == (State.FAILED, "no_connection")


def test_a_refused_address_gets_no_optional_mail_and_facilitators_are_told_once(
    cast: SimpleNamespace, trial: Any, failing: Any
) -> None:
    from cohort.outbox import own_kinds

    own_kinds.register()
    trial(), trial("nudge", klass="B")
    failing.error = smtplib.SMTPRecipientsRefused({"participant@example.org": (550, b"no such user")})
    essential = queue(cast.participant, cast)
    sender.send_due(TUESDAY)
    assert state(essential) == (State.FAILED, "address_refused")
    assert [(s.address_hash, s.why) for s in Suppression.objects.all()] == [
        (addresses.address_hash("Participant@Example.org"), "bounced")
    ]
    told = Message.objects.get(kind="unreachable")
    assert told.recipient == cast.facilitator
    failing.error = None
    nudge = queue(cast.participant, cast, kind="nudge", key="k:2")
    still = queue(cast.participant, cast, key="k:3")
    Message.objects.filter(pk=told.pk).update(next_at=TUESDAY)
    sender.send_due(TUESDAY)
    assert (state(nudge), state(still)[0]) == ((State.SUPPRESSED, "address_bad"), State.SENT)
    notice = next(m for m in mail.outbox if m.to == ["Facilitator <facilitator@example.org>"])
    assert "participant" not in (notice.body + notice.alternatives[0].content).lower().replace("participants", "")
    # A new address is a fresh start: the old mark does not follow.
    User.objects.filter(pk=cast.participant.pk).update(email="new@example.org")
    fresh = queue(cast.participant, cast, kind="nudge", key="k:4")
    sender.send_due(TUESDAY)
    assert state(fresh)[0] == State.SENT


def test_a_complaint_stops_all_that_is_optional_without_a_mail(cast: SimpleNamespace, trial: Any) -> None:
    trial(), trial("nudge", klass="B"), trial("alarm", klass="F", can_stop=False)
    suppression.complained(email="participant@example.org")
    assert set(Preference.objects.values_list("kind", "wanted")) == {("nudge", False), ("weekly_digest", False)}
    assert Message.objects.count() == 0


def test_a_template_error_fails_that_row_alone(cast: SimpleNamespace, trial: Any, caplog: Any) -> None:
    trial()
    trial("broken", template="trial/broken")

    def explode(message: Message) -> dict[str, Any]:
        raise RuntimeError("the secret canary words")

    trial("exploding", context=explode)
    rows = [
        queue(cast.participant, cast, kind=kind, key=f"k:{n}")
        for n, kind in enumerate(["broken", "exploding", "trial"])
    ]
    sender.send_due(TUESDAY)
    assert [state(row) for row in rows] == [
        (State.FAILED, "template_error"),
        (State.FAILED, "template_error"),
        (State.SENT, ""),
    ]
    assert "RuntimeError" in caplog.text
    assert "canary" not in caplog.text


def test_a_kind_whose_app_is_gone_fails_its_rows(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    message = queue(cast.participant, cast)
    with kinds.KINDS.holding():
        sender.send_due(TUESDAY)
    assert state(message) == (State.FAILED, "kind_gone")


@pytest.mark.django_db(transaction=True)
def test_four_statements_a_message_at_most(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B")
    for n in range(50):
        queue(person(f"p{n}"), cast, kind="nudge", key=f"k:{n}")
    with CaptureQueriesContext(connection) as few:
        tally = sender.send_due(TUESDAY)
    assert (tally.mails, len(mail.outbox)) == (50, 50)
    assert len(few) / 50 <= 4, [q["sql"][:80] for q in few.captured_queries]
