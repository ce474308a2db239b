"""The pool and the problem: who is in it, and what can never be."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import selection
from applications.models import Application, Decision, FactorPolicy, IdentityAnswer, Offer, Review, Target
from applications.representation.pool import problem as pool_problem
from applications.representation.targets import actions as targets_actions
from applications.review import queries as review_queries
from tests.applications.representation.proposals.pool import CANARIES, choosing_call, fill_pool


def test_the_problem_holds_ids_scores_and_selection_factors_and_nothing_else(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort)
    made = fill_pool(call, 30)
    assert IdentityAnswer.objects.filter(application=made[0]).count() == len(CANARIES)  # the secret is there
    FactorPolicy.objects.filter(call=call).update(policy="selection")  # even if every policy said yes
    Target.objects.create(call=call, factor="gender", code="w", label="x", values=["canary-twospirit"], ceiling=9)
    with CaptureQueriesContext(connection) as asked:
        problem = pool_problem.problem_for(call)
    text = json.dumps(problem.as_data())
    assert "canary" not in text.lower()
    assert not [q["sql"] for q in asked if "identityanswer" in q["sql"].lower() or "accessneed" in q["sql"].lower()]
    people = problem.as_data()["people"]
    assert {p["id"] for p in people} == {str(a.pk) for a in made}
    assert set(people[0]) == {
        "id",
        "score",
        "org",
        "geography",
        "rurality",
        "tribal_government_representation",
        "organization_type",
        "sector",
        "organization_size",
    }
    assert {p["id"]: p["score"] for p in people} == {str(pk): s for pk, s in review_queries.scores(call).items()}


def test_groups_of_answers_count_as_one_value(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort)
    made = fill_pool(call, 30)
    problem = pool_problem.problem_for(call)
    kinds = {t.factor: t.kind for t in problem.targets}
    assert (kinds["geography"], kinds["organization_type"], kinds["sector"]) == ("single", "single", "multi")
    found = pool_problem.pool(call)
    rural = next(t for t in found.targets if t.factor == "rurality")
    person = problem.people[problem.index[str(made[0].pk)]]
    member = found.members[0]
    assert member.id == made[0].pk
    assert (rural.code in person.values["rurality"]) == (
        next(iter(member.codes["rurality"])) in {"rural", "island", "reservation", "town"}
    )


def test_who_is_left_out_and_who_is_pinned(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort)
    made = fill_pool(call, 12)
    Application.objects.filter(pk=made[0].pk).update(eligibility="ineligible")
    Application.objects.filter(pk=made[1].pk).update(eligibility="unknown")
    Application.objects.filter(pk=made[2].pk).update(state="withdrawn")
    Review.objects.filter(application=made[3]).delete()
    declined, holding = _offer(made[4], "declined"), _offer(made[5], "open")
    assert (declined.state, holding.state) == ("declined", "open")
    Decision.objects.create(application=made[6], value="not_eligible", reason_code="eligibility_dates")
    targets_actions.pin(application=made[7], inside=True, reason="Only Nation that answered", actor=cast.coordinator)
    targets_actions.pin(application=made[8], inside=False, reason="Asked to wait a year", actor=cast.coordinator)
    targets_actions.keep_apart(call=call, first=made[10], second=made[9], reason="Manager", actor=cast.coordinator)
    found = pool_problem.pool(call)
    assert (found.unchecked, found.unscored, found.gone) == (1, 1, 2)
    assert [m.number for m in found.members] == [4, 6, 8, 9, 10, 11, 12]
    problem = pool_problem.problem_for(call)
    assert set(problem.index) == {str(made[k].pk) for k in (5, 7, 8, 9, 10, 11)}
    assert set(problem.rules.pin_in) == {str(made[5].pk), str(made[7].pk)}
    assert problem.rules.pin_out == (str(made[8].pk),)
    assert [set(pair) for pair in problem.rules.conflicts] == [{str(made[9].pk), str(made[10].pk)}]
    assert (problem.seats, problem.seats_min) == (15, 0)  # fewer people than seats: as many as there are


def _offer(application: Application, state: str) -> Offer:
    decision = Decision.objects.create(application=application, value="invite", reason_code="invite")
    return Offer.objects.create(
        application=application,
        decision=decision,
        cohort=application.call.cohort,
        state=state,
        reply_by=timezone.now() + timedelta(days=7),
    )


def test_the_same_pool_gives_the_same_problem(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort)
    fill_pool(call, 20)
    assert pool_problem.problem_for(call).digest() == pool_problem.problem_for(call).digest()
    assert selection.parse(pool_problem.problem_for(call).as_data()) == pool_problem.problem_for(call)


def test_reading_the_pool_takes_the_same_statements_at_any_size(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort)
    fill_pool(call, 2)
    counts = []
    for start in (100, 200):
        with CaptureQueriesContext(connection) as asked:
            pool_problem.pool(call)
        counts.append(len(asked))
        fill_pool(call, 40, start=start)
    assert counts[0] == counts[1] <= 5
