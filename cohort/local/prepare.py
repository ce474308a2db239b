"""Bring the database up to date before anything serves: `python -m cohort.local.prepare demo|run [FD]`.

One process for all steps, because each start of Django costs a second. With a
file descriptor the demo's sign-ins are written there, to be shown at the end.
"""

from __future__ import annotations

import io
import os
import sys

import django
from django.core.management import call_command


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


def main(arguments: list[str]) -> int:
    kind, out = arguments[0], int(arguments[1]) if len(arguments) > 1 else None
    django.setup()
    from django.conf import settings

    if migrate():
        print("The database is up to date.", flush=True)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    if kind == "demo":
        call_command("load_demo")
        text = io.StringIO()
        call_command("demo_accounts", stdout=text)
        if out is not None:
            with os.fdopen(out, "w") as file:
                file.write(text.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
