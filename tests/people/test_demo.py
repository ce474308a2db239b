"""The demo loads once, in few statements, the same way each time, and tells who can sign in."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from cohort.people.models import Cohort, Role, User
from tests.conftest import Client


def load() -> str:
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_demo_is_realistic_and_loads_once() -> None:
    with CaptureQueriesContext(connection) as statements:
        assert "Demo loaded" in load()
    assert 0 < len(statements) < 800  # rows go in together, not one by one
    people = User.objects.count()
    assert "already loaded" in load()
    assert User.objects.count() == people

    recruiting, running = Cohort.objects.get(slug="northwest-2"), Cohort.objects.get(slug="northwest-1")
    assert Application.objects.filter(call__cohort=recruiting).count() == 64
    assert set(Application.objects.values_list("state", flat=True)) == {"draft", "submitted", "withdrawn"}
    assert running.memberships.filter(role=Role.PARTICIPANT).count() == 14

    out = io.StringIO()
    call_command("demo_accounts", "--json", stdout=out)
    rows = json.loads(out.getvalue())
    assert {role for row in rows for role in row["roles"]} == {*Role.values, "applicant"}
    for row in {row["roles"][0]: row for row in rows}.values():
        assert Client().login(email=row["email"], password=row["password"]), row
