"""A thousand applications, three readings each: pages stay at ten statements."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.decisions import queries as decisions_queries
from applications.models import Application, Call, CriterionScore, Decision, Offer, Review
from cohort.people.models import User
from tests.applications.pool import CRITERIA, make_call, make_screeners
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
MANY, EACH, READERS = 1000, 3, 9


def fill_call(call: Call, readers: list[User]) -> None:
    """``MANY`` applications, each scored by ``EACH`` readers, all decided, some offered; a few statements in all."""
    now, form = timezone.now(), call.form_versions.get()
    people = User.objects.bulk_create(
        [User(email=f"many{n}@example.org", name=f"Person {n}", password="!") for n in range(MANY)]
    )
    applications = Application.objects.bulk_create(
        [
            Application(
                call=call,
                number=n + 1,
                applicant=person,
                form_version=form,
                state="submitted",
                eligibility="eligible",
                submitted_at=now,
            )
            for n, person in enumerate(people)
        ]
    )
    reviews = Review.objects.bulk_create(
        [
            Review(
                application=one,
                reader=readers[(n + turn * 2) % READERS],
                state="submitted",
                position=n,
                started_at=now - timedelta(minutes=20),
                submitted_at=now,
            )
            for n, one in enumerate(applications)
            for turn in range(EACH)
        ]
    )
    CriterionScore.objects.bulk_create(
        [
            CriterionScore(review=review, criterion=key, level=1 + (n + place) % 5)
            for n, review in enumerate(reviews)
            for place, key in enumerate(CRITERIA)
        ],
        batch_size=4000,
    )
    decisions = Decision.objects.bulk_create(
        [
            Decision(
                application=one,
                value="invite" if n < 15 else "decline",
                reason_code="COMMITTEE_CHOICE" if n < 15 else "SCORE_BELOW_LINE",
            )
            for n, one in enumerate(applications)
        ]
    )
    Offer.objects.bulk_create(
        [
            Offer(
                application=decision.application,
                decision=decision,
                cohort=call.cohort,
                reply_by=now + timedelta(days=3),
                made_at=now,
            )
            for decision in decisions[:15]
        ]
    )


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_pages_of_a_thousand_applications_take_ten_statements(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    readers = make_screeners(cast.cohort, READERS)
    fill_call(call, readers)
    coordinator, screener = signed_in(cast.coordinator), signed_in(readers[0])
    pages = {
        "decisions": (coordinator, reverse("applications:decisions", args=[call.slug])),
        "by score": (coordinator, reverse("applications:decisions", args=[call.slug]) + "?sort=adjusted&page=20"),
        "reading": (coordinator, reverse("applications:reading", args=[call.slug])),
        "offers": (coordinator, reverse("applications:offers", args=[call.slug])),
        "board": (coordinator, reverse("applications:board", args=[call.slug])),
        "queue": (screener, reverse("applications:screening")),
    }
    found = {name: asked(client, path) for name, (client, path) in pages.items()}
    assert {name: count for name, count in found.items() if count > 10} == {}
    assert decisions_queries.board(call).adjusts
