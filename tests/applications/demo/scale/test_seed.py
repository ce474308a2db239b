"""The call of invented applications: the same every time, whole, told apart from real ones, and gone without trace."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from applications.apply import answers as apply_answers
from applications.common import call_forms
from applications.demo.scale import loading
from applications.demo.scale import people as scale_people
from applications.demo.scale.copying import Table, cell
from applications.form_definition.asking import wanting
from applications.models import (
    Answer,
    Application,
    Call,
    Consent,
    Decision,
    EmployerConfirmation,
    IdentityAnswer,
    Review,
)
from applications.review import queries as review_queries
from cohort.outbox.models import Message
from cohort.people.models import Cohort, HistoryEntry, Organization, User
from tests.applications.pool import make_application, make_call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _trial_site(settings: Any) -> None:
    settings.DEBUG = True


def seed(n: int = 60, **options: Any) -> Call:
    call_command("seed_scale", applications=n, stdout=StringIO(), **options)
    return Call.objects.get(slug=loading.SLUG)


def remove() -> str:
    out = StringIO()
    call_command("seed_scale", "--remove", stdout=out)
    return out.getvalue()


TABLES = (
    "people_user",
    "people_organization",
    "people_cohort",
    "people_membership",
    "applications_call",
    *(table.model._meta.db_table for table in loading.TABLES.values()),
)
COUNTING = {
    "applications_answer",
    "applications_identityanswer",
    "applications_accessneed",
    "applications_consent",
    "applications_criterionscore",
}


def everything() -> dict[str, str]:
    """A fingerprint of every row of each table, without keys that only count."""
    found = {}
    with connection.cursor() as cursor:
        for table in dict.fromkeys(TABLES):
            row = "to_jsonb(t) - 'id'" if table in COUNTING else "to_jsonb(t)"
            cursor.execute(f"SELECT ({row})::text FROM {table} t")
            lines = sorted(line for (line,) in cursor.fetchall())
            found[table] = f"{len(lines)} {hashlib.sha256(json.dumps(lines).encode()).hexdigest()}"
    return found


def test_the_same_number_and_seed_give_the_same_rows() -> None:
    seed()
    first = everything()
    remove()
    seed()
    assert everything() == first
    remove()
    seed(seed=2)
    assert {name for name, print_ in everything().items() if print_ == first[name]} == set()


def test_everything_is_whole_and_every_state_is_there() -> None:
    call = seed(150)
    form = call_forms.form_of(call.form_versions.get().pk)
    mine = Application.objects.filter(call=call)
    assert sorted(mine.values_list("number", flat=True)) == list(range(1, 151))
    assert set(mine.values_list("state", flat=True)) == {"draft", "submitted", "withdrawn"}
    assert set(mine.filter(state="submitted").values_list("eligibility", flat=True)) >= {"eligible", "check"}
    for application in mine.filter(state="submitted")[:40]:
        assert wanting(form, apply_answers.held(application, form), call_forms.settings_of(call)) == {}
        assert application.organization is not None
    withdrawn = mine.filter(state="withdrawn")
    for model in (Answer, IdentityAnswer, Consent):
        assert model.objects.filter(application__in=withdrawn).count() == 0
    assert Counter(mine.values_list("form_version", flat=True)) == {call.form_versions.get().pk: 150}
    assert Review.objects.filter(application__call=call, state="submitted").exists()
    assert Review.objects.filter(application__call=call).exclude(flag="").exists()
    assert EmployerConfirmation.objects.filter(state="lapsed").exists()
    assert Decision.objects.filter(value="invite").count() <= call.cohort.seats
    assert {d.release is None for d in Decision.objects.select_related("release")} == {True, False}
    assert len(review_queries.standings(call)) > 20


def test_nothing_of_it_would_ever_be_mailed() -> None:
    from cohort.outbox.delivery import planner

    call = seed(80)
    assert not EmployerConfirmation.objects.filter(state="asked").exists()
    assert not Application.objects.filter(call=call, remind=True).exists()
    planner.plan_all()
    assert (
        Message.objects.filter(recipient__email__endswith="@" + scale_people.DOMAIN, kind__startswith="appl").count()
        == 0
    )
    assert {email.rpartition("@")[2] for email in User.objects.values_list("email", flat=True)} == {scale_people.DOMAIN}


def test_it_goes_without_a_trace_and_takes_nothing_else(cast: SimpleNamespace) -> None:
    real = make_application(make_call(cast.cohort), 1, organization="Harbor Clinic")
    before = everything()
    seed(30, coordinator=cast.coordinator.email)
    assert Organization.objects.filter(name__contains="No. ").exists()
    assert cast.coordinator.memberships.filter(cohort__slug=loading.SLUG).exists()
    assert "30 applications, 43 people, 10 organizations" in remove()
    assert everything() == before
    assert Application.objects.get() == real
    assert HistoryEntry.objects.filter(object_type="applications.application").count() == 0


def test_it_refuses_where_it_must(cast: SimpleNamespace) -> None:
    with override_settings(DEBUG=False), pytest.raises(CommandError, match="--yes"):
        seed(5)
    assert not loading.exists()
    with override_settings(DEBUG=False):
        seed(5, yes=True)
    for n, words in ((5, "there already"), (0, "From 1"), (100_001, "From 1")):
        with pytest.raises(CommandError, match=words):
            seed(n)
    remove()
    with pytest.raises(CommandError, match="Nobody has"):
        seed(5, coordinator="nobody@example.org")
    Call.objects.create(cohort=Cohort.objects.create(slug="own", name="Own"), slug=loading.SLUG)
    with pytest.raises(ValueError, match="not made here"):
        remove()


def test_progress_is_shown() -> None:
    out = StringIO()
    call_command("seed_scale", applications=2500, stdout=out)
    assert [line for line in out.getvalue().splitlines() if " of " in line] == [
        "1,000 of 2,500",
        "2,000 of 2,500",
        "2,500 of 2,500",
    ]


@pytest.mark.parametrize("text", ["plain", "tab\there", "line\nline\r", "back\\slash \\N", "naïve “quoted” 漢字", ""])
def test_a_cell_comes_back_as_it_was(text: str) -> None:
    table = Table(Organization, "id", "name", "key")
    table.write([(scale_people.key(1, "organization", 0), text, "k")])
    assert Organization.objects.get(key="k").name == text
    assert json.loads(cell({"a": text}, as_json=True).replace("\\\\", "\\")) == {"a": text}
