"""The demo's readings: four readers, two ties, one disagreement, some left to read, nothing told."""

from __future__ import annotations

import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from applications.decisions.queries import board
from applications.models import Call, Decision, Recusal, Release, Review
from applications.review.progress_queries import progress
from applications.review.queries import queues
from cohort.people import demo_people
from cohort.people.demo import LOADERS
from cohort.people.models import User

pytestmark = pytest.mark.django_db


def fingerprint(call: Call) -> list[tuple[int, float | None, str]]:
    return [(row.number, row.score.hundred if row.score else None, row.value) for row in board(call).rows]


def test_the_demo_can_be_walked_from_here():
    call_command("load_demo", stdout=StringIO())
    call = Call.objects.filter(cohort__slug="northwest-2").exclude(state="draft").get()
    screeners = list(User.objects.filter(email__startswith="screener").order_by("email"))
    left = [len(queues(user)[0].open) for user in screeners]
    assert left[0] == 12 + Review.objects.filter(reader=screeners[0], extra=True).count()
    found = progress(call)
    assert sum(bool(paper.disagreement) for paper in found.papers) == 1
    assert [paper.extra for paper in found.papers if paper.disagreement] == [True]
    assert 0.8 < found.sent / found.total < 0.95
    assert sorted(Recusal.objects.values_list("kind", "outcome")) == [("acquaintance", "waiting"), ("same_org", "away")]
    assert (Release.objects.count(), Decision.objects.filter(superseded_at=None).count() > 3) == (0, True)
    bands = {row.band for row in board(call).rows}
    assert {"A", "B", "C"} <= bands
    for review in Review.objects.filter(state="submitted").prefetch_related("scores"):
        for score in review.scores.all():
            assert score.level not in (1, 2, 5) or score.comment


def load() -> tuple[list[tuple[int, float | None, str]], float]:
    """What a fresh demo looks like, and the processor seconds of this part; everything is rolled back."""
    spent = 0.0
    with transaction.atomic():
        stage = demo_people.make_stage(timezone.now())
        for _order, name, loader in LOADERS:
            started = time.process_time()
            loader(stage)
            spent += time.process_time() - started if name in ("readings", "decisions") else 0
        found = fingerprint(Call.objects.filter(cohort=stage.recruiting).exclude(state="draft").get())
        transaction.set_rollback(True)
    return found, spent


def test_the_same_demo_every_time_and_quickly():
    first, spent = load()
    assert first == load()[0]
    assert spent < 4
