from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from cohort.people import history
from cohort.people.models import Cohort, HistoryEntry, Membership, Organization, User, organization_key
from tests.conftest import join, person


@pytest.mark.django_db
def test_an_address_is_one_person_whatever_its_case() -> None:
    person("kim")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="KIM@example.org")


def test_a_role_is_held_once_at_a_time(cohort: Cohort) -> None:
    kim = person("kim")
    join(kim, cohort, "participant")
    with pytest.raises(IntegrityError), transaction.atomic():
        join(kim, cohort, "participant")
    assert Membership.objects.filter(user=kim).count() == 1


def test_a_cohort_cannot_end_before_it_starts(cohort: Cohort) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Cohort.objects.filter(pk=cohort.pk).update(starts_on="2026-05-02", ends_on="2026-05-01")


def test_history_is_written_and_read_in_order(cohort: Cohort) -> None:
    kim = person("kim")
    history.record("cohort.started", cohort, actor=kim, cohort=cohort)
    history.record("cohort.changed", cohort, actor=kim, cohort=cohort, fields=["name"])
    assert [(row.verb, row.details) for row in history.of(cohort)] == [
        ("cohort.started", {}),
        ("cohort.changed", {"fields": ["name"]}),
    ]


@pytest.mark.parametrize("statement", ["UPDATE people_historyentry SET verb = 'x'", "DELETE FROM people_historyentry"])
def test_the_database_refuses_to_rewrite_history(cohort: Cohort, statement: str) -> None:
    entry = history.record("cohort.started", cohort, actor=None)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert HistoryEntry.objects.get() == entry


def test_a_person_can_be_deleted_and_history_stays(cohort: Cohort) -> None:
    kim = person("kim")
    history.record("cohort.started", cohort, actor=kim)
    kim_id = kim.pk
    kim.delete()
    assert HistoryEntry.objects.get().actor_id == kim_id


@pytest.mark.parametrize(
    ("one", "other"),
    [("The Harbor Light, Inc.", "harbor light"), ("Café  Sur & Co", "cafe sur"), ("Swinomish", "SWINOMISH")],
)
def test_names_of_one_organization_fold_together(one: str, other: str) -> None:
    assert organization_key(one) == organization_key(other)


@pytest.mark.django_db
def test_an_organization_in_another_script_keeps_a_key() -> None:
    assert Organization.objects.create(name="Центр").key == "центр"
