"""Where the embedded servers keep their things. Standard library only.

Everything here is a function of ``COHORT_STATE`` (default ``.local`` in the
checkout) and the user, so that any process finds the servers without asking.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent.parent
PG_USER = PG_DATABASE = "cohort"
LONGEST_SOCKET = 100  # bytes; sun_path holds 108 with its end mark


def state_dir() -> Path:
    """The folder that holds data, logs, mail and keys of this local stack."""
    return Path(os.environ.get("COHORT_STATE") or BASE / ".local").resolve()


def run_dir() -> Path:
    """The folder of the sockets; under the temporary folder when the path would be too long."""
    run = state_dir() / "run"
    if len(os.fsencode(run / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET:
        return run
    mark = hashlib.sha256(os.fsencode(state_dir())).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"cohort-{os.geteuid()}-{mark}"


def database_url() -> str:
    """Address of the embedded PostgreSQL, for Django and psycopg."""
    return f"postgresql://{PG_USER}@/{PG_DATABASE}?host={run_dir()}"


def redis_socket() -> Path:
    """The socket of the embedded Valkey."""
    return run_dir() / "valkey.sock"


def secret_key() -> str:
    """The signing key of this local stack, made once and kept (mode 0600)."""
    path = state_dir() / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = secrets.token_urlsafe(48)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(made)
        except FileExistsError:
            return path.read_text()
        return made
