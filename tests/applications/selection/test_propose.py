"""``propose`` gives what exhaustive search gives, at every stage, and the same on every machine."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from applications.selection import BadInput, Cancelled, core, evaluate, instances, parse, propose, solver, staging
from applications.selection.measure import broken_rules, counts_of, gap_words
from applications.selection.model import Model
from applications.selection.ranges import Ranges
from tests.applications.selection import brute

pytestmark = pytest.mark.db  # no database, but it searches for seconds: not in -m unit
CAREFUL = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@CAREFUL
@given(brute.problems())
def test_propose_equals_exhaustive_search_at_every_stage(data: dict[str, Any]) -> None:
    proposal, expected = propose(data), brute.best(data)
    if expected is None:
        assert proposal.status == "infeasible"
        assert proposal.cohort == ()
        assert not core(parse(data), targets=False).feasible
        return
    vector, cohort = expected
    assert (proposal.status, proposal.proved) == ("optimal", True)
    assert dict(proposal.vector) == vector
    assert [(stage.name, stage.optimum, stage.bound) for stage in proposal.stages] == [
        (name, value, value) for name, value in vector.items()
    ]
    assert proposal.cohort == cohort


@settings(max_examples=60, deadline=None)
@given(brute.problems(most=8))
def test_pricing_and_the_promising_part_change_nothing(data: dict[str, Any]) -> None:
    """The same small problems, with the tricks for large pools turned on."""
    large, priced, pair = staging.LARGE, solver.minimise_priced.__kwdefaults__, solver.minimise_pair.__kwdefaults__
    start = priced["start"]
    staging.LARGE, priced["start"], pair["start"] = 2, 1, 1
    shortlist = staging.Model.shortlist
    staging.Model.shortlist = lambda self: shortlist(self, 1, 1)  # type: ignore[method-assign]
    try:
        proposal = propose(data)
    finally:
        staging.LARGE, priced["start"], pair["start"] = large, start, start
        staging.Model.shortlist = shortlist  # type: ignore[method-assign]
    expected = brute.best(data)
    assert (dict(proposal.vector), proposal.cohort) == (expected or ({}, ()))


@settings(max_examples=40, deadline=None)
@given(brute.problems(most=8), st.booleans())
def test_score_and_draw_one_after_the_other_give_the_same(data: dict[str, Any], fits: bool) -> None:
    """Numbers too large for one objective, and a relaxation that has no answer, change nothing."""
    together, relax = solver._together, solver.CpSat.relax
    solver._together = lambda *args: None
    if fits:
        solver.CpSat.relax = lambda *args: None  # type: ignore[method-assign]
    try:
        proposal = propose(data)
    finally:
        solver._together, solver.CpSat.relax = together, relax  # type: ignore[method-assign]
    assert (dict(proposal.vector), proposal.cohort) == (brute.best(data) or ({}, ()))


@settings(max_examples=80, deadline=None)
@given(brute.problems(most=7))
def test_ranges_take_no_cohort_away_that_keeps_the_ceilings(data: dict[str, Any]) -> None:
    problem = parse(data)
    everything = list(brute.cohorts(data))
    assume(everything)
    vector = min(tuple(v.values()) for v, _ in everything)
    names = list(everything[0][0])
    ceilings = {name: value for name, value in zip(names, vector, strict=True) if name not in ("score", "ticket")}
    model = Model(problem)
    ranges = Ranges(model)
    floors = ranges.floors()
    assert all(v[name] >= floors[name] for v, _ in everything for name in floors)
    ranges.limit(ceilings)
    for found, cohort in everything:
        if all(found[name] <= value for name, value in ceilings.items()):
            counts = counts_of(problem, problem.places(cohort))
            assert all(count in allowed for count, allowed in zip(counts, ranges.allowed, strict=True))


@settings(max_examples=30, deadline=None)
@given(brute.problems(most=7))
def test_the_order_of_rows_does_not_matter(data: dict[str, Any]) -> None:
    shuffled = {**data, "people": list(data["people"]), "targets": list(data["targets"])}
    random.Random(1).shuffle(shuffled["people"])
    random.Random(2).shuffle(shuffled["targets"])
    assert parse(shuffled).digest() == parse(data).digest()
    assert propose(shuffled).cohort == propose(data).cohort


def test_a_problem_survives_being_written_down() -> None:
    problem = parse(instances.make(60, "gap", 3))
    assert parse(problem.as_data()) == problem
    assert parse(problem.as_data()).digest() == problem.digest()


@pytest.mark.parametrize(
    ("level", "seed", "cohort_digest"),
    [("tight", 1, None), ("loose", 1, None), ("gap", 2, None)],
)
def test_generated_pools_are_proved_and_keep_their_rules(level: str, seed: int, cohort_digest: None) -> None:
    data = instances.make(60, level, seed)
    proposal = propose(data)
    assert (proposal.status, proposal.proved, len(proposal.cohort)) == ("optimal", True, 15)
    chosen = [person for person in data["people"] if person["id"] in proposal.cohort]
    assert dict(proposal.vector) == brute.vector(data, chosen) == evaluate(parse(data), proposal.cohort)
    assert broken_rules(parse(data), proposal.cohort) == []


def test_the_generator_gives_the_same_pool_everywhere() -> None:
    assert [instances.digest(instances.make(size, level, 1)) for size, level in [(60, "tight"), (300, "gap")]] == [
        "47806c75b7355b45",
        "7e3d5fdddceae210",
    ]


def test_another_published_seed_draws_another_of_equally_good_cohorts() -> None:
    people = [{"id": f"P{k}", "score": 300, "org": None} for k in range(8)]
    data = {"panel": 2, "people": people, "targets": []}
    drawn = {propose({**data, "lottery_seed": f"seed-{k}"}).cohort for k in range(6)}
    assert len(drawn) > 1
    assert propose(data).cohort == propose(data).cohort


def test_a_group_left_out_counts_more_than_any_number_of_seats() -> None:
    def person(one: str, *held: str) -> dict[str, Any]:
        return {"id": one, "score": 300, "org": None, "field": list(held)}

    data = {
        "panel": 3,
        "people": [person("x1", "x"), person("x2", "x"), person("x3", "x"), person("y1", "y")],
        "targets": [
            {"factor": "field", "value": "x", "kind": "multi", "min": 3, "ideal100": 300, "max": 3, "priority": 1},
            {"factor": "field", "value": "y", "kind": "multi", "min": 1, "ideal100": 100, "max": 1, "priority": 1},
        ],
    }
    proposal = propose(data)
    assert "y1" in proposal.cohort
    words = gap_words(parse(data), proposal.vector["gap1"], 1)
    assert (words.left_out, words.half_or_less, words.seats_missing) == (0, 0, 1)


def test_progress_is_told_and_can_stop_the_work() -> None:
    data, seen = instances.make(60, "tight", 1), []
    propose(data, lambda name, done, of: seen.append((name, done, of)))
    assert list(dict.fromkeys(name for name, _, _ in seen))[-2:] == ["score", "ticket"]
    assert all(0 <= done < of for _, done, of in seen)
    with pytest.raises(Cancelled):
        propose(data, lambda name, done, of: name != "score")


def test_after_a_stop_the_worker_takes_no_further_step() -> None:
    """Counted, not timed: the next step is the one that sees the stop, whichever step it is."""

    class Counting(solver.CpSat):
        steps = 0

        def minimise(self, *given: Any, **more: Any) -> solver.SolverAnswer:
            self.steps += 1
            return super().minimise(*given, **more)

        def relax(self, *given: Any) -> solver.Relaxation | None:
            self.steps += 1
            return super().relax(*given)

    data, whole = instances.make(60, "gap", 1), Counting()
    propose(data, backend=whole)
    assert whole.steps > 4
    for stop_at in range(whole.steps):
        stopped = Counting()

        def at_the_step(mine: Counting = stopped, last: int = stop_at) -> None:
            if mine.steps > last:
                raise Cancelled

        stopped.pulse = at_the_step
        with pytest.raises(Cancelled):
            propose(data, backend=stopped)
        assert stopped.steps == stop_at + 1


def test_a_stop_does_not_wait_for_a_search_that_is_slow_to_end() -> None:
    """The search here ends only when the test lets it, and the caller has gone on before."""
    go_on, told = threading.Event(), []

    class Slow:
        def solve(self, _model: object) -> int:
            go_on.wait()
            return 0

        def stop_search(self) -> None:
            told.append("stop")

    def stop() -> None:
        raise Cancelled

    backend = solver.CpSat(pulse=stop)
    try:
        with pytest.raises(Cancelled):
            backend._solve(Slow(), None)
        assert (told, go_on.is_set()) == (["stop"], False)
        assert [t.name for t in threading.enumerate() if t.name == "solver"] == ["solver"]
    finally:
        go_on.set()


def test_one_seat_for_an_organization_if_it_can_be_and_two_at_most() -> None:
    """The soft limit gives way for a floor; the hard one does not, and a gap stays."""
    people = [{"id": f"n{k}", "score": 400, "org": "big", "field": ["x"]} for k in range(3)]
    people += [{"id": f"o{k}", "score": 200, "org": None, "field": []} for k in range(3)]
    target = {"factor": "field", "value": "x", "kind": "multi", "min": 3, "ideal100": 300, "max": 3, "priority": 1}
    rules = {"org_cap": 1, "org_max": 2}
    both = propose({"panel": 3, "people": people, "targets": [target], "rules": rules})
    assert (sum(one.startswith("n") for one in both.cohort), both.vector["org"]) == (2, 1)
    assert (
        both.status,
        gap_words(parse({"panel": 3, "people": people, "targets": [target]}), both.vector["gap1"], 1).seats_missing,
    ) == ("optimal", 1)
    soft = propose({"panel": 3, "people": people, "targets": [target], "rules": {"org_cap": 1}})
    assert (sum(one.startswith("n") for one in soft.cohort), soft.vector["org"]) == (3, 2)
    with pytest.raises(BadInput, match=r"rules\.org_max"):
        parse({"panel": 3, "people": people, "targets": [], "rules": {"org_cap": 2, "org_max": 1}})


def test_too_few_people_or_too_many_pins_say_why_without_a_solve() -> None:
    people = [{"id": one, "score": 300, "org": None} for one in "abc"]
    assert (
        propose({"panel": 4, "people": people, "targets": []}).status,
        propose({"panel": 4, "people": people, "targets": []}).reason,
    ) == ("infeasible", "pool")
    pinned = {"panel": 1, "people": people, "targets": [], "rules": {"pin_in": ["a", "b"]}}
    assert propose(pinned).reason == "seats"
    both = {"panel": 1, "people": people, "targets": [], "rules": {"pin_in": ["a"], "pin_out": ["a"]}}
    assert propose(both).reason == "pins"


def test_the_solver_package_is_not_loaded_until_something_is_solved() -> None:
    code = "import sys, applications.selection; sys.exit(any(m.startswith('ortools') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
