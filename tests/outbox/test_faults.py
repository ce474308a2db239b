"""Everything that can break does, on real servers and with real processes: one mail, or the rule of its kind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as live
from django.core import mail
from django.db import connection, connections, transaction

from cohort.celery import app
from cohort.outbox import api as outbox_api
from cohort.outbox.delivery import file_backend, planner, sender
from cohort.outbox.models import Message, State
from cohort.outbox.registry import kinds
from tests.conftest import person
from tests.outbox.conftest import TUESDAY

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parent.parent.parent


def together(count: int, work: Callable[[], Any]) -> list[Any]:
    """Run ``work`` in threads that start at the same moment, each with its own database connection."""
    gate, results = threading.Barrier(count), []

    def run() -> None:
        try:
            gate.wait()
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r for r in results if isinstance(r, Exception)] == []
    return results


def queue(cast: SimpleNamespace, kind: str = "trial", key: str = "k:1", **fields: Any) -> Message:
    values = {"recipient": cast.participant, "cohort": cast.cohort, "due_at": TUESDAY, **fields}
    outbox_api.queue(kind=kind, key=key, **values)
    return Message.objects.get(key=key)


# ---------------------------------------------------------------- two at once


def test_two_senders_at_once_send_each_mail_once(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    for n in range(40):
        queue(cast, key=f"k:{n:02}", recipient=None, email=f"p{n:02}@example.org")
    together(3, lambda: sender.send_due(TUESDAY, batch=3))
    assert sorted(m.to[0] for m in mail.outbox) == [f"p{n:02}@example.org" for n in range(40)]
    assert set(Message.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_two_senders_at_once_keep_the_limit_of_one_person(cast: SimpleNamespace, trial: Any) -> None:
    """Ten reminders for each of four people, due together: each person gets one mail with all ten."""
    trial("nudge", klass="B")
    people = [person(f"p{n}") for n in range(4)]
    for n in range(40):
        queue(cast, "nudge", key=f"k:{n:02}", recipient=people[n % 4])
    together(3, lambda: sender.send_due(TUESDAY, batch=3))
    assert sorted(m.to[0] for m in mail.outbox) == [f"P{n} <p{n}@example.org>" for n in range(4)]
    assert Message.objects.filter(state=State.SENT).count() == 40


def test_two_planners_at_once_make_each_row_once(cast: SimpleNamespace, trial: Any) -> None:
    trial(
        "day",
        plan_is_complete=True,
        late_joiners=True,
        plan=lambda now: [
            kinds.Planned(key=f"k:{n}", recipient=cast.participant, cohort=cast.cohort, due_at=TUESDAY)
            for n in range(300)
        ],
    )
    tallies = together(3, lambda: planner.plan_all(TUESDAY))
    assert (sum(tally.added for tally in tallies), Message.objects.count()) == (300, 300)
    assert [tally.broken for tally in tallies] == [[], [], []]


def test_cancelling_while_a_worker_writes_stops_the_mail(cast: SimpleNamespace, trial: Any) -> None:
    def cancel_elsewhere(message: Message) -> dict[str, Any]:
        together(1, lambda: outbox_api.cancel(prefix="k:"))
        return {}

    trial(context=cancel_elsewhere)
    message = queue(cast)
    sender.send_due(TUESDAY)
    message.refresh_from_db()
    assert (message.state, mail.outbox) == (State.CANCELLED, [])


def test_a_row_that_somebody_is_changing_is_left_for_the_next_run(cast: SimpleNamespace, trial: Any) -> None:
    """An action that calls a message off has not committed yet: the sender neither waits for it nor sends."""
    trial()
    message = queue(cast)
    changing, done = threading.Event(), threading.Event()

    def call_off() -> None:
        with transaction.atomic():
            outbox_api.cancel(prefix="k:")
            changing.set()
            done.wait(20)
        connections.close_all()

    thread = threading.Thread(target=call_off)
    thread.start()
    assert changing.wait(10)
    together(1, lambda: sender.send_due(TUESDAY))
    assert not done.is_set()
    done.set()
    thread.join()
    message.refresh_from_db()
    assert (message.state, mail.outbox) == (State.CANCELLED, [])


def test_a_row_and_its_cause_commit_together(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    with transaction.atomic():
        outbox_api.queue(kind="trial", key="k:1", recipient=cast.participant)
        transaction.set_rollback(True)
    assert Message.objects.count() == 0


# ---------------------------------------------------------------- killed


def database_url() -> str:
    """The address of the test database, for another process."""
    front, mark, query = str(live.DATABASE_URL).partition("?")
    return f"{front.rpartition('/')[0]}/{quote(connection.settings_dict['NAME'])}{mark}{query}"


@pytest.fixture
def killed(tmp_path: Path, settings: Any) -> Callable[[str], int]:
    """Run a sender in its own process that dies at a named point; returns its exit code."""
    settings.MAIL_DIR = tmp_path / "mail"
    env = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": live.REDIS_URL,
        "SECRET_KEY": live.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "cohort.settings",
    }

    def run(where: str) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "tests.outbox.worker_script", where, str(tmp_path / "mail")],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode

    return run


def mail_ids() -> list[str]:
    return [str(file_backend.read(name)["message-id"]) for name in file_backend.names()]  # type: ignore[index]


@pytest.mark.faults
@pytest.mark.parametrize("rule", ["resend", "drop"])
def test_killed_before_the_attempt_it_goes_again(cast: SimpleNamespace, trial: Any, killed: Any, rule: Any) -> None:
    trial(f"{rule}_kind", on_unknown=rule)
    message = queue(cast, f"{rule}_kind")
    assert killed("writing") == -signal.SIGKILL
    message.refresh_from_db()
    assert (message.state, message.attempt_started_at, file_backend.names()) == (State.CLAIMED, None, [])
    sender.send_due(TUESDAY + timedelta(minutes=9))  # the claim may still be alive
    assert mail.outbox == []
    sender.send_due(TUESDAY + timedelta(minutes=11))
    message.refresh_from_db()
    assert (message.state, len(mail.outbox)) == (State.SENT, 1)


@pytest.mark.faults
def test_killed_after_sending_a_resend_kind_goes_again_as_the_same_message(
    cast: SimpleNamespace, trial: Any, killed: Any
) -> None:
    trial("resend_kind", on_unknown="resend")
    message = queue(cast, "resend_kind")
    assert killed("sent") == -signal.SIGKILL
    message.refresh_from_db()
    assert (message.state, mail_ids()) == (State.CLAIMED, [message.message_id])
    sender.send_due(TUESDAY + timedelta(minutes=11))
    assert [m.extra_headers["Message-ID"] for m in mail.outbox] == [message.message_id]
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.SENT, 2)


@pytest.mark.faults
def test_killed_after_sending_a_drop_kind_stays_and_is_listed(cast: SimpleNamespace, trial: Any, killed: Any) -> None:
    trial("drop_kind", on_unknown="drop")
    message = queue(cast, "drop_kind")
    assert killed("sent") == -signal.SIGKILL
    sender.send_due(TUESDAY + timedelta(minutes=11))
    message.refresh_from_db()
    assert (message.state, message.reason, mail.outbox) == (State.UNKNOWN, "outcome_unknown", [])
    assert outbox_api.send_again(message=message, actor=cast.coordinator)
    message.refresh_from_db()
    assert message.state == State.PLANNED


# ---------------------------------------------------------------- servers away


@pytest.mark.parametrize("url", ["redis+socket:///nowhere/valkey.sock?virtual_host=0", "redis://127.0.0.1:1/0"])
def test_without_a_broker_the_action_goes_on_and_beat_finds_the_row(
    cast: SimpleNamespace, trial: Any, url: str, caplog: Any
) -> None:
    trial()
    before = app.conf.broker_url
    app.conf.broker_url = url
    try:
        queue(cast)
    finally:
        app.conf.broker_url = before
    assert "broker did not take outbox.send" in caplog.text
    assert Message.objects.get().state == State.PLANNED
    sender.send_due(TUESDAY)
    assert len(mail.outbox) == 1


def test_waking_happens_once_for_many_messages(cast: SimpleNamespace, trial: Any) -> None:
    import redis

    trial()
    broker = redis.Redis.from_url(live.REDIS_URL, db=live.BROKER_DB)
    broker.delete("celery")
    with transaction.atomic():
        for n in range(20):
            outbox_api.queue(kind="trial", key=f"k:{n}", recipient=cast.participant)
    assert broker.llen("celery") == 1
    broker.delete("celery")
    outbox_api.queue(kind="trial", key="later", recipient=cast.participant, due_at=TUESDAY + timedelta(days=900))
    assert broker.llen("celery") == 0


def test_after_a_long_outage_late_ones_are_listed_not_sent(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    late = queue(cast, key="k:1", not_after=TUESDAY + timedelta(hours=2))
    fine = queue(cast, key="k:2", not_after=TUESDAY + timedelta(days=5))
    sender.send_due(TUESDAY + timedelta(days=2))
    late.refresh_from_db(), fine.refresh_from_db()
    assert (late.state, fine.state, len(mail.outbox)) == (State.EXPIRED, State.SENT, 1)


def test_the_database_refuses_states_that_cannot_be(cast: SimpleNamespace, trial: Any) -> None:
    from django.db import IntegrityError

    trial()
    queue(cast)
    for wrong in (
        {"state": "lost"},
        {"klass": "Z"},
        {"email": "also@example.org"},
        {"state": State.SENT},
        {"state": State.CLAIMED},
        {"sent_at": TUESDAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.update(**wrong)


def test_no_change_of_state_outside_the_table(cast: SimpleNamespace, trial: Any) -> None:
    from django.db.models import Q

    from cohort.outbox.queue import rows as queue_rows

    with pytest.raises(ValueError, match="cannot go from sent to planned"):
        queue_rows.move(Q(), before=State.SENT, after=State.PLANNED)
