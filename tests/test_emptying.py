"""What stands in for Django's flush between tests leaves as little behind."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from cohort.people import history
from cohort.people.models import HistoryEntry, Membership
from tests import emptying
from tests.applications.apply.filled import open_call


def rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = int(cursor.fetchone()[0])
    return {table: count for table, count in found.items() if count}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_but_what_migrations_wrote(cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    history.record("call.seen", call, actor=cast.coordinator, cohort=cast.cohort)
    assert Membership.objects.exists()
    assert HistoryEntry.objects.filter(verb="call.seen").exists()
    assert set(rows()) > emptying.KEPT
    permissions = Permission.objects.count()

    emptying.empty()

    assert set(rows()) - {"django_migrations"} == emptying.KEPT
    assert Permission.objects.count() == permissions


@pytest.mark.django_db
def test_it_knows_every_table() -> None:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    assert set(emptying.tables()) == there - emptying.KEPT - {"django_migrations"}
