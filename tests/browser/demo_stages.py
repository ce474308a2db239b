"""The demo at four moments of its call: each made once in a run, and copied for every test that looks at it.

Loading the demo takes as long as a hundred tests; ``CREATE DATABASE … TEMPLATE`` takes less than a second. Whichever
process asks first makes all four, while the others wait, and writes down which pages its people are shown.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections, transaction

from cohort.local import places
from tests import emptying
from tests.applications.walk import patterns
from tests.browser import demo_site
from tests.browser.finding import HOLDERS, PEOPLE, UNSEEN, Seen, Walk

STAGES = ("open", "changed", "choosing", "decided")


def restore(stage: str) -> list[Seen]:
    """Put the database of this process into one of ``STAGES``; returns the pages that are new in it.

    For a test with ``transactional_db``, which is emptied afterwards as ever.
    """
    rows = made()["pages"][stage]
    _copy(_name(stage), str(connection.settings_dict["NAME"]))
    return [Seen(*row) for row in rows]


def made() -> dict[str, Any]:
    """The stages of this run, made if they are not: ``pages`` by stage, and ``left``, the addresses without a page.

    Uses up the database of the test that asks first.
    """
    with open(_file().with_suffix(".lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = json.loads(_file().read_text()) if _file().exists() else {}
        if found.get("run") != _run():
            found = {"run": _run(), "databases": [_name(stage) for stage in STAGES], **_make()}
            _file().write_text(json.dumps(found))
    return found


def walker(seen: Seen) -> str:
    """Who opens a page: its person, or ``HOLDERS`` for those whom only the release of decisions told apart."""
    return seen.person if seen.person in PEOPLE else HOLDERS


def drop() -> None:
    """Remove the databases that this run made, if it made any. For the process that started the others."""
    found = json.loads(_file().read_text()) if _file().exists() else {}
    if found.get("run") == _run():
        _file().unlink()
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as server:
            for name in found["databases"]:
                server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run() -> str:
    return os.environ["COHORT_TEST_RUN"]


def _file() -> Path:
    return places.make_state_dir() / "demo-stages.json"


def _name(stage: str) -> str:
    return f"{settings.DATABASES['default']['NAME'].partition('_gw')[0]}_demo_{stage}"


def _make() -> dict[str, Any]:
    _as_new()
    walk, pages = Walk(), {}

    def keep(stage: str, *persons: str) -> None:
        walk.find(persons)
        pages[stage] = sorted(walk.seen)
        walk.seen.clear()
        _copy(str(connection.settings_dict["NAME"]), _name(stage))

    call = demo_site.begin()
    keep("open", *PEOPLE)
    demo_site.publish(call)
    keep("changed", "applicant1", "applicant2")
    demo_site.choose(call)
    keep("choosing", *PEOPLE)
    demo_site.decide(call)
    keep("decided", *PEOPLE, *demo_site.offered())
    left = {name: sorted(walk.others.get(name, ())) for name, _converters in patterns() if name not in walk.reached}
    return {"pages": pages, "left": left, "gone": sorted(set(UNSEEN) - set(left))}


def _as_new() -> None:
    """Without the holes that deleted rows leave: the pages to open are the first rows, in the order of their making."""
    tables = ", ".join(connection.ops.quote_name(table) for table in emptying.tables())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL session_replication_role = replica; TRUNCATE {tables}")


def _copy(source: str, target: str) -> None:
    """Replace one database by a copy of another, whoever is connected to them."""
    assert not connection.in_atomic_block, "for tests with transactional_db"
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
        cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
