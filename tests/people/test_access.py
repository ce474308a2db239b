"""Strangers get 404, members without the role 403, and being a superuser opens nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from cohort.people import access
from cohort.people.models import Cohort, Membership, Role
from tests.conftest import join, signed_in


def test_the_holder_of_the_role_gets_the_cohort(cast: SimpleNamespace) -> None:
    assert access.cohort_for(cast.coordinator, "north", Role.COORDINATOR) == cast.cohort


@pytest.mark.parametrize("who", ["stranger", "applicant", "superuser", "other_coordinator"])
def test_strangers_are_told_there_is_nothing(cast: SimpleNamespace, who: str) -> None:
    assert Cohort.objects.filter(slug="north").exists()
    with pytest.raises(Http404):
        access.cohort_for(getattr(cast, who), "north")


@pytest.mark.parametrize("who", ["screener", "facilitator", "participant", "steward", "access"])
def test_members_without_the_role_are_refused(cast: SimpleNamespace, who: str) -> None:
    assert access.cohort_for(getattr(cast, who), "north") == cast.cohort
    with pytest.raises(PermissionDenied):
        access.cohort_for(getattr(cast, who), "north", Role.COORDINATOR)


def test_an_ended_role_opens_nothing(cast: SimpleNamespace) -> None:
    Membership.objects.filter(user=cast.facilitator).update(ended_at=timezone.now())
    assert access.roles_in(cast.facilitator, cast.cohort) == frozenset()


def test_cohorts_of_one_person_by_role(cast: SimpleNamespace) -> None:
    join(cast.participant, cast.other_cohort, Role.FACILITATOR)
    assert list(access.cohorts_of(cast.participant, Role.FACILITATOR)) == [cast.other_cohort]
    assert set(access.cohorts_of(cast.participant)) == {cast.cohort, cast.other_cohort}


PAGES = ["/cohorts/north/", "/cohorts/north/change/"]


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("who", ["stranger", "superuser", "other_coordinator"])
def test_pages_of_a_cohort_do_not_exist_for_strangers(cast: SimpleNamespace, who: str, url: str) -> None:
    assert signed_in(cast.coordinator).get(url).status_code == 200
    assert signed_in(getattr(cast, who)).get(url).status_code == 404


def test_a_participant_may_look_but_not_change(cast: SimpleNamespace) -> None:
    client = signed_in(cast.participant)
    assert client.get("/cohorts/north/").status_code == 200
    assert client.get("/cohorts/north/change/").status_code == 403


def test_a_participant_sees_names_but_no_addresses(cast: SimpleNamespace) -> None:
    page = signed_in(cast.participant).get("/cohorts/north/").content.decode()
    assert cast.screener.name in page
    assert cast.screener.email not in page
    assert cast.screener.email in signed_in(cast.coordinator).get("/cohorts/north/").content.decode()
