"""When reminders stop, the operators hear of it: not through what has stopped, and once an hour."""

from __future__ import annotations

import email
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError
from django.utils import timezone

from cohort.outbox import api as outbox_api
from cohort.outbox import tasks
from cohort.outbox.delivery import planner, sender
from cohort.outbox.log import queries as log_queries
from cohort.outbox.models import Heartbeat, Message
from cohort.outbox.monitoring import alerts, health
from tests.outbox.conftest import TUESDAY
from tests.outbox.smtp_server import Sink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _operators(settings: Any, monkeypatch: Any) -> None:
    settings.OPERATORS = ["ops@example.org", "night@example.org"]
    monkeypatch.setattr(health, "STARTED", timezone.now() - timedelta(hours=1))
    monkeypatch.setattr(alerts, "_told", {})


def alive(*names: str, ago: timedelta = timedelta(0)) -> None:
    for name in names:
        Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now() - ago})


def told() -> list[tuple[str, str]]:
    return [(one.to[0], one.body.splitlines()[0][:12]) for one in mail.outbox]


def test_a_part_that_is_silent_for_fifteen_minutes_is_told_once_an_hour() -> None:
    alive("worker", "beat", "sender")
    alive("planner", ago=timedelta(minutes=14))
    now = timezone.now()
    alerts.watch(now)
    assert told() == []
    alerts.watch(now + timedelta(minutes=1, seconds=5))
    assert told() == [("ops@example.org", "The planner "), ("night@example.org", "The planner ")]
    alive("worker", "beat", "sender", ago=timedelta(minutes=-90))  # these three go on
    for minutes in (2, 30, 60):
        alerts.watch(now + timedelta(minutes=minutes))
    assert len(told()) == 2
    alerts.watch(now + timedelta(minutes=62))
    assert len(told()) == 4
    alive("planner", ago=timedelta(minutes=-90))
    alerts.watch(now + timedelta(minutes=130 - 30))
    assert len(told()) == 4  # well again


def test_each_name_has_an_hour_of_its_own_and_watchers_share_it() -> None:
    alerts.watch()
    assert sorted({who for _to, who in told()}) == ["Beat has bee", "No worker ha", "The planner ", "The sender h"]
    threads = [threading.Thread(target=alerts.watch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mail.outbox) == 8


def test_a_process_that_just_started_waits_before_it_cries(monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "STARTED", timezone.now() - timedelta(minutes=14))
    alerts.watch()
    assert mail.outbox == []


def test_without_operators_nothing_is_sent_and_nothing_is_claimed(settings: Any) -> None:
    settings.OPERATORS = []
    alerts.watch()
    assert (alerts.tell("planner"), mail.outbox, Heartbeat.objects.count()) == (False, [], 0)


def test_it_goes_straight_to_the_mail_server_and_leaves_no_row(settings: Any) -> None:
    with Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        assert alerts.tell("sender")
        parsed = [email.message_from_bytes(content) for _to, content in server.mails]
    assert [one["Subject"] for one in parsed] == ["The reminder system is unwell"] * 2
    assert Message.objects.count() == 0


def test_a_mail_server_that_is_gone_breaks_nothing(settings: Any, caplog: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert not alerts.tell("sender")
    assert "Could not tell the operators that sender is unwell: ConnectionRefusedError" in caplog.text


def test_with_the_database_away_each_process_remembers_for_itself(monkeypatch: Any) -> None:
    class Broken:
        def cursor(self) -> None:
            raise OperationalError("gone")

    monkeypatch.setattr(alerts, "connection", Broken())
    assert (alerts.tell("worker"), alerts.tell("worker"), len(mail.outbox)) == (True, False, 2)


def test_a_broken_template_is_told_and_the_log_says_so(cast: SimpleNamespace, trial: Any, settings: Any) -> None:
    def broken(message: Message) -> dict[str, Any]:
        raise RuntimeError("canary-in-the-facts")

    trial(context=broken)
    for n in range(3):
        outbox_api.queue(kind="trial", key=f"k:{n}", recipient=cast.participant, cohort=cast.cohort, due_at=TUESDAY)
    sender.send_due(TUESDAY)
    assert told() == [("ops@example.org", "A message co"), ("night@example.org", "A message co")]
    assert "canary" not in "".join(one.body for one in mail.outbox)
    row = log_queries.in_words(Message.objects.all()[0])
    assert str(row.reason) == "the message could not be written; the people who run this site have been told"
    settings.OPERATORS = []
    assert str(log_queries.in_words(Message.objects.all()[0]).reason).endswith(
        "please tell the people who run this site"
    )


def test_a_plan_that_fails_is_told(cast: SimpleNamespace, trial: Any) -> None:
    def failing(now: Any) -> Any:
        raise RuntimeError

    trial("day", plan=failing)
    planner.plan_all(TUESDAY)
    assert [to for to, _words in told()] == ["ops@example.org", "night@example.org"]


# ---------------------------------------------------------------- the watchman outside


@pytest.fixture
def watchman(settings: Any) -> Iterator[list[str]]:
    calls: list[str] = []

    class Takes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Takes)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    settings.REMINDERS_PING_URL = f"http://127.0.0.1:{server.server_port}/alive"
    yield calls
    server.shutdown()
    server.server_close()


def test_each_good_run_of_the_planner_pings_while_the_sender_lives(watchman: list[str], trial: Any) -> None:
    alive("sender")
    tasks.plan()
    assert watchman == ["/alive"]
    alive("sender", ago=timedelta(minutes=20))
    tasks.plan()
    assert watchman == ["/alive"]
    alive("sender")
    trial("day", plan=lambda now: 1 / 0)
    tasks.plan()
    assert watchman == ["/alive"]


def test_a_watchman_who_is_away_or_misspelt_breaks_nothing(settings: Any) -> None:
    alive("planner", "sender")
    for url in ("http://127.0.0.1:1/", "file:///etc/passwd", ""):
        settings.REMINDERS_PING_URL = url
        assert not alerts.ping()
