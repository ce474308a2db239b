"""A worker that is stopped, and one that is killed, as processes of their own on a pool of 5,000."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as live
from django.db import connection
from django.utils import timezone

from applications.models import Explanation, Proposal
from applications.representation.proposals import actions as proposals_actions
from applications.selection import instances, parse
from tests.applications.representation.proposals.pool import choosing_call, fill_pool

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def call(transactional_db: None, cast: SimpleNamespace) -> Any:
    cast.cohort.seats = 5
    cast.cohort.save()
    found = choosing_call(cast.cohort, cast.coordinator)
    fill_pool(found, 12)
    return found


@pytest.fixture
def worker() -> Iterator[Callable[[Proposal], subprocess.Popen[str]]]:
    """Start a worker for a proposal; returns its process once it works."""
    front, mark, query = str(live.DATABASE_URL).partition("?")
    address = f"{front.rpartition('/')[0]}/{quote(connection.settings_dict['NAME'])}{mark}{query}"
    env = {
        **os.environ,
        "DATABASE_URL": address,
        "REDIS_URL": live.REDIS_URL,
        "SECRET_KEY": live.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "cohort.settings",
    }
    made: list[subprocess.Popen[str]] = []

    def start(proposal: Proposal) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.applications.representation.proposals.working", str(proposal.pk)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        made.append(process)
        until(lambda: Proposal.objects.filter(pk=proposal.pk, state="running").exists() or process.poll() is not None)
        assert process.poll() is None, "it ended before it could be stopped"
        return process

    yield start
    for process in made:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something; fails only when it does not come at all."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def large(call: Any) -> Proposal:
    """A waiting proposal over a generated pool of 5,000, which takes seconds to prove."""
    problem = parse(instances.make(5000, "loose", 1))
    return Proposal.objects.create(call=call, number=1, problem=problem.as_data(), input_hash=problem.digest())


def test_a_stopped_worker_ends_and_nothing_is_kept(
    call: Any, cast: SimpleNamespace, worker: Callable[[Proposal], subprocess.Popen[str]]
) -> None:
    proposal = large(call)
    process = worker(proposal)
    started = time.monotonic()
    assert proposals_actions.cancel(proposal=proposal, actor=cast.coordinator)
    assert process.wait(timeout=60) == 0
    print(f"stopped after {time.monotonic() - started:.2f} s")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.cohort) == ("cancelled", [])


def test_after_a_killed_worker_one_can_go_on(
    call: Any, cast: SimpleNamespace, worker: Callable[[Proposal], subprocess.Popen[str]]
) -> None:
    proposal = large(call)
    process = worker(proposal)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert proposals_actions.sweep() == 0  # it may still be alive
    proposal.refresh_from_db()
    assert proposal.state == "running"
    Proposal.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert proposals_actions.sweep() == 1
    proposal.refresh_from_db()
    assert (proposal.state, proposal.trouble, proposal.cohort) == ("failed", "lost", [])
    again = proposals_actions.ask(call=call, actor=cast.coordinator)
    proposals_actions.work_out(str(again.pk))
    again.refresh_from_db()
    assert (again.number, again.state, len(again.cohort)) == (2, "done", 5)


def test_what_waits_too_long_is_sent_again_once(call: Any, cast: SimpleNamespace) -> None:
    proposal = proposals_actions.ask(call=call, actor=cast.coordinator)
    proposals_actions.work_out(str(proposal.pk))
    assert proposals_actions.sweep() == 0
    Explanation.objects.update(asked_at=timezone.now() - timedelta(minutes=4))
    waiting = Explanation.objects.filter(state="asked").count()
    assert waiting > 0
    assert (proposals_actions.sweep(), proposals_actions.sweep()) == (waiting, 0)
