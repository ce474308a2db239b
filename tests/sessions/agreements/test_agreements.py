"""Agreements: versions, dates, and who may change them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cohort.people.states import NotPossible
from sessions.agreements import actions as agreements_actions
from sessions.agreements import queries as agreements_queries
from sessions.models import Agreement
from tests.conftest import signed_in


def test_rewording_makes_a_version(cast: SimpleNamespace) -> None:
    first = agreements_actions.adopt(cohort=cast.cohort, by=cast.facilitator, name="Name it", words="Say it.")
    second = agreements_actions.reword(agreement=first, by=cast.facilitator, name="Name it", words="Say it plainly.")
    assert (second.version, second.key, second.position) == (2, first.key, first.position)
    assert agreements_queries.agreements_in_force(cast.cohort.pk) == [second]
    assert (
        agreements_actions.reword(agreement=second, by=cast.facilitator, name="Name it", words="Say it plainly.")
        == second
    )
    with pytest.raises(NotPossible):
        agreements_actions.reword(agreement=first, by=cast.facilitator, name="x", words="y")
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(cohort=cast.cohort, key=first.key, version=3, name="x", words="y")


def test_letting_go_keeps_the_words(cast: SimpleNamespace) -> None:
    first = agreements_actions.adopt(cohort=cast.cohort, by=cast.facilitator, name="Name it", words="Say it.")
    client = signed_in(cast.facilitator)
    url = reverse("program_sessions:agreement_retire", args=["north", first.pk])
    assert "Say it." in client.get(url).content.decode()
    client.post(url)
    page = client.get(reverse("program_sessions:agreements", args=["north"])).content.decode()
    assert ("Earlier versions" in page, agreements_queries.agreements_in_force(cast.cohort.pk)) == (True, [])


def test_members_read_facilitators_keep(cast: SimpleNamespace) -> None:
    url = reverse("program_sessions:agreements", args=["north"])
    new = reverse("program_sessions:agreement_new", args=["north"])
    data = {"name": "Feel it", "words": "Speak from your own experience.", "we_would_see": ""}
    assert signed_in(cast.facilitator).post(new, data).status_code == 302
    people = (cast.participant, cast.coordinator, cast.screener, cast.stranger, cast.other_facilitator)
    assert [signed_in(user).get(url).status_code for user in people] == [200, 200, 403, 404, 404]
    assert [signed_in(user).post(new, data).status_code for user in people] == [403, 403, 403, 404, 404]
    assert "Speak from your own experience." in signed_in(cast.participant).get(url).content.decode()
    assert signed_in(cast.facilitator).post(new, {**data, "words": ""}).status_code == 422


def test_another_cohorts_agreement_is_not_found(cast: SimpleNamespace) -> None:
    theirs = agreements_actions.adopt(cohort=cast.other_cohort, by=cast.other_facilitator, name="x", words="y")
    url = reverse("program_sessions:agreement", args=["north", theirs.pk])
    assert signed_in(cast.facilitator).get(url).status_code == 404
