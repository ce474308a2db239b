"""Asking, working out, stopping and keeping proposals. The tasks are run as Celery would run them."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from applications import selection
from applications.models import Explanation, Proposal
from applications.representation.pool.problem import latest_proposal, problem_for
from applications.representation.proposals import actions as proposals_actions
from applications.representation.proposals import explain as proposals_explain
from applications.representation.proposals.tasks import run_explanation, run_proposal
from applications.representation.targets import actions as targets_actions
from cohort.people import history
from cohort.people.states import NotPossible
from tests.applications.representation.proposals.pool import choosing_call, fill_pool


@pytest.fixture
def call(cast: SimpleNamespace) -> object:
    cast.cohort.seats = 5
    cast.cohort.save()
    found = choosing_call(cast.cohort, cast.coordinator)
    fill_pool(found, 16)
    return found


def worked_out(call: object, actor: object) -> Proposal:
    proposal = proposals_actions.ask(call=call, actor=actor)
    run_proposal(str(proposal.pk))
    proposal.refresh_from_db()
    return proposal


def test_a_proposal_is_worked_out_and_kept(call: object, cast: SimpleNamespace) -> None:
    proposal = proposals_actions.ask(call=call, actor=cast.coordinator)
    assert (proposal.number, proposal.state, proposal.cohort) == (1, "queued", [])
    run_proposal(str(proposal.pk))
    proposal.refresh_from_db()
    expected = selection.propose(problem_for(call))
    assert (proposal.state, proposal.proved, proposal.cohort) == ("done", True, list(expected.cohort))
    assert proposal.vector == dict(expected.vector)
    assert [stage["name"] for stage in proposal.stages] == list(expected.vector)
    assert proposal.input_hash == problem_for(call).digest() == selection.parse(proposal.problem).digest()
    assert latest_proposal(call).pk == proposal.pk
    assert [entry.verb for entry in history.of(proposal)] == ["proposal.asked", "proposal.ready"]
    assert history.of(proposal).last().details["input_hash"] == proposal.input_hash
    keys = set(Explanation.objects.filter(proposal=proposal).values_list("key", flat=True))
    assert {f"why:{one}" for one in proposal.cohort} <= keys


def test_a_second_ask_while_one_runs_leads_to_that_one(call: object, cast: SimpleNamespace) -> None:
    first = proposals_actions.ask(call=call, actor=cast.coordinator)
    assert proposals_actions.ask(call=call, actor=cast.coordinator).pk == first.pk
    proposals_actions.move_proposal(first, "running", started_at=timezone.now())
    assert proposals_actions.ask(call=call, actor=cast.coordinator).pk == first.pk
    assert Proposal.objects.count() == 1


def test_the_same_inputs_lead_to_the_proposal_that_is_there(call: object, cast: SimpleNamespace) -> None:
    first = worked_out(call, cast.coordinator)
    assert proposals_actions.ask(call=call, actor=cast.coordinator).pk == first.pk
    targets_actions.save_rules(
        call=call, actor=cast.coordinator, org_cap=1, org_cap_hard=False, lottery_seed="another seed"
    )
    second = worked_out(call, cast.coordinator)
    assert (second.number, second.input_hash == first.input_hash) == (2, False)


def test_pins_and_pairs_are_kept_by_the_next_proposal(call: object, cast: SimpleNamespace) -> None:
    first = worked_out(call, cast.coordinator)
    inside, outside = (
        first.cohort[0],
        next(str(a.pk) for a in call.applications.order_by("number") if str(a.pk) not in first.cohort),
    )
    leaves, comes = call.applications.get(pk=inside), call.applications.get(pk=outside)
    targets_actions.pin(application=leaves, inside=False, reason="Moves away", actor=cast.coordinator)
    targets_actions.pin(application=comes, inside=True, reason="Asked by the Nation", actor=cast.coordinator)
    second = worked_out(call, cast.coordinator)
    assert inside not in second.cohort
    assert outside in second.cohort
    run_explanation(str(Explanation.objects.get(proposal=second, key=f"why:{outside}").pk))
    assert Explanation.objects.get(proposal=second, key=f"why:{outside}").answer["status"] == "pinned_in"


def test_a_waiting_proposal_can_be_stopped_and_is_not_worked_out(call: object, cast: SimpleNamespace) -> None:
    proposal = proposals_actions.ask(call=call, actor=cast.coordinator)
    assert proposals_actions.cancel(proposal=proposal, actor=cast.coordinator)
    run_proposal(str(proposal.pk))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.cohort) == ("cancelled", [])
    assert not proposals_actions.cancel(proposal=proposal, actor=cast.coordinator)
    assert proposals_actions.ask(call=call, actor=cast.coordinator).number == 2


def test_a_running_proposal_is_stopped_from_outside(
    call: object, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = proposals_actions.ask(call=call, actor=cast.coordinator)
    tell = proposals_actions._tell

    def stop_in_the_middle(row: Proposal, stage: str, done: int, of: int) -> bool:
        if stage == "score":
            proposals_actions.cancel(proposal=Proposal.objects.get(pk=row.pk), actor=cast.coordinator)
        return tell(row, stage, done, of)

    monkeypatch.setattr(proposals_actions, "_tell", stop_in_the_middle)
    run_proposal(str(proposal.pk))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.cohort, proposal.progress["stage"] == "score") == ("cancelled", [], False)


def test_rules_that_exclude_each_other_are_named(call: object, cast: SimpleNamespace) -> None:
    a, b = call.applications.order_by("number")[:2]
    for one in (a, b):
        targets_actions.pin(application=one, inside=True, reason="x", actor=cast.coordinator)
    targets_actions.keep_apart(call=call, first=a, second=b, reason="y", actor=cast.coordinator)
    proposal = worked_out(call, cast.coordinator)
    assert (proposal.state, proposal.trouble) == ("impossible", "rules")
    found = Explanation.objects.get(proposal=proposal, key="core")
    run_explanation(str(found.pk))
    found.refresh_from_db()
    assert sorted(rule["code"] for rule in found.answer["rules"]) == ["apart", "pin_in", "pin_in"]


def test_a_lost_worker_does_not_block_the_next_ask(call: object, cast: SimpleNamespace) -> None:
    first = proposals_actions.ask(call=call, actor=cast.coordinator)
    Proposal.objects.filter(pk=first.pk).update(state="running", seen_at=timezone.now() - timedelta(minutes=2))
    second = proposals_actions.ask(call=call, actor=cast.coordinator)
    first.refresh_from_db()
    assert (first.state, first.trouble, second.number) == ("failed", "lost", 2)


def test_nobody_scored_means_no_proposal(cast: SimpleNamespace) -> None:
    empty = choosing_call(cast.cohort)
    with pytest.raises(NotPossible):
        proposals_actions.ask(call=empty, actor=cast.coordinator)


def test_a_task_that_runs_twice_changes_nothing(call: object, cast: SimpleNamespace) -> None:
    proposal = worked_out(call, cast.coordinator)
    before = Proposal.objects.values().get(pk=proposal.pk)
    run_proposal(str(proposal.pk))
    assert Proposal.objects.values().get(pk=proposal.pk) == before


def test_every_question_has_an_answer_that_agrees_with_the_solver(call: object, cast: SimpleNamespace) -> None:
    proposal = worked_out(call, cast.coordinator)
    problem, now = problem_for(call), selection.propose(problem_for(call))
    outside = next(one for one in problem.index if one not in now.cohort)
    for key in (*proposals_explain.KINDS, f"why:{outside}"):
        run_explanation(str(proposals_explain.ask(proposal=proposal, key=key, actor=cast.coordinator).pk))
    rows = {e.key: e for e in proposal.explanations.exclude(state="asked")}
    assert {e.state for e in rows.values()} == {"ready"}
    why = selection.why_not(problem, now, outside)
    told = rows[f"why:{outside}"].answer
    assert (told["inside"], told["stage"], told["by"], told["leave"]) == (False, why.stage, why.by, list(why.leave))
    assert rows["alternatives"].answer["cohorts"][0]["cohort"] == list(
        selection.alternatives(problem, now, k=1, min_changes=1)[0].cohort
    )
    assert rows["frontier"].answer["points"][0]["score"] == -now.vector["score"]
    assert rows["recruit"].answer["status"] in {"optimal", "infeasible"}


def test_asking_the_same_question_twice_works_it_out_once(call: object, cast: SimpleNamespace) -> None:
    proposal = worked_out(call, cast.coordinator)
    one = proposals_explain.ask(proposal=proposal, key="frontier", actor=cast.coordinator)
    assert proposals_explain.ask(proposal=proposal, key="frontier", actor=cast.coordinator).pk == one.pk
    Explanation.objects.filter(pk=one.pk).update(state="failed")
    again = proposals_explain.ask(proposal=proposal, key="frontier", actor=cast.coordinator)
    assert (again.pk == one.pk, again.state) == (False, "asked")
    with pytest.raises(NotPossible):
        proposals_explain.ask(proposal=proposal, key="why:somebody-else", actor=cast.coordinator)
