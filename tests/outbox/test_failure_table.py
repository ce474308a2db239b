"""Line by line: what can fail, what happens then, and the test that shows it, with the kinds that the apps have.

A worker dies before sending:
    test_faults.py::test_killed_before_the_attempt_it_goes_again
A worker dies after the attempt mark, before the record (both rules):
    test_faults.py::test_killed_after_sending_a_resend_kind_goes_again_as_the_same_message
    test_faults.py::test_killed_after_sending_a_drop_kind_stays_and_is_listed
The mail server answers 4xx or 5xx, is slow, times out, or is gone:
    test_smtp.py::test_what_the_server_says_decides
    test_smtp.py::test_a_server_that_does_not_answer_in_time_is_tried_again
    test_smtp.py::test_a_server_that_is_gone_keeps_everything_waiting
    test_sender.py::test_a_busy_server_is_tried_again_at_growing_distances
    test_sender.py::test_no_try_after_the_last_hour
The server refuses the address, or mail comes back for good:
    test_sender.py::test_a_refused_address_gets_no_optional_mail_and_facilitators_are_told_once
    test_pages.py::test_a_person_whose_mail_comes_back_is_told_on_the_page
Somebody marks our mail as unwanted:
    test_sender.py::test_a_complaint_stops_all_that_is_optional_without_a_mail
A template is broken:
    test_sender.py::test_a_template_error_fails_that_row_alone
    test_alarm.py::test_a_broken_template_is_told_and_the_log_says_so
The broker is away, comes back, or comes back empty:
    test_faults.py::test_without_a_broker_the_action_goes_on_and_beat_finds_the_row
    test_failure_table.py::test_an_emptied_broker_loses_no_message
    test_failure_table.py::test_a_channel_whose_connection_is_closed_says_so
    test_failure_table.py::test_two_beats_a_dead_broker_and_an_empty_one_make_one_mail_each
Two beats, planners or senders at once:
    test_failure_table.py::test_two_beats_a_dead_broker_and_an_empty_one_make_one_mail_each
    test_faults.py::test_two_planners_at_once_make_each_row_once
    test_faults.py::test_two_senders_at_once_send_each_mail_once
Beat, planner or sender is dead:
    test_health.py::test_reminders_are_unwell_after_fifteen_silent_minutes
    test_alarm.py::test_a_part_that_is_silent_for_fifteen_minutes_is_told_once_an_hour
    test_alarm.py::test_each_good_run_of_the_planner_pings_while_the_sender_lives
All was off for long:
    test_failure_table.py::test_after_a_long_outage_what_is_late_is_listed_and_can_be_sent_by_hand
A session is moved after, or before, its reminder:
    test_failure_table.py::test_moved_to_another_day_after_the_reminder_makes_one_corrected_reminder
    test_failure_table.py::test_moved_on_the_same_day_makes_only_the_message_about_the_change
    test_failure_table.py::test_moved_across_midnight_before_the_reminder_moves_the_reminder
A session is moved across a clock change:
    test_failure_table.py::test_moved_across_a_clock_change_it_stays_three_in_the_afternoon
A session is cloned:
    test_failure_table.py::test_a_copy_is_a_draft_and_says_nothing_until_it_is_published
A session is called off:
    test_failure_table.py::test_called_off_takes_every_reminder_along
A member joins late, or leaves:
    test_failure_table.py::test_who_joins_late_is_invited_and_not_reminded_of_the_past
    test_planner.py::test_members_only_kinds_end_with_the_membership
A person's time zone changes:
    test_failure_table.py::test_a_new_time_zone_moves_what_is_waiting
A member is in two cohorts:
    test_failure_table.py::test_two_cohorts_on_one_day_share_one_mail
    test_sender.py::test_limits_hold_over_all_cohorts_and_never_for_essential_messages
An address changes:
    test_failure_table.py::test_a_new_address_gets_the_reminder_and_the_old_one_keeps_its_mark
Somebody unsubscribes between plan and send:
    test_failure_table.py::test_one_click_between_plan_and_send_holds
Quiet hours would make it too late:
    test_sender.py::test_a_message_that_quiet_hours_would_make_too_late_expires
The survey is answered between plan and send:
    test_failure_table.py::test_answered_between_plan_and_send_is_not_reminded
A mass mail was a mistake:
    ../applications/decide/test_releasing.py::test_calling_back_undoes_everything
Private words:
    ../test_canary.py::test_no_private_word_in_any_kind_for_any_role
    ../test_canary.py::test_no_private_word_in_rows_broker_history_or_log
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.parser import BytesParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.conf import settings as live
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohort.celery import app
from cohort.local import binaries
from cohort.outbox import actions, mailfiles, planner, sender
from cohort.outbox.models import Heartbeat, Message, State, Suppression
from cohort.people.models import Cohort, Membership, User
from sessions.actions import plan
from sessions.actions.library import load_activities
from sessions.models import Activity, Attendance, Session, Survey, SurveyTicket
from tests.clock import clock_at, post
from tests.conftest import join, person, signed_in
from tests.outbox.test_faults import database_url
from tests.sessions.season import FACILITATOR, PARTICIPANT, PUBLISHED, at, held, member, published

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
TOMORROW, CHANGED = "Session 1 is tomorrow", "Session 1 has changed"


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
        plan.change_session(session=session, by=cast.facilitator, starts_at=starts, ends_at=starts + timedelta(hours=2))
    session.refresh_from_db()


def everybody(subject: str) -> list[tuple[str, str]]:
    return [(FACILITATOR, subject), (PARTICIPANT, subject)]


def rows(kind: str) -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(kind=kind).values_list("state", "reason"))


def test_the_table_above_names_tests_that_exist() -> None:
    named = re.findall(r"^    (\S+\.py)::(test_\w+)$", __doc__ or "", re.M)
    assert len(named) > 30
    assert [f"{file}::{test}" for file, test in named if f"def {test}(" not in (HERE / file).read_text()] == []


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
        plan.create_session(
            cohort=cast.cohort, by=cast.facilitator, starts_at=at(25, 10), ends_at=at(25, 12), **fields
        )  # fmt: skip
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
        plan.call_off(session=session, by=cast.facilitator)
    assert post(at(17, 9, 1)) == everybody("Session 1 is called off")
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
    actions.bounced(email=PARTICIPANT)
    User.objects.filter(pk=cast.participant.pk).update(email="new@example.org")
    assert post(at(17, 15), "tomorrow") == [(FACILITATOR, TOMORROW), ("new@example.org", TOMORROW)]
    assert Suppression.objects.get().address_hash == actions.address_hash(PARTICIPANT)


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


# ---------------------------------------------------------------- machines


def test_after_a_long_outage_what_is_late_is_listed_and_can_be_sent_by_hand(
    cast: SimpleNamespace, library: dict[str, Activity]
) -> None:
    """Everything stands still from the tenth to two days before the session: nothing is sent late by itself."""
    published(cast, library, prework="Read.")
    post(at(10, 12))
    assert rows("week_before") == [("planned", "")] * 2
    assert post(at(17, 11), "in a week") == []
    assert rows("week_before") == [("expired", "too_late")] * 2
    coordinator = signed_in(cast.coordinator)
    log = reverse("outbox:log", args=[cast.cohort.slug])
    page = coordinator.get(log, {"show": "missed"}).content.decode()
    assert ("too late" in page, page.count("Send it now")) == (True, 2)
    row = Message.objects.get(kind="week_before", recipient=cast.participant)
    url = reverse("outbox:send_again", args=[cast.cohort.slug, row.pk])
    with clock_at(at(17, 11, 5)):
        coordinator.get(url)
        coordinator.post(url)
    post(at(17, 11, 6))
    row.refresh_from_db()
    assert (row.state, row.reason) == ("planned", "shares_mail")  # goes with the reminder of this afternoon
    post(at(17, 15))
    row.refresh_from_db()
    assert (row.state, row.sent_with is not None) == ("sent", True)
    assert len([one for one in mail.outbox if "A WEEK" in one.body.upper()]) == 1


@pytest.mark.django_db(transaction=True)
def test_an_emptied_broker_loses_no_message(cast: SimpleNamespace, library: dict[str, Activity]) -> None:
    """The wake-up is gone with everything else in the broker; the row is not."""
    broker = redis.Redis.from_url(live.REDIS_URL, db=live.BROKER_DB)
    broker.flushdb()
    Membership.objects.update(joined_at=PUBLISHED - timedelta(days=60))
    with clock_at(PUBLISHED):
        made = plan.create_session(
            cohort=cast.cohort, by=cast.facilitator, title="T", result="R", starts_at=at(18, 10), ends_at=at(18, 12)
        )
        Session.objects.filter(pk=made.pk).update(state="published", published_at=PUBLISHED)
        made.refresh_from_db()
        plan.call_off(session=made, by=cast.facilitator)
    assert broker.llen("celery") == 1
    broker.flushdb()
    assert {subject for _who, subject in sent_by_beat(PUBLISHED)} == {"Session 1 is called off"}


def sent_by_beat(moment: datetime) -> list[tuple[str, str]]:
    with clock_at(moment):
        sender.send_due(moment)
    return [(one.to[0], one.subject) for one in mail.outbox]


def test_a_channel_whose_connection_is_closed_says_so() -> None:
    """Any other error than that of a connection would end the worker instead of having it connect again."""
    link = app.connection_for_write()
    channel = link.channel()
    link.release()
    with pytest.raises(link.connection_errors, match="closed"):
        channel.qos.ack("tag")


# ---------------------------------------------------------------- real processes


class Valkey:
    """A broker of this test's own, that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "v.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Empty, each time: nothing is kept on disk."""
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [binaries.valkey(), *options, "--dir", str(self.socket.parent)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=binaries.CLEAN_ENV,
        )  # fmt: skip
        _until(lambda: redis.Redis.from_url(self.url).ping(), 30)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


def _until(what: Callable[[], Any], seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if what():
                return
        except redis.RedisError:
            pass
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def at_noon() -> str:
    """A time zone in which it is about noon now, so that no test depends on the hour at which it runs."""
    hours = 12 - timezone.now().hour
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


@pytest.mark.stack
@pytest.mark.django_db(transaction=True)
def test_two_beats_a_dead_broker_and_an_empty_one_make_one_mail_each(
    cast: SimpleNamespace, tmp_path: Path, settings: Any
) -> None:
    """A worker and two beats whose minutes last a second; the broker is killed, stays away, and comes back empty."""
    Cohort.objects.update(time_zone=at_noon())
    now = timezone.now()
    Membership.objects.update(joined_at=now - timedelta(days=60))
    session = Session.objects.create(
        cohort=cast.cohort, title="T", result="R", state="published", published_at=now - timedelta(days=30),
        starts_at=now + timedelta(minutes=50), ends_at=now + timedelta(hours=2), place="Room B",
    )  # fmt: skip
    Attendance.objects.create(session=session, membership=member(cast))
    short = Path(tempfile.mkdtemp(prefix="v", dir="/tmp"))  # the path of a socket must be short
    broker = Valkey(short)
    broker.start()
    env = {
        **os.environ, "DATABASE_URL": database_url(), "REDIS_URL": broker.url, "COHORT_STATE": str(tmp_path),
        "BROKER_DB": "0", "CACHE_DB": "1", "DEBUG": "1", "SECRET_KEY": "x", "EMAIL_BACKEND": mailfiles.BACKEND,
    }  # fmt: skip
    celery = [sys.executable, "-m", "celery", "-q", "-A", "tests.outbox.quick_beat"]
    log = (tmp_path / "log").open("wb")
    processes = [
        subprocess.Popen([*celery, *words], cwd=HERE.parent.parent, env=env, stdout=log, stderr=log)
        for words in (
            ["worker", "-l", "warning", "--pool", "threads", "-c", "2", "--without-gossip", "--without-mingle"],
            ["beat", "-l", "warning", "-s", str(tmp_path / "one")],
            ["beat", "-l", "warning", "-s", str(tmp_path / "two")],
        )
    ]  # fmt: skip
    sheet = Message.objects.filter(kind="run_sheet")
    try:
        _until(lambda: sheet.filter(state=State.SENT).exists(), 120)
        broker.kill()
        started = time.monotonic()
        settings.REDIS_URL = broker.url  # the action meets the same dead broker
        actions.queue(
            kind="session_cancelled", key="while-away", recipient=cast.participant, cohort=cast.cohort, any_hour=True,
            due_at=timezone.now() + timedelta(seconds=4),  # after what the worker still holds is done
            refs={"session": str(session.pk), "member": str(member(cast).pk)},
        )  # fmt: skip
        assert time.monotonic() - started < 5
        Session.objects.filter(pk=session.pk).update(state="cancelled")
        time.sleep(2)
        assert Message.objects.get(key="while-away").state == State.PLANNED
        broker.start()
        _until(lambda: Message.objects.get(key="while-away").state == State.SENT, 90)
        before = Heartbeat.objects.get(name="planner").at
        _until(lambda: Heartbeat.objects.get(name="planner").at > before, 30)
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait(timeout=20)
        broker.kill()
        log.close()
        shutil.rmtree(short)
    box = tmp_path / "outbox"
    subjects = sorted(BytesParser().parsebytes(file.read_bytes())["subject"] for file in box.glob("*.eml"))
    assert subjects == ["Session 1 is called off", "Session 1 is today"]
    assert (sheet.count(), Message.objects.filter(state=State.SENT).count()) == (1, 2)
