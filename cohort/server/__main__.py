"""Serve the pages: ``python -m cohort.server``, the ``web`` line of the Procfile.

Becomes granian, with every limit of :mod:`cohort.server.limits` and as many open files as its connections need.
``HOST`` and ``PORT`` say where it listens.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Sequence

from cohort.server import limits

APPLICATION = "cohort.asgi:application"
FILES = 256  # open files of a process beside its connections


def words(application: str = APPLICATION, *, host: str = "0.0.0.0", port: int = 8000) -> list[str]:  # noqa: S104
    """Granian's words for one address, with all limits."""
    options = {
        "interface": "asginl",
        "http": "1",  # while it finds out by itself which one is spoken, no time limit holds for a silent visitor
        "host": host,
        "port": port,
        "workers": limits.WEB_WORKERS,
        "backlog": limits.WEB_BACKLOG,
        "backpressure": limits.WEB_CONNECTIONS,
        "http1-header-read-timeout": limits.WEB_HEAD_SECONDS * 1000,
        # An open live room keeps its connection for hours; without a limit stopping would wait for it.
        "workers-kill-timeout": limits.WEB_STOP_SECONDS,
        "log-level": os.environ.get("LOG_LEVEL") or "info",
    }
    given = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    return [*given, "--no-ws", "--respawn-failed-workers", application]


def open_files() -> int:
    """Raise this process's limit of open files as far as the connections need; returns what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.WEB_CONNECTIONS + FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft


def main(arguments: Sequence[str] = ()) -> None:
    if 0 <= open_files() < limits.WEB_CONNECTIONS:
        sys.stderr.write(f"This process may open fewer files than WEB_CONNECTIONS ({limits.WEB_CONNECTIONS}).\n")
    host, port = os.environ.get("HOST") or "0.0.0.0", int(os.environ.get("PORT") or 8000)  # noqa: S104
    command = words(*arguments, host=host, port=port)
    os.execv(sys.executable, [sys.executable, "-m", "granian", *command])


if __name__ == "__main__":
    main(sys.argv[1:])
