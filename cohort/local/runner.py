"""Everything in one foreground process tree: servers, database, web, worker, beat.

`start.py demo` shows Cohort with invented people; `start.py run` starts it
empty. Ctrl-C stops all of it, a second Ctrl-C at once. Data stays.
"""

from __future__ import annotations

import errno
import fcntl
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from types import FrameType
from typing import IO

from cohort.local import places, servers
from cohort.local.binaries import CannotStart
from cohort.local.children import MARK, Child, say, stop_all, sweep

GATE, READY = "COHORT_GATE", "ready\n"  # as in gate.py and prepare.py, which load Django
WORKER = ["worker", "--pool", "threads", "-c", "2", "--without-gossip", "--without-mingle"]
BEAT = ["beat"]

DOUBLE = 0.5  # seconds within which a second signal is the same Ctrl-C, passed on by make or a terminal
LOOK = 0.2  # seconds between two looks at the children
LOOK_AT_SERVERS = 1.0  # seconds between two looks at the servers
SLOWEST_WEB = 60.0  # seconds until we say that the web server is late


class Runner:
    """One start of the stack. ``kind``: "demo" or "run"."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.host, self.port = _address()
        self.stopping, self.hurry = threading.Event(), threading.Event()
        self.told = 0.0  # when we were first told to stop
        self.gates: list[int] = []  # to be closed in this order: the work on the database may begin; the web may serve
        self.children: list[Child] = []

    @property
    def url(self) -> str:
        """The address to open. A name, because passkeys do not work with numbers."""
        shown = self.host if self.host not in ("127.0.0.1", "0.0.0.0", "::", "::1") else "localhost"  # noqa: S104
        return f"http://{shown}:{self.port}/"

    def run(self) -> int:
        """Start, serve until told to stop, stop. Returns the exit code."""
        began = time.monotonic()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        os.umask(0o077)  # mail and logs of this stack are the reader's alone
        with _OnlyOne(self.url):
            if swept := sweep(str(places.state_dir())):
                say("cohort", f"ended {swept} processes that an earlier start left behind")
            _check_port(self.host, self.port, self.kind)
            env = self._env()
            try:
                self._load(env)
                with servers.attached(give_up=self.stopping.is_set):
                    try:
                        code = self._serve(env, began)
                    finally:
                        self._stop()  # while the servers still run: what is at work can finish its writing
            finally:
                self._stop()
        say("cohort", "stopped; everything is kept")
        return code

    def _stop(self) -> None:
        while self.gates:  # the web server hears no signal while it waits
            self._open_gate()
        stop_all(self.children, at_once=self.hurry.is_set(), hurry=self.hurry)
        self.children = []

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.stopping.is_set() and now - self.told > DOUBLE:
            self.hurry.set()
        if not self.stopping.is_set():
            self.told = now
        self.stopping.set()

    def _load(self, env: dict[str, str]) -> None:
        """Start what takes long to load while the servers start: each waits at its gate."""
        begin, out, shut = os.pipe(), os.pipe(), os.pipe()
        self.gates, self.said = [begin[1], shut[1]], out[0]
        # SIGQUIT: a long task is cut short, not waited for.
        worker = Child("worker", _celery(*WORKER), env, stop_signal=signal.SIGQUIT)
        first = [sys.executable, "-m", "cohort.local.prepare", self.kind, str(out[1]), str(begin[0])]
        web_env = env | {GATE: str(shut[0]), "HOST": self.host}
        web = Child("web", self._web(), web_env, pass_fds=[shut[0]])  # kept: a web worker started again looks there
        self.children = [worker, web]
        worker.start([*first, *worker.command[3:]], [out[1], begin[0]])
        web.start()
        os.close(out[1])
        os.close(begin[0])

    def _open_gate(self) -> None:
        os.close(self.gates.pop(0))

    def _serve(self, env: dict[str, str], began: float) -> int:
        if self.stopping.is_set():
            return 0
        if any(servers.wanted()):
            say("cohort", f"PostgreSQL and Valkey are ready ({time.monotonic() - began:.1f} s)")
        self._open_gate()
        accounts = self._accounts()
        if self.stopping.is_set():
            return 0
        if accounts is None:
            say("cohort", "The database could not be made ready; see above.")
            return 1
        self._open_gate()
        beat = Child("beat", _celery(*BEAT, app="cohort.beat"), env)
        self.children.append(beat)
        beat.start()
        if self.kind == "run":
            # Asks questions, so it gets the terminal: no prefix, and Ctrl-C reaches it as well.
            asking = subprocess.Popen([sys.executable, "manage.py", "first_coordinator"], env=env, cwd=places.BASE)
            while asking.poll() is None and not self.stopping.wait(0.1):
                pass
            if self.stopping.is_set():
                asking.terminate()
                asking.wait()
        self._tend_until(self._answers)
        if not self.stopping.is_set():
            self._welcome(accounts, time.monotonic() - began)
        self._tend_until(lambda: False)
        say("cohort", "stopping (Ctrl-C again to stop at once)")
        return 0

    def _accounts(self) -> str | None:
        """Wait for the work on the database. Returns the sign-ins to show, None when it failed."""
        said = b""
        with os.fdopen(self.said, "rb", buffering=0) as source:
            while not self.stopping.is_set():
                if select.select([source], [], [], 0.1)[0]:
                    more = source.read(65536)
                    if not more:
                        break
                    said += more
        text = said.decode()
        return text.removeprefix(READY) if text.startswith(READY) else None

    def _tend_until(self, done: object) -> None:
        """Look after the children and the servers until something is done or we are told to stop."""
        looked = time.monotonic()
        late = looked + SLOWEST_WEB
        assert callable(done)
        while not self.stopping.wait(LOOK) and not done():
            for child in self.children:
                child.tend()
            now = time.monotonic()
            if now - looked >= LOOK_AT_SERVERS:
                looked = now
                try:
                    for name in servers.watch(give_up=self.stopping.is_set):
                        say("cohort", f"{name} had stopped; it runs again")
                except CannotStart as error:
                    say("cohort", str(error))
            if now > late and done == self._answers:
                late = float("inf")
                say("cohort", "the web server does not answer yet; see its lines above. Ctrl-C stops.")

    def _answers(self) -> bool:
        """Whether the web server gives any HTTP answer. The home page, so it is warm for its first reader."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        connection = http.client.HTTPConnection(host, self.port, timeout=10)
        try:
            connection.request("GET", "/", headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _welcome(self, accounts: str, seconds: float) -> None:
        lines = ["", f"Cohort is at {self.url}  ({seconds:.1f} s)", ""]
        if accounts.strip():
            lines += [*accounts.rstrip().splitlines(), ""]
        if any(servers.wanted()):
            state, home = places.state_dir(), places.home_dir()
            lines += [f"Data, mail and logs: {state}" + (f" (the servers' data: {home})" if home != state else "")]
        lines += ["Ctrl-C stops everything; what you did is kept.", ""]
        say("cohort", "\n".join(lines))

    def _env(self) -> dict[str, str]:
        """What the children get. Both commands are for this machine, so without other word they run in DEBUG."""
        state = str(places.state_dir())
        env = dict(os.environ)
        # One web process: a press is seen sooner than the start would be with two.
        defaults = {"DEBUG": "1", "PORT": str(self.port), "WEB_WORKERS": "1", "WEB_STOP_SECONDS": "2"}
        defaults["LOG_LEVEL"] = "warning"
        if not os.environ.get("SECRET_KEY"):
            defaults["SECRET_KEY"] = places.secret_key()
        if os.environ.get("DATABASE_URL") and not os.environ.get("EMAIL_URL"):
            defaults["EMAIL_BACKEND"] = (
                "cohort.outbox.delivery.file_backend.EmlFileBackend"  # never real mail to invented people
            )
        for key, value in defaults.items():
            env[key] = env.get(key) or value
        # Celery warns root; here it is a known choice.
        warnings = "ignore:You're running the worker with superuser privileges"
        env["PYTHONWARNINGS"] = ",".join(filter(None, [env.get("PYTHONWARNINGS"), warnings]))
        return env | {
            MARK: state,
            servers.HELD: state,
            "COHORT_STATE": state,
            "DJANGO_SETTINGS_MODULE": env.get("DJANGO_SETTINGS_MODULE") or "cohort.settings",
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": env.get("MALLOC_ARENA_MAX") or "2",  # threads share heaps: smaller
        }

    def _web(self) -> list[str]:
        return [sys.executable, "-m", "cohort.server", "cohort.local.gate:application"]


def _celery(*words: str, app: str = "cohort") -> list[str]:
    return [sys.executable, "-m", "celery", "-q", "-A", app, words[0], "-l", "warning", *words[1:]]


def _address() -> tuple[str, int]:
    host = os.environ.get("HOST") or "127.0.0.1"
    host = "127.0.0.1" if host == "localhost" else host
    word = os.environ.get("PORT") or "8000"
    if not word.isdigit() or not 0 < int(word) < 65536:
        raise CannotStart(f"PORT must be a number from 1 to 65535, not “{word}”.")
    return host, int(word)


def _check_port(host: str, port: int, kind: str) -> None:
    """Refuse a port that something listens on, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in its closing minute is free for us
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = port + 1 if port < 65535 else 8000
                raise CannotStart(
                    f"Port {port} is in use by another program. Choose another one:  PORT={other} make {kind}"
                ) from None
            if error.errno == errno.EACCES:
                raise CannotStart(f"Port {port} needs more rights than you have. Choose one above 1023.") from None
            raise CannotStart(f"Cannot listen on {host}, port {port}: {error.strerror}.") from None


class _OnlyOne:
    """Hold the state folder for one runner; says where the other one is when there is one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.file: IO[str] | None = None

    def __enter__(self) -> None:
        path = places.make_state_dir() / "runner.lock"
        self.file = open(path, "a+")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.file.seek(0)
            where = self.file.read().strip()
            raise CannotStart(
                f"Cohort is running already from {places.state_dir()}{f', at {where}' if where else ''}.\n"
                "Stop it there with Ctrl-C, or start a second one with data of its own:\n"
                "  COHORT_STATE=/some/folder PORT=8001 make demo"
            ) from None
        self.file.truncate(0)
        self.file.write(self.url)
        self.file.flush()

    def __exit__(self, *error: object) -> None:
        if self.file:
            self.file.truncate(0)
            self.file.close()


def main(kind: str) -> int:
    """Run "demo" or "run" until told to stop. Returns the exit code."""
    try:
        return Runner(kind).run()
    except CannotStart as error:
        sys.stderr.write(f"\n{error}\n\n")
        return 1
