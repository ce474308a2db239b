"""The demo's board means something: policies and targets are set, and loading twice changes nothing."""

from __future__ import annotations

import random

from django.utils import timezone

from applications import demo_board, demo_policy
from applications.models import FactorPolicy, Target
from cohort.people.demo import Stage
from cohort.people.models import Cohort
from tests.applications.pool import make_call


def test_the_demo_call_gets_the_ranges_of_its_region(cohort: Cohort, other_cohort: Cohort) -> None:
    call, other = make_call(cohort), make_call(other_cohort, slug="south-call")
    stage = Stage(now=timezone.now(), random=random.Random(1), recruiting=cohort, running=other_cohort)
    demo_policy.load(stage)
    demo_board.load(stage)
    before = list(Target.objects.filter(call=call).values_list("pk", "floor"))
    assert len(before) == 16
    assert FactorPolicy.objects.filter(call=call, policy="selection").count() == 7
    assert not Target.objects.filter(call=other).exists()
    demo_board.load(stage)
    assert list(Target.objects.filter(call=call).values_list("pk", "floor")) == before
