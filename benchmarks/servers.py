"""Server models to compare: each is started on a port of its own, all on the same database and Valkey.

A model is how the web processes of one checkout are started. An older commit gets a work tree and an environment of
its own, so that its packages are the ones it named.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
LIMITS = ("--http1-header-read-timeout", "15000", "--backlog", "2048", "--backpressure", "4096")
LOADED = 8.0  # seconds after which a process has surely loaded
COMMON = ("--no-ws", "--log-level", "warning", "--workers-kill-timeout", "2", "--respawn-failed-workers")


@dataclass
class Model:
    """One way to serve. ``commands`` are granian's words after the port, one list a process group."""

    name: str
    commands: list[list[str]]
    tree: Path = ROOT
    env: dict[str, str] = field(default_factory=dict)
    port: int = 0
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def processes(self) -> list[psutil.Process]:
        """All processes of this model that run now."""
        found = []
        for parent in self.started:
            with contextlib.suppress(psutil.Error):
                one = psutil.Process(parent.pid)
                found += [one, *one.children(recursive=True)]
        return found

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return sum(cpu_of(process) for process in self.processes())

    def memory(self) -> float:
        """Proportional memory of all processes in MiB: what they share is counted once."""
        return sum(process.memory_full_info().pss for process in self.processes()) / 2**20


def cpu_of(process: psutil.Process) -> float:
    """Seconds of processor time of one process and of its children that have ended."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def models(threads: int, workers: int, older: str = "") -> list[Model]:
    """The models that are compared; ``older`` is a commit whose own Procfile is one of them."""
    both = [*COMMON, *LIMITS, "--workers", str(workers)]
    found = [
        Model(
            f"threads behind ASGI, {workers} × {threads}",
            [["--interface", "asginl", *both, "cohort.asgi:application"]],
            env={"WEB_THREADS": str(threads)},
        ),
        Model(
            f"WSGI, {workers} × {threads}, and a process for streams",
            [
                ["--interface", "wsgi", "--blocking-threads", str(threads), *both, "cohort.wsgi:application"],
                ["--interface", "asginl", *COMMON, *LIMITS, "cohort.asgi:application"],
            ],
            env={"WEB_THREADS": str(threads)},
        ),
    ]
    if older:
        words = ["--interface", "asginl", *COMMON, "--workers", str(workers), "cohort.asgi:application"]
        found.append(Model(f"as it was in {older[:7]}", [words], tree=older_tree(older)))
    return found


def older_tree(commit: str) -> Path:
    """A work tree of ``commit`` with an environment of its own, made when it is not there."""
    tree = Path(tempfile.gettempdir()) / f"cohort-{commit[:12]}"
    if not tree.exists():
        subprocess.run(["git", "worktree", "add", "--detach", str(tree), commit], cwd=ROOT, check=True)
    if not (tree / ".venv").exists():
        launcher = "start.py" if (tree / "start.py").exists() else "manage.py"
        environment = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "DATABASE_URL")}
        subprocess.run(
            ["python3", launcher, "tests", "--collect-only", "-q", "tests/ui"],
            cwd=tree,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    return tree


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(chosen: list[Model], shared: dict[str, str], *, ask: bool = True) -> Iterator[list[Model]]:
    """Start all models, wait until each answers, stop them at the end. ``shared``: environment of all.

    Without ``ask`` nothing is asked of them: they get some seconds to load.
    """
    try:
        for model in chosen:
            model.started = []
            _start(model, shared, ask=ask)
        if not ask:
            time.sleep(LOADED)
        yield chosen
    finally:
        for model in chosen:
            for process in model.started:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
        for model in chosen:
            for process in model.started:
                try:
                    process.wait(8)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)


def _start(model: Model, shared: dict[str, str], *, ask: bool) -> None:
    own = model.tree / ".venv" / "bin" / "python"
    python = str(own) if model.tree != ROOT and own.exists() else sys.executable
    for number, words in enumerate(model.commands):
        port = free_port()
        if number == 0:
            model.port = port
        static = Path(tempfile.gettempdir()) / f"cohort-bench-static-{model.tree.name}"
        env = {**os.environ, **shared, **model.env, "PORT": str(model.port), "STATIC_ROOT": str(static)}
        env["SITE_URL"] = model.url
        if not static.exists():
            subprocess.run(
                [python, "manage.py", "collectstatic", "--noinput", "-v", "0"], cwd=model.tree, env=env, check=True
            )
        command = [python, "-m", "granian", "--host", "127.0.0.1", "--port", str(port), *words]
        model.started.append(subprocess.Popen(command, cwd=model.tree, env=env, start_new_session=True))
    end = time.monotonic() + 60
    while ask and time.monotonic() < end:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{model.url}/", timeout=10).read()  # noqa: S310 -- our own
            return
        time.sleep(0.2)
    if ask:
        raise SystemExit(f"{model.name} does not answer")


def shared_environment() -> dict[str, str]:
    """What all models get: the database, Valkey and secret that this process's settings found; nothing of DEBUG."""
    from django.conf import settings
    from django.db import connection

    parameters = connection.get_connection_params()
    host, name, user = parameters.get("host", ""), parameters["dbname"], parameters.get("user", "")
    secret = parameters.get("password", "")
    address = f"postgresql://{user}{f':{secret}' if secret else ''}@/{name}?host={host}"
    if not str(host).startswith("/"):
        address = f"postgresql://{user}:{secret}@{host}:{parameters.get('port') or 5432}/{name}"
    return {
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "DEBUG": "0",
        "HTTPS": "0",
        "ALLOWED_HOSTS": "localhost",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "DJANGO_SETTINGS_MODULE": "cohort.settings",
    }


class Database:
    """The processes of PostgreSQL, to see how much processor time they take."""

    def __init__(self) -> None:
        self.postmaster: psutil.Process | None = None
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = cursor.fetchone()[0]
        with contextlib.suppress(psutil.Error):
            self.postmaster = psutil.Process(backend).parent()

    def cpu(self) -> float:
        """Seconds so far, of processes that have ended too; 0 when the server is not on this machine."""
        if self.postmaster is None:
            return 0.0
        own = self.postmaster.cpu_times()
        ended = own.children_user + own.children_system
        return float(own.user + own.system + ended + sum(cpu_of(child) for child in self.postmaster.children()))
