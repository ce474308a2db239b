"""The whole stack as a newcomer starts it: `start.py demo` in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cohort.local import places, runner
from cohort.local.binaries import CannotStart
from cohort.local.children import Child, stop_all, sweep
from tests.local.stack import SLOW, Stack, environment, own_state, processes, start_stack

pytestmark = pytest.mark.stack


def accounts(state: Path) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, str(places.BASE / "manage.py"), "demo_accounts", "--json"],
        env=environment(state),
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def eventually(what: object, seconds: float = SLOW) -> None:
    assert callable(what)
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.05)


def memory(stack: Stack) -> float:
    """Resident memory of the whole tree in MB. Shared pages are counted for each process, so this is too much."""
    top = psutil.Process(stack.process.pid)
    return sum(process.memory_info().rss for process in (top, *top.children(recursive=True))) / 1e6


def test_a_life_of_the_demo() -> None:
    with own_state() as state:
        stack = start_stack(state)
        stack.wait_until_up()
        assert stack.get("/")[0] == 200
        output = stack.output()
        assert f"http://localhost:{stack.port}/" in output
        assert "cohort-demo-2026" in output
        assert "@demo.example" in output
        eventually(lambda: all(runs(stack, part) for part in ("web", "worker", "beat")))

        # Beside it: a second one is sent away, an ordinary command joins in.
        second = start_stack(state)
        assert second.process.wait(20) == 1
        assert f"running already from {state}, at http://localhost:{stack.port}/" in second.output()
        people = accounts(state)
        assert len(people) > 10

        # A part that falls is started again; so is a server.
        for part in ("worker", "beat", "web"):
            old = stack.part(part)
            old.kill()
            eventually(lambda part=part, old=old: runs(stack, part) not in (None, old.pid))
        for process in processes(state):
            if Path(process.cmdline()[0]).name == "valkey-server":
                process.kill()
        stack.wait_for("Valkey had stopped; it runs again")
        eventually(lambda: answers(stack))
        time.sleep(2)
        assert memory(stack) < 600

        # kill -9 of the runner: its children end, the servers stay for the next start.
        stack.kill()
        eventually(lambda: {process.name() for process in processes(state)} == {"postgres", "valkey-server"})
        stack = start_stack(state)
        stack.wait_until_up()
        assert "already loaded" in stack.output()

        # Ctrl-C: under five seconds, nothing left.
        assert stack.stop(signal.SIGINT) < 5
        assert stack.process.returncode == 0
        assert "everything is kept" in stack.output()
        assert processes(state) == []
        assert accounts(state) == people
        assert processes(state) == []


def runs(stack: Stack, part: str) -> int | None:
    try:
        return stack.part(part).pid
    except LookupError:
        return None


def answers(stack: Stack) -> bool:
    try:
        return stack.get("/")[0] == 200
    except OSError:
        return False


def test_ctrl_c_in_the_middle_of_a_start_and_an_empty_start_after_it() -> None:
    with own_state() as state:
        stack = start_stack(state, "run")
        stack.wait_for("PostgreSQL and Valkey are ready")
        assert stack.stop(signal.SIGTERM) < 5
        assert stack.process.returncode == 0
        assert processes(state) == []
        stack = start_stack(state, "run")
        stack.wait_until_up()
        assert "first_coordinator" in stack.output()
        assert "@demo.example" not in stack.output()
        assert stack.stop(signal.SIGTERM) < 5
        assert processes(state) == []


def test_a_busy_port_is_told_before_anything_starts() -> None:
    with own_state() as state, socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        stack = start_stack(state, PORT=str(port))
        assert stack.process.wait(20) == 1
        assert f"Port {port} is in use" in stack.output()
        assert not (state / "pg").exists()
        assert processes(state) == []


@pytest.mark.parametrize("port", ["0", "65536", "eight"])
def test_a_port_that_is_none(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(CannotStart, match="PORT must be a number"):
        runner.Runner("demo")


def test_a_child_that_will_not_stop_is_killed_in_time_with_what_it_started(tmp_path: Path) -> None:
    script = "trap '' TERM QUIT; sleep 60 & echo $! > pid; while :; do sleep 1; done"
    child = Child("stubborn", ["/bin/sh", "-c", f"cd {tmp_path}; {script}"], dict(os.environ))
    child.start()
    eventually(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    below = psutil.Process(int((tmp_path / "pid").read_text()))
    began = time.monotonic()
    stop_all([child])
    assert time.monotonic() - began < 5
    assert not child.running()
    eventually(lambda: not below.is_running() or below.status() == psutil.STATUS_ZOMBIE)


def test_children_left_by_a_killed_runner_are_ended_and_nobody_else(tmp_path: Path) -> None:
    left = subprocess.Popen(["sleep", "60"], env={"COHORT_RUNNER": str(tmp_path)})
    other = subprocess.Popen(["sleep", "60"], env={"COHORT_RUNNER": "/another"})
    try:
        assert sweep(str(tmp_path)) == 1
        left.wait(5)
        assert other.poll() is None
    finally:
        for process in (left, other):
            process.kill()
            process.wait()
