"""The tables of the project, made once and copied: migrating takes longer than fifty tests, copying takes a moment.

One database holds what the migrations make, and nothing else. It says in its comment which code made it; when that
has changed, the next process that needs tables makes it anew. It stays for the next run, so there is one only on the
server that is the tests' own.
"""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from cohort.local import places

#: Everything that a migration may read, and the versions of what makes tables.
SOURCES = ("cohort", "applications", "sessions", "reflections")
LOCK = "requirements/production.lock"


def code(base: Path = places.BASE) -> str:
    """A digest of the code that makes the tables."""
    found = hashlib.sha256()
    files = [path for folder in SOURCES for path in sorted((base / folder).rglob("*.py"))]
    for path in [*files, base / LOCK]:
        content = path.read_bytes()
        found.update(f"{path.relative_to(base)} {len(content)}\n".encode() + content)
    return found.hexdigest()


def ready() -> str:
    """Have the database that is copied, of the code as it is now. Returns its name, the same in all processes."""
    name = f"test_{connection.settings_dict['NAME']}_tables"
    with open(places.make_state_dir() / "tables.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made_by(name) != (now := code()):
            _make(name, now)
    return name


def made_by(name: str) -> str | None:
    """The code that made a database; None where there is none, or it was not finished."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        row = cursor.fetchone()
    return row[0] if row else None


def _make(name: str, made_by: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", interactive=False, verbosity=0)
        with connection.cursor() as cursor:  # last: what was cut off has no comment
            cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{made_by}'")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
