"""Machines stop: all of it for days, the broker, a beat too many. With the kinds of all apps, and real processes."""

from __future__ import annotations

import os
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
from django.urls import reverse
from django.utils import timezone

from cohort.celery import app
from cohort.local import binaries
from cohort.outbox import api as outbox_api
from cohort.outbox.delivery import file_backend, sender
from cohort.outbox.models import Heartbeat, Message, State
from cohort.people.models import Cohort, Membership
from sessions.library.actions import load_activities
from sessions.models import Activity, Attendance, Session
from sessions.planning import actions as planning_actions
from tests.clock import clock_at, post
from tests.conftest import signed_in
from tests.outbox.test_faults import database_url
from tests.sessions.season import PUBLISHED, at, member, published

HERE = Path(__file__).parent
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_register() -> None:
    """Instead of the fixture of this folder: here all kinds of all apps are at work."""


@pytest.fixture
def library(db: None) -> dict[str, Activity]:
    load_activities()
    return {activity.slug: activity for activity in Activity.objects.all()}


def rows(kind: str) -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(kind=kind).values_list("state", "reason"))


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
        coordinator = signed_in(cast.coordinator)  # a session lasts a day
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
    soon = PUBLISHED + timedelta(minutes=30)  # so soon that the message leaves at once
    with clock_at(PUBLISHED):
        made = planning_actions.create_session(
            cohort=cast.cohort,
            by=cast.facilitator,
            title="T",
            result="R",
            starts_at=soon,
            ends_at=soon + timedelta(hours=2),
        )
        Session.objects.filter(pk=made.pk).update(state="published", published_at=PUBLISHED)
        made.refresh_from_db()
        planning_actions.call_off(session=made, by=cast.facilitator)
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
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=binaries.CLEAN_ENV,
        )
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
@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_two_beats_a_dead_broker_and_an_empty_one_make_one_mail_each(
    cast: SimpleNamespace, tmp_path: Path, settings: Any
) -> None:
    """A worker and two beats whose minutes last a second; the broker is killed, stays away, and comes back empty."""
    Cohort.objects.update(time_zone=at_noon())
    now = timezone.now()
    Membership.objects.update(joined_at=now - timedelta(days=60))
    session = Session.objects.create(
        cohort=cast.cohort,
        title="T",
        result="R",
        state="published",
        published_at=now - timedelta(days=30),
        starts_at=now + timedelta(minutes=50),
        ends_at=now + timedelta(hours=2),
        place="Room B",
    )
    Attendance.objects.create(session=session, membership=member(cast))
    short = Path(tempfile.mkdtemp(prefix="v", dir="/tmp"))  # the path of a socket must be short
    broker = Valkey(short)
    broker.start()
    env = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker.url,
        "COHORT_STATE": str(tmp_path),
        "BROKER_DB": "0",
        "CACHE_DB": "1",
        "DEBUG": "1",
        "SECRET_KEY": "x",
        "EMAIL_BACKEND": file_backend.BACKEND,
    }
    celery = [sys.executable, "-m", "celery", "-q", "-A", "tests.outbox.quick_beat"]
    log = (tmp_path / "log").open("wb")
    processes = [
        subprocess.Popen([*celery, *words], cwd=HERE.parent.parent, env=env, stdout=log, stderr=log)
        for words in (
            ["worker", "-l", "warning", "--pool", "threads", "-c", "2", "--without-gossip", "--without-mingle"],
            ["beat", "-l", "warning", "-s", str(tmp_path / "one")],
            ["beat", "-l", "warning", "-s", str(tmp_path / "two")],
        )
    ]
    sheet = Message.objects.filter(kind="run_sheet")
    try:
        _until(lambda: sheet.filter(state=State.SENT).exists(), 120)
        broker.kill()
        started = time.monotonic()
        settings.REDIS_URL = broker.url  # the action meets the same dead broker
        outbox_api.queue(
            kind="session_cancelled",
            key="while-away",
            recipient=cast.participant,
            cohort=cast.cohort,
            any_hour=True,
            due_at=timezone.now() + timedelta(seconds=4),  # after what the worker still holds is done
            refs={"session": str(session.pk), "member": str(member(cast).pk)},
        )
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
