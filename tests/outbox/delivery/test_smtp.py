"""A real conversation with a mail server, and every way it goes wrong."""

from __future__ import annotations

import email
import time
from collections.abc import Iterator
from datetime import timedelta
from email.policy import default
from types import SimpleNamespace
from typing import Any

import pytest

from cohort.outbox import api as outbox_api
from cohort.outbox.delivery import sender
from cohort.outbox.models import Message, State, Suppression
from tests.outbox.conftest import TUESDAY
from tests.outbox.smtp_server import Sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[Sink]:
    with Sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 0.5
        yield sink


def queue(cast: SimpleNamespace, key: str = "k:1", kind: str = "trial", **fields: Any) -> Message:
    values = {"recipient": cast.participant, "cohort": cast.cohort, "due_at": TUESDAY, **fields}
    outbox_api.queue(kind=kind, key=key, **values)
    return Message.objects.get(key=key)


def after(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_the_server_gets_the_mail_as_it_should_be(cast: SimpleNamespace, trial: Any, server: Sink) -> None:
    trial("nudge", klass="B")
    message = queue(cast, kind="nudge")
    sender.send_due(TUESDAY)
    assert after(message) == (State.SENT, "")
    ((to, content),) = server.mails
    parsed = email.message_from_bytes(content, policy=default)
    assert (to, parsed["message-id"], parsed["subject"]) == (
        "participant@example.org",
        message.message_id,
        "Hello from North",
    )
    assert parsed["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert parsed["list-unsubscribe"].strip().startswith("<http")
    assert parsed.get_content_type() == "multipart/alternative"


def test_one_connection_serves_a_whole_run(cast: SimpleNamespace, trial: Any, server: Sink) -> None:
    trial()
    for n in range(12):
        queue(cast, f"k:{n}", recipient=None, email=f"p{n}@example.org")
    sender.send_due(TUESDAY)
    assert (server.count, server.talks) == (12, 1)


@pytest.mark.parametrize(
    ("where", "reply", "state", "reason"),
    [
        ("RCPT", "450 greylisted", State.RETRY, "server_busy"),
        ("DATA", "451 later", State.RETRY, "server_busy"),
        ("END", "452 full", State.RETRY, "server_busy"),
        ("END", "554 looks like spam", State.FAILED, "mail_refused"),
        ("MAIL", "530 sign in first", State.RETRY, "server_setup"),
        ("RCPT", "550 no such user", State.FAILED, "address_refused"),
    ],
)
def test_what_the_server_says_decides(
    cast: SimpleNamespace, trial: Any, server: Sink, where: str, reply: str, state: str, reason: str
) -> None:
    trial()
    message = queue(cast)
    server.answers[where] = reply
    sender.send_due(TUESDAY)
    assert (after(message), server.count) == ((state, reason), 0)
    assert Suppression.objects.exists() is (reason == "address_refused")
    server.answers.clear()
    other = queue(cast, "k:2", recipient=cast.facilitator)  # the connection is fresh again for the next one
    sender.send_due(TUESDAY + timedelta(minutes=1))
    assert (after(other)[0], server.count) == (State.SENT, 1)


def test_a_server_that_does_not_answer_in_time_is_tried_again(cast: SimpleNamespace, trial: Any, server: Sink) -> None:
    trial()
    message = queue(cast)
    server.slow = 1.0
    started = time.monotonic()
    sender.send_due(TUESDAY)
    assert time.monotonic() - started < 2
    assert after(message) == (State.RETRY, "no_connection")
    server.slow = 0
    sender.send_due(message.next_at)
    assert after(message)[0] == State.SENT
    ids = {email.message_from_bytes(content, policy=default)["message-id"] for _to, content in server.mails}
    assert ids == {message.message_id}  # a server that took the first one after all shows one message, not two


def test_a_server_that_is_gone_keeps_everything_waiting(cast: SimpleNamespace, trial: Any, settings: Any) -> None:
    trial()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 0.5
    rows = [queue(cast, f"k:{n}", recipient=None, email=f"p{n}@example.org") for n in range(5)]
    sender.send_due(TUESDAY)
    assert {after(row) for row in rows} == {(State.RETRY, "no_connection")}
