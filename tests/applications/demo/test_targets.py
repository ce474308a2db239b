"""The demo's board means something: policies and targets are set, and loading twice changes nothing."""

from __future__ import annotations

import random
from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from applications.demo import policy, proposals, targets
from applications.models import Call, FactorPolicy, Proposal, ProposalComment, Target
from cohort.people.demo import Stage
from cohort.people.models import Cohort
from tests.applications.pool import make_call
from tests.applications.representation.proposals.pool import choosing_call, fill_pool
from tests.conftest import join, person, signed_in


def test_the_demo_call_gets_the_ranges_of_its_region(cohort: Cohort, other_cohort: Cohort) -> None:
    call, other = make_call(cohort), make_call(other_cohort, slug="south-call")
    stage = Stage(now=timezone.now(), random=random.Random(1), recruiting=cohort, running=other_cohort)
    policy.load(stage)
    targets.load(stage)
    before = list(Target.objects.filter(call=call).values_list("pk", "floor"))
    assert len(before) == 16
    assert FactorPolicy.objects.filter(call=call, policy="selection").count() == 7
    assert not Target.objects.filter(call=other).exists()
    targets.load(stage)
    assert list(Target.objects.filter(call=call).values_list("pk", "floor")) == before


def test_the_demo_has_a_proposal_a_kept_group_and_a_talk_about_them(cast: SimpleNamespace) -> None:
    call, second = choosing_call(cast.cohort, cast.coordinator), person("second")
    join(second, cast.cohort, "coordinator")
    fill_pool(call, 24)
    Call.objects.filter(pk=call.pk).update(state="open", closes_at=timezone.now() + timedelta(days=9))
    stage = Stage(
        now=timezone.now(),
        random=random.Random(1),
        recruiting=cast.cohort,
        running=cast.other_cohort,
        people={"coordinator1": cast.coordinator, "coordinator2": second},
    )
    proposals.load(stage)
    worked_out, kept = Proposal.objects.order_by("number")
    assert (worked_out.state, worked_out.proved, kept.origin, kept.base) == ("done", True, "hand", worked_out)
    assert len(set(worked_out.cohort) - set(kept.cohort)) == 1
    talk = ProposalComment.objects.order_by("written_at")
    assert [(row.author, row.parent_id is not None) for row in talk] == [
        (cast.coordinator, False),
        (second, True),
        (cast.coordinator, False),
    ]
    client = signed_in(cast.coordinator)
    for page in ("proposals/1/", "proposals/2/", "compare/"):
        assert client.get(f"/calls/{call.slug}/board/{page}").status_code == 200
    proposals.load(stage)
    assert (Proposal.objects.count(), ProposalComment.objects.count()) == (2, 3)
    call.refresh_from_db()
    assert call.state == "open"
    board = client.get(f"/calls/{call.slug}/board/").content.decode()
    assert "Proposals from before the call opened again" in board
    assert "Please look for" in board
