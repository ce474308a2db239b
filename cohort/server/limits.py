"""Every limit of a web process in one place. Each comes from the environment variable of its name, or has its default.

None of this module needs Django's settings, because the launcher reads it as well.
"""

from __future__ import annotations

import os


def _number(name: str, default: int, least: int = 1) -> int:
    word = os.environ.get(name) or str(default)
    if not word.isdigit() or int(word) < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not “{word}”.")
    return int(word)


#: Threads that make pages in one web process. Each keeps one connection to PostgreSQL.
WEB_THREADS = _number("WEB_THREADS", 4)
#: Web processes behind one address.
WEB_WORKERS = _number("WEB_WORKERS", 2)
#: Threads that send long files in one web process. Each keeps one connection to PostgreSQL while it sends.
WEB_FILES = _number("WEB_FILES", 2)
#: Requests that may wait for a thread in one web process; more are told to come back in a moment.
WEB_WAITING = _number("WEB_WAITING", 1000)
#: Seconds that a request may wait for a thread.
WEB_PATIENCE = _number("WEB_PATIENCE", 30)
#: Live rooms' streams in one web process; more screens ask every few seconds instead.
WEB_STREAMS = _number("WEB_STREAMS", 1000)
#: Connections that one web process holds open, also silent ones.
WEB_CONNECTIONS = _number("WEB_CONNECTIONS", 4096)
#: Connections that the system keeps until a web process takes them.
WEB_BACKLOG = _number("WEB_BACKLOG", 2048)
#: Seconds in which the head of a request must have come; also how long a kept connection may be silent.
WEB_HEAD_SECONDS = _number("WEB_HEAD_SECONDS", 15)
#: Seconds in which the body of a request must go on coming, and in which all of it must have come.
WEB_BODY_SECONDS = _number("WEB_BODY_SECONDS", 15)
WEB_BODY_WHOLE_SECONDS = _number("WEB_BODY_WHOLE_SECONDS", 90)
#: Bytes of the largest body. The longest form with every answer at its limit is far below.
WEB_BODY_BYTES = _number("WEB_BODY_BYTES", 10 * 1024 * 1024)
#: Files that may wait for a thread that sends them in one web process.
WEB_FILES_WAITING = _number("WEB_FILES_WAITING", 20)
#: Seconds for PostgreSQL to take a connection, and for which an unused one is kept.
DATABASE_SECONDS = 2
DATABASE_KEPT_SECONDS = _number("DATABASE_KEPT_SECONDS", 600, least=0)
#: Seconds for Valkey to take a connection, and to answer.
VALKEY_SECONDS = 0.3
#: Seconds for a web process to end what it does when it is told to stop.
WEB_STOP_SECONDS = _number("WEB_STOP_SECONDS", 10)
#: Threads of one Celery worker that do its tasks.
WORKER_THREADS = _number("WORKER_THREADS", 4)


def connections() -> dict[str, int]:
    """The most connections to PostgreSQL that each part holds: all web processes, one worker, beat, and a command."""
    return {
        "web": WEB_WORKERS * (WEB_THREADS + WEB_FILES + 1),  # one for health
        "worker": WORKER_THREADS + 2,  # its pulse, and its main thread
        "beat": 1,
        "a command such as migrate": 2,
        "asking a server that is silent": WEB_WORKERS + 2,  # one at a time in each process
    }
