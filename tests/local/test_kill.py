"""kill -9 of everything at three moments, then start again: nothing is lost, and nothing is sent twice."""

from __future__ import annotations

import contextlib
import email
import email.policy
import shelve
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from django.db.models import QuerySet

from cohort.local import places
from cohort.outbox.models import Message
from cohort.people.models import Cohort, Invitation, User
from tests.local.stack import Stack, environment, own_state, processes, start_stack

pytestmark = [pytest.mark.stack, pytest.mark.faults]

INVITE = """
import json, sys
from cohort.people import actions
from cohort.people.models import Cohort, User
cohort = Cohort.objects.get(slug="northwest-2")
by = User.objects.get(email="coordinator1@demo.example")
from django.db import transaction
from cohort.outbox.models import Message
with transaction.atomic():
    for n in range({first}, {last}):
        actions.invite(cohort=cohort, email=f"guest{{n}}@demo.example", role="screener", by=by)
    Message.objects.filter(kind="invitation").update(any_hour=True)  # this test also runs at night
"""
INVITATIONS = Message.objects.filter(kind="invitation")
COUNTED: dict[str, QuerySet[Any]] = {
    "users": User.objects.all(),
    "cohorts": Cohort.objects.all(),
    "invitations": Invitation.objects.all(),
    "messages": INVITATIONS,
    "sent": INVITATIONS.filter(state="sent"),
}
LATER = """
from datetime import timedelta
from django.db.models import F
from cohort.outbox.models import Message
Message.objects.exclude(claimed_at=None).update(claimed_at=F("claimed_at") - timedelta(minutes=11))
"""


def ask(state: Path, code: str) -> None:
    """Run some lines inside the stack's own Django."""
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=places.BASE,
        env=environment(state),
        capture_output=True,
        timeout=60,
        check=True,
    )


def database(state: Path) -> psycopg.Connection[Any]:
    """A connection to the stack's database, beside its Django: another Django for each look takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COHORT_STATE", str(state))
        return psycopg.connect(places.database_url(), autocommit=True)


def counts(state: Path) -> dict[str, int]:
    with database(state) as there:
        cursor = psycopg.ClientCursor(there)
        found = {}
        for name, rows in COUNTED.items():
            words, values = rows.values("pk").query.sql_with_params()
            cursor.execute(f"SELECT count(*) FROM ({words}) AS found", values)
            found[name] = int(cursor.fetchone()[0])
        return found


def letters(state: Path) -> Counter[str]:
    """How many mails each guest got, by address."""
    found: Counter[str] = Counter()
    for path in (state / "outbox").glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if str(mail["to"]).startswith("guest"):
            found[str(mail["to"])] += 1
    return found


def kill_everything(stack: Stack) -> None:
    """The power goes: runner, web, worker, beat, PostgreSQL and Valkey, all at once."""
    everything = [*processes(stack.state), psutil.Process(stack.process.pid)]
    for process in everything:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(everything, timeout=10)
    stack.process.wait(10)


def eleven_minutes_pass(state: Path) -> None:
    """What a stack finds that stood still for so long: claims that are no longer honored, and beat's work overdue."""
    ask(state, LATER)
    with shelve.open(str(state / "beat-schedule"), writeback=True) as remembered:
        for entry in remembered["entries"].values():
            entry.last_run_at -= timedelta(minutes=11)


def wait_until(what: str, ready: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < end, what
        time.sleep(0.2)


def test_killed_while_loading_while_sending_and_after_a_press() -> None:
    with own_state() as state:
        # one: while the database is being made and the demo loads
        stack = start_stack(state)
        wait_until("PostgreSQL has begun", lambda: "ready" in stack.output())
        time.sleep(1.5)
        kill_everything(stack)

        stack = start_stack(state)
        stack.wait_until_up()
        before = counts(state)
        assert before["cohorts"] == 2
        assert before["messages"] == 0

        # two: a moment after something was done, before its mail went
        ask(state, INVITE.format(first=0, last=1))
        kill_everything(stack)
        stack = start_stack(state)
        stack.wait_until_up()

        # three: in the middle of sending many
        ask(state, INVITE.format(first=1, last=60))
        wait_until("some mail has gone", lambda: len(letters(state)) >= 3)
        kill_everything(stack)
        gone = letters(state)

        eleven_minutes_pass(state)
        stack = start_stack(state)
        stack.wait_until_up()
        wait_until("all mail has gone", lambda: counts(state)["sent"] == 60, seconds=120)
        after = counts(state)
        assert after == before | {"invitations": 60, "messages": 60, "sent": 60}
        assert letters(state) == Counter({f"guest{n}@demo.example": 1 for n in range(60)})
        assert set(gone) <= set(letters(state))
        assert stack.stop() < 10
