"""Whether the servers of this machine answer, asked with their own programs."""

from __future__ import annotations

import socket
import subprocess
from functools import cache
from pathlib import Path

from cohort.local import binaries
from cohort.local.places import PG_DATABASE, PG_USER

PATIENCE = 5  # seconds for one answer


def postgres_answers(run: Path) -> bool:
    """Whether PostgreSQL takes sessions on the socket in the folder ``run``."""
    return _ask("pg_isready", "-q", "-t", "3", "-h", run).returncode == 0


def database_exists(run: Path) -> bool:
    """Whether our database is there, for a server that answers."""
    return _ask("psql", "-XAtq", "-h", run, "-U", PG_USER, "-d", PG_DATABASE, "-c", "").returncode == 0


def create_database(run: Path) -> None:
    """Create our database; no harm if another process was faster.

    :raises OSError: the server refuses.
    """
    made = _ask(
        "createdb", "-h", run, "-U", PG_USER, "-O", PG_USER, "--maintenance-db", "postgres", PG_DATABASE, wait=30
    )
    if made.returncode and not database_exists(run):
        raise OSError(f"could not create the database: {made.stderr.decode(errors='replace').strip()}")


def valkey_answers(path: Path) -> bool:
    """Whether Valkey (or Redis) answers a PING on its socket; it does not while it loads its data.

    Its wheel has no program that asks, and its inline commands are plain lines of text.
    """
    try:
        with socket.socket(socket.AF_UNIX) as stream:
            stream.settimeout(3)
            stream.connect(str(path))
            stream.sendall(b"PING\r\n")
            return stream.recv(64).startswith(b"+PONG")
    except OSError:
        return False


@cache
def _programs() -> Path:
    """The folder with PostgreSQL's programs. Any version asks any server."""
    return binaries.postgres().bin


def _ask(program: str, *words: str | Path, wait: float = PATIENCE) -> subprocess.CompletedProcess[bytes]:
    command = [_programs() / program, *words]
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=wait)
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(command, 1, b"", str(late).encode())
