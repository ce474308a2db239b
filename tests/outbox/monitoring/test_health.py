"""Signs of life, from real workers and a real beat, and the pages that watch them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone

from cohort.outbox import addresses, own_kinds
from cohort.outbox import api as outbox_api
from cohort.outbox.delivery import file_backend, planner, sender
from cohort.outbox.models import Heartbeat, Message, State, Suppression
from cohort.outbox.monitoring import health, heartbeat
from tests.outbox.test_faults import database_url

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]


def seen(ago: timedelta, *names: str) -> None:
    for name in names:
        Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now() - ago})


def ask(path: str = "/healthz") -> tuple[int, list[str]]:
    answer = Client().get(path)
    return answer.status_code, answer.json()["missing"]


@pytest.fixture
def running_for_a_while(monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "STARTED", timezone.now() - timedelta(hours=1))


def test_a_new_site_is_well_while_its_parts_start(monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "STARTED", timezone.now() - timedelta(seconds=100))
    assert ask() == (200, [])
    assert Client().get("/healthz").json()["worker"] == "starting"
    seen(timedelta(minutes=3), "beat")
    assert ask() == (503, ["beat"])
    monkeypatch.setattr(health, "STARTED", timezone.now() - timedelta(seconds=130))
    assert ask() == (503, ["worker", "beat"])


@pytest.mark.usefixtures("running_for_a_while")
def test_healthz_is_200_when_all_live_and_names_what_is_missing() -> None:
    assert ask() == (503, ["worker", "beat"])
    seen(timedelta(seconds=100), "worker", "beat")
    assert ask() == (200, [])
    seen(timedelta(seconds=130), "worker")
    assert ask() == (503, ["worker"])
    seen(timedelta(0), "worker")
    seen(timedelta(minutes=3), "beat")
    assert ask() == (503, ["beat"])


@pytest.mark.usefixtures("running_for_a_while")
def test_reminders_are_unwell_after_fifteen_silent_minutes() -> None:
    assert ask("/healthz/reminders") == (503, ["planner", "sender"])
    planner.plan_all()
    sender.send_due()
    assert ask("/healthz/reminders") == (200, [])
    seen(timedelta(minutes=14), "planner")
    assert ask("/healthz/reminders")[0] == 200
    seen(timedelta(minutes=16), "planner")
    assert ask("/healthz/reminders") == (503, ["planner"])


def test_healthz_names_the_broker(settings: Any) -> None:
    seen(timedelta(0), "worker", "beat")
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    assert ask() == (503, ["broker"])
    settings.REDIS_URL = "redis://127.0.0.1:1"
    assert ask() == (503, ["broker"])


def test_healthz_answers_when_the_database_is_away(monkeypatch: Any) -> None:
    """Also for a browser with a session cookie, and without waiting."""
    nowhere = {**connection.get_connection_params(), "host": "/nowhere", "port": "1"}
    monkeypatch.setattr(connections["default"], "get_connection_params", lambda: nowhere)
    client = Client()
    client.cookies["sessionid"] = "somebody"
    started = time.monotonic()
    answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert time.monotonic() - started < 3
    assert (answer.status_code, answer.json()["missing"]) == (503, ["database", "worker", "beat"])
    assert answer.json()["worker"] == "not known"


def test_healthz_asks_in_the_way_of_pages_once_and_sets_no_cookie(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        answer = Client().get("/healthz")
    assert answer.cookies == {}
    assert "no-cache" in answer["Cache-Control"]


def test_a_pulse_beats_until_stopped() -> None:
    pulse = heartbeat.Pulse("worker", seconds=0.05)
    pulse.start()
    _until(lambda: Heartbeat.objects.filter(name="worker").exists(), 5)
    first = Heartbeat.objects.get(name="worker").at
    _until(lambda: Heartbeat.objects.get(name="worker").at > first, 5)
    pulse.stop()
    assert not pulse.is_alive()
    last = Heartbeat.objects.get(name="worker").at
    time.sleep(0.15)
    assert Heartbeat.objects.get(name="worker").at == last


def test_a_pulse_goes_on_without_a_database(monkeypatch: Any, caplog: Any) -> None:
    def away(name: str) -> None:
        raise OperationalError("the words of the server")

    monkeypatch.setattr(heartbeat, "beat", away)
    heartbeat.beat_quietly("worker")
    assert "No heartbeat for worker: OperationalError" in caplog.text


def test_the_scheduler_of_beat_is_ours() -> None:
    from cohort.celery import app

    assert app.conf.beat_scheduler == "cohort.outbox.monitoring.scheduler:BeatScheduler"
    rhythm = {name: entry["schedule"] for name, entry in app.conf.beat_schedule.items() if name.startswith("outbox.")}
    assert rhythm == {"outbox.send": 60, "outbox.plan": 300, "outbox.tidy": 24 * 3600}
    assert all(entry["options"]["expires"] <= entry["schedule"] for entry in app.conf.beat_schedule.values())


@pytest.mark.stack
def test_a_real_worker_and_beat_send_a_queued_mail_and_say_that_they_live(
    tmp_path: Path, cast: SimpleNamespace
) -> None:
    """The whole chain in its own processes: an action wakes the worker through the broker, and the worker sends."""
    env = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "COHORT_STATE": str(tmp_path),
        "DEBUG": "1",
        "SECRET_KEY": "x",
        "EMAIL_BACKEND": file_backend.BACKEND,
    }
    celery = [sys.executable, "-m", "celery", "-q", "-A", "cohort"]
    worker = subprocess.Popen(
        [*celery, "worker", "-l", "warning", "--pool", "threads", "-c", "1", "--without-gossip", "--without-mingle"],
        cwd=ROOT,
        env=env,
    )
    beat = subprocess.Popen([*celery, "beat", "-l", "warning"], cwd=ROOT, env=env)
    try:
        _until(lambda: set(Heartbeat.objects.values_list("name", flat=True)) >= {"worker", "beat"}, 60)
        assert ask() == (200, [])
        own_kinds.register()
        mark = addresses.address_hash("gone@example.org")
        Suppression.objects.create(address_hash=mark, why="bounced")
        outbox_api.queue(
            kind="unreachable",
            key="k",
            recipient=cast.facilitator,
            cohort=cast.cohort,
            any_hour=True,
            refs={"membership": str(cast.cohort.pk), "address": mark},
        )
        _until(lambda: Message.objects.get().state == State.SENT, 30)
        files = list((tmp_path / "outbox").glob("*.eml"))
        assert len(files) == 1
        assert b"facilitator@example.org" in files[0].read_bytes()
        assert Heartbeat.objects.filter(name="sender").exists()
    finally:
        for process in (beat, worker):
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(timeout=30) for process in (beat, worker)]
    assert codes == [0, 0]


def _until(what: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
