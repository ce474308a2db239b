"""Start a whole stack of its own for a test, look at it, and end it in kind or unkind ways.

with own_state() as state:
    stack = start_stack(state)          # everything, on a free port; start_stack(state, HOST="0.0.0.0") for more
    stack.wait_until_up()
    stack.get("/healthz")
    stack.kill()                        # kill -9 of the runner alone
    stack = start_stack(state)          # same data
    stack.stop()                        # Ctrl-C
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from cohort.local import places

TOLD = [  # what would lead a stack away from its state folder
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "DEBUG",
    "HTTPS",
    "BROKER_DB",
    "CACHE_DB",
    "EMAIL_URL",
    "EMAIL_BACKEND",
    "SITE_URL",
    "PORT",
    "HOST",
    "DATABASE_POOL",
    "COHORT_STACK_HELD",
    "COHORT_RUNNER",
    "COHORT_PG_BIN",
    "COHORT_VALKEY_BIN",
]
SLOW = 240.0  # seconds; a first start loads the demo, and the machine may be very busy


@contextlib.contextmanager
def own_state(name: str = ".local", mode: int = 0o755) -> Iterator[Path]:
    """A new state folder (not yet made) in a folder of its own; afterwards no process and no file is left."""
    top = Path(tempfile.mkdtemp(prefix="cohort-test-", dir="/tmp"))
    top.chmod(mode)
    state = top / name
    try:
        yield state
    finally:
        for process in [*runners(state), *processes(state)]:  # runners first: they start again what falls
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(0.1)
        for used in {state, *(Path(p) for p in top.iterdir())}:
            shutil.rmtree(places.elsewhere(used), ignore_errors=True)
        shutil.rmtree(top, ignore_errors=True)


def environment(state: Path, **more: str) -> dict[str, str]:
    """This process's environment without what would lead away from a state folder."""
    return {key: value for key, value in os.environ.items() if key not in TOLD} | {"COHORT_STATE": str(state)} | more


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes(state: Path) -> list[psutil.Process]:
    """All processes that work for a state folder: the runner's children and both servers."""
    homes = (f"{state}/", f"{places.elsewhere(state)}/")
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            serves = process.name() in ("postgres", "valkey-server")
            if (serves and any(word.startswith(homes) for word in process.cmdline())) or process.environ().get(
                "COHORT_RUNNER"
            ) == str(state):
                found.append(process)
    return found


def runners(state: Path) -> list[psutil.Process]:
    """Programs started for a state folder by a test, the runner among them."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get("COHORT_STATE") == str(state):
                found.append(process)
    return found


@dataclass
class Stack:
    """A running `start.py demo`: its process, its port, and the file its lines go to."""

    process: subprocess.Popen[bytes]
    port: int
    state: Path
    log: Path

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def get(self, path: str = "/") -> tuple[int, str]:
        """GET a path: status and body. Raises OSError while nothing listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def wait_for(self, words: str, seconds: float = SLOW) -> None:
        """Wait until the output holds some words."""
        end = time.monotonic() + seconds
        while words not in self.output():
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.output()}"
            assert time.monotonic() < end, f"“{words}” did not appear:\n{self.output()}"
            time.sleep(0.05)

    def wait_until_up(self, seconds: float = SLOW) -> None:
        """Wait until the address has been printed, which is after it first answered."""
        self.wait_for("Cohort is at http", seconds)

    def part(self, name: str) -> psutil.Process:
        """The process of one part: web, worker or beat."""
        words = {"web": "granian", "worker": "worker", "beat": "beat"}
        for process in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):  # it may be ending
                if words[name] in process.cmdline():
                    return process
        raise LookupError(name)

    def stop(self, number: int = signal.SIGINT) -> float:
        """Ask the runner to stop; returns the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        return time.monotonic() - began

    def kill(self) -> None:
        """kill -9 of the runner alone, as when a terminal dies."""
        self.process.kill()
        self.process.wait(5)


def start_stack(state: Path, kind: str = "demo", **env: str) -> Stack:
    """Start `start.py demo` (or run) for a state folder on a free port; returns at once."""
    port = int(env.pop("PORT", 0)) or free_port()
    log = state.parent / f"output-{port}.txt"
    with open(log, "wb") as sink:
        process = subprocess.Popen(
            [sys.executable, str(places.BASE / "start.py"), kind],
            env=environment(state, PORT=str(port), **env),
            cwd=places.BASE,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Stack(process, port, state, log)
