"""Bring the database up to date, then work: `python -m cohort.local.prepare demo|run OUT START [celery's words]`.

The process that has prepared the database goes on as the Celery worker, because
loading Django once more would cost the start a few seconds. It loads while the
servers start, and goes on when the file descriptor START ends. When the
database is ready, the demo's sign-ins (or nothing) are written to the file
descriptor OUT and it is closed; when it cannot be made ready the process ends.
"""

from __future__ import annotations

import io
import os
import runpy
import sys

import django
from django.core.management import call_command

READY = "ready\n"  # the first line written


def migrate() -> bool:
    """Apply migrations if there are any to apply. Returns whether there were."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


def prepare(kind: str) -> str:
    """Do what has to be done before anything serves; returns the sign-ins to show ("demo") or nothing ("run")."""
    from django.conf import settings
    from django.db import connections

    if migrate():
        print("The database is up to date.", flush=True)
    call_command("load_facts", verbosity=0)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    accounts = io.StringIO()
    if kind == "demo":
        call_command("load_demo")
        call_command("demo_accounts", stdout=accounts)
    connections.close_all()
    return accounts.getvalue()


def main(arguments: list[str]) -> None:
    kind, out, start, *words = arguments
    with os.fdopen(int(out), "w") as file:
        django.setup()
        os.read(int(start), 1)
        file.write(READY + prepare(kind))
    if words:
        sys.argv = ["celery", *words]
        runpy.run_module("celery", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
