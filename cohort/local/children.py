"""The child processes of the runner: started, logged with a prefix, started again when they fall, stopped in time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from cohort.local import places

MARK = "COHORT_RUNNER"  # in the environment of every child: tells which state folder it works for
GENTLE, FIRM, LAST = 2.3, 0.7, 0.5  # seconds after which a stopping child is asked again, killed, and given up on
LONGEST_PAUSE = 30.0  # seconds between two starts of a child that keeps falling
STEADY = 60.0  # seconds after which a child counts as healthy again
COLORS = {"web": 36, "worker": 33, "beat": 35, "cohort": 32}
_printing = threading.Lock()


def say(name: str, text: str) -> None:
    """Print lines with a name in front. A terminal that is gone is no reason to stop."""
    color = COLORS.get(name, 37) if sys.stdout.isatty() else 0
    head = f"\x1b[{color}m{name:>7} |\x1b[0m " if color else f"{name:>7} | "
    with _printing, contextlib.suppress(OSError, ValueError):
        for line in text.split("\n"):
            sys.stdout.write(f"{head}{line}\n")
        sys.stdout.flush()


@dataclass
class Child:
    """One process with a name.

    ``stop_signal`` is the second, firmer request; the first is always SIGTERM.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    stop_signal: int = signal.SIGTERM
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0
    began: float = 0.0
    due: float | None = field(default=None)  # when to start again

    def start(self, command: Sequence[str] = (), pass_fds: Sequence[int] = ()) -> None:
        """Start; the first time perhaps with another command that does more."""
        leash = [sys.executable, "-I", "-S", str(places.BASE / "cohort" / "local" / "leash.py"), str(os.getpid())]
        self.began, self.due = time.monotonic(), None
        self.process = subprocess.Popen(
            [*leash, *(command or self.command)],
            env=self.env,
            cwd=places.BASE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[*self.pass_fds, *pass_fds],
            start_new_session=True,  # Ctrl-C reaches us alone; we tell the children
        )
        threading.Thread(target=_pump, args=(self.name, self.process.stdout), daemon=True).start()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self) -> None:
        """Start again after a fall; wait longer each time it falls soon."""
        now = time.monotonic()
        if self.running():
            return
        if self.due is None:
            self.signal(signal.SIGKILL)  # what the fallen one left: a web worker that still holds the port
            self.falls = 0 if now - self.began > STEADY else self.falls + 1
            pause = min(LONGEST_PAUSE, 0.5 * 2 ** max(0, self.falls - 1))
            code = self.process.returncode if self.process else "?"
            say(self.name, f"stopped unexpectedly (code {code}); starting it again in {pause:g} s")
            self.due = now + pause
        elif now >= self.due:
            self.start()

    def signal(self, number: int) -> None:
        """Send a signal to the child and everything it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def _pump(name: str, stream: IO[bytes]) -> None:
    with stream:
        for line in iter(stream.readline, b""):
            say(name, line.decode(errors="replace").rstrip("\n"))


def stop_all(children: Sequence[Child], *, at_once: bool = False, hurry: threading.Event | None = None) -> None:
    """Stop all children together: ask, ask firmly, kill. About three and a half seconds at the longest.

    ``hurry``, once set, cuts the waiting short.
    """
    steps: list[tuple[float, bool]] = [(GENTLE, False), (FIRM, True)]
    if not at_once:
        for child in children:
            if child.running():
                child.signal(signal.SIGTERM)
        for seconds, firmly in steps:
            if _all_gone(children, seconds, hurry):
                break
            if not firmly:
                for child in children:
                    if child.running() and child.stop_signal != signal.SIGTERM:
                        child.signal(child.stop_signal)
    for child in children:
        child.signal(signal.SIGKILL)  # also what a child that ended left behind in its group
    _all_gone(children, LAST, None)


def _all_gone(children: Sequence[Child], seconds: float, hurry: threading.Event | None) -> bool:
    end = time.monotonic() + seconds
    while any(child.running() for child in children):
        if time.monotonic() > end or (hurry and hurry.is_set()):
            return False
        time.sleep(0.03)
    return True


def sweep(state: str) -> int:
    """End children of an earlier runner of this state folder that was killed. Only one runner may hold the folder.

    Known by a mark in their environment, so no other process is ever touched.
    Returns how many there were.
    """
    try:
        import psutil  # type: ignore[import-untyped]
    except ModuleNotFoundError:  # real servers, production packages
        return 0

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == state:
                process.terminate()
                found.append(process)
    _, stubborn = psutil.wait_procs(found, timeout=3)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=1)
    return len(found)
