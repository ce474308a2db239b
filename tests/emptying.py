"""Empty the database after a test that really committed.

Django truncates every table and makes all permissions anew, although a test writes into a handful of the hundred
tables; with that it takes longer than most of the tests it follows. Here only rows that exist are deleted.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = frozenset({"django_content_type", "auth_permission"})  # written by migrations, never by a test
_whole = TransactionTestCase._fixture_teardown


def tables() -> list[str]:
    """Every table of the models, but for those in ``KEPT``."""
    found = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    return sorted(found - KEPT)


def empty() -> None:
    """Delete all rows of ``tables()``.

    All tables are locked first, as TRUNCATE would: a request that still runs ends before, and nothing of it stays.
    As a replica the database asks no trigger: not those of foreign keys, nor those that keep history from deletion.
    """
    everything = [connection.ops.quote_name(table) for table in tables()]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL session_replication_role = replica; LOCK TABLE {', '.join(everything)}")
        cursor.execute(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM {t})" for t in everything))
        used = [name for (name,) in cursor.fetchall()]
        if used:
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in used))


def _may() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        return bool(cursor.fetchone()[0])


def _teardown(case: TransactionTestCase) -> None:
    if _may():
        empty()
    else:  # a database of the reader's own, where only its administrator may be a replica
        _whole(case)


def install() -> None:
    """Have Django's test case, on which pytest-django builds, empty the database in this way."""
    TransactionTestCase._fixture_teardown = _teardown  # type: ignore[method-assign]
