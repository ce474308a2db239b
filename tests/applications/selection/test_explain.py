"""Every explanation agrees with solving again, by exhaustive search."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings

from applications.selection import (
    Reserves,
    alternatives,
    core,
    frontier,
    gaps,
    instances,
    parse,
    propose,
    recruit,
    refill,
    replacements,
    reserves,
    swap_effects,
    why_in,
    why_not,
)
from applications.selection.conflict import ConflictRule
from tests.applications.selection import brute

pytestmark = pytest.mark.db  # no database, but it searches for seconds: not in -m unit
SOME = settings(max_examples=40, deadline=None)


def first_worse(a: dict[str, int], b: dict[str, int]) -> tuple[str, int] | tuple[None, int]:
    return next(((name, b[name] - a[name]) for name in a if a[name] != b[name]), (None, 0))


def people(data: dict[str, Any], ids: Any) -> list[dict[str, Any]]:
    return [person for person in data["people"] if person["id"] in ids]


@SOME
@given(brute.problems(most=7))
def test_why_in_and_why_not_are_the_best_cohorts_with_the_choice_forced(data: dict[str, Any]) -> None:
    problem, proposal = parse(data), propose(data)
    assume(proposal.cohort)
    for person in problem.index:
        inside = person in proposal.cohort
        why = (why_in if inside else why_not)(problem, proposal, person)
        expected = brute.best(data, forbid=[person]) if inside else brute.best(data, require=[person])
        if person in data["rules"]["pin_in"] + data["rules"]["pin_out"]:
            assert why.status == ("pinned_in" if inside else "pinned_out")
        elif expected is None:
            assert why.status == "infeasible"
        if expected is None:
            assert why.cohort == ()
            continue
        assert (why.vector, why.cohort) == expected
        assert (why.stage, why.by) == first_worse(dict(proposal.vector), expected[0])
        assert set(why.leave) == set(proposal.cohort) - set(why.cohort)
        assert set(why.come) == set(why.cohort) - set(proposal.cohort)


@SOME
@given(brute.problems(most=7))
def test_swaps_and_replacements_are_what_counting_again_gives(data: dict[str, Any]) -> None:
    problem, proposal = parse(data), propose(data)
    assume(proposal.cohort)
    out = proposal.cohort[0]
    stay = set(proposal.cohort) - {out}
    rows = []
    for one in problem.index:
        if one in proposal.cohort:
            continue
        effects = swap_effects(problem, proposal.cohort, out, one)
        after = people(data, stay | {one})
        assert effects.after == brute.vector(data, after)
        assert effects.before == dict(proposal.vector)
        for change in effects.changes:
            count = sum(change.value in brute.values(p, change.factor) for p in after)
            assert (change.after, abs(change.after - change.before)) == (count, 1)
        unpinned = {**data, "rules": {**data["rules"], "pin_in": []}}
        if brute.allowed(unpinned, stay | {one}):
            rows.append((tuple(effects.after.values()), one))
            assert not [code for code in effects.broken if not code.startswith("pin_in")]
    found = replacements(problem, proposal.cohort, out, k=99)
    assert [(tuple(r.vector.values()), r.id) for r in found] == sorted(rows)


@SOME
@given(brute.problems(most=7))
def test_refill_is_the_best_with_those_who_stay_fixed(data: dict[str, Any]) -> None:
    problem, proposal = parse(data), propose(data)
    assume(len(proposal.cohort) > 1)
    declined = list(proposal.cohort[:2])
    stay = [one for one in proposal.cohort if one not in declined]
    found, expected = refill(problem, proposal.cohort, declined), brute.best(data, stay, declined)
    assert (dict(found.vector), found.cohort) == (expected or ({}, ()))


@SOME
@given(brute.problems(most=7))
def test_reserves_cover_as_many_single_seats_as_any_list_could(data: dict[str, Any]) -> None:
    problem, proposal = parse(data), propose(data)
    assume(proposal.cohort)
    short = {(gap.factor, gap.value): gap.floor - gap.have for gap in gaps(problem, proposal.cohort)}

    def covers(out: str, one: str) -> bool:
        after = set(proposal.cohort) - {out} | {one}
        unpinned = {**data, "rules": {**data["rules"], "pin_in": []}}
        missing = {(g.factor, g.value): g.floor - g.have for g in gaps(problem, sorted(after))}
        return brute.allowed(unpinned, after) and all(n <= short.get(key, 0) for key, n in missing.items())

    others = [one for one in problem.index if one not in proposal.cohort]

    def covered(chosen: Any) -> int:
        return sum(any(covers(out, one) for one in chosen) for out in proposal.cohort)

    found = reserves(problem, proposal.cohort, size=2)
    most = max((covered(chosen) for k in (0, 1, 2) for chosen in combinations(others, k)), default=0)
    assert (found.covered, covered(found.ids), found.coverable) == (most, most, covered(others))


@SOME
@given(brute.problems(most=7, flexible=False))
def test_alternatives_keep_the_gaps_and_are_the_best_that_differ_enough(data: dict[str, Any]) -> None:
    problem, proposal = parse(data), propose(data)
    assume(proposal.cohort)
    seen = [proposal.cohort]
    early = [name for name in problem.stage_names if name not in ("dev", "score", "ticket")]
    everything = list(brute.cohorts(data))
    for found in alternatives(problem, proposal, k=2, min_changes=1, dev_slack=100):
        fits = [
            (vector["score"], vector["ticket"], cohort)
            for vector, cohort in everything
            if all(vector[name] <= proposal.vector[name] for name in early)
            and vector["dev"] <= proposal.vector["dev"] + 100
            and all(len(set(cohort) - set(other)) >= 1 for other in seen)
        ]
        assert (found.vector["score"], found.vector["ticket"], found.cohort) == min(fits)
        assert found.changes == tuple(len(set(found.cohort) - set(other)) for other in seen)
        seen.append(found.cohort)


@SOME
@given(brute.problems(most=7))
def test_the_frontier_is_the_best_score_at_each_distance(data: dict[str, Any]) -> None:
    problem, proposal = parse(data), propose(data)
    assume(proposal.cohort)
    early = [name for name in problem.stage_names if name not in ("dev", "score", "ticket")]
    everything = [v for v, _ in brute.cohorts(data) if all(v[name] <= proposal.vector[name] for name in early)]
    for point in frontier(problem, proposal, slacks=(0, 100, 300)):
        near = [v for v in everything if v["dev"] <= proposal.vector["dev"] + point.slack]
        score = min(v["score"] for v in near)
        assert (-point.score, point.dev) == (score, min(v["dev"] for v in near if v["score"] == score))


@SOME
@given(brute.problems(most=6))
def test_the_core_cannot_hold_and_everything_smaller_can(data: dict[str, Any]) -> None:
    problem = parse(data)
    everything = rules_in_words(data)
    found = core(problem)
    if found.feasible:
        assert holds(data, everything)
        return
    names = set(found.rules)
    assert names <= everything
    assert not holds(data, names)
    assert found.smallest
    hard = {rule for rule in everything if rule.code not in ("at_least", "at_most")}
    soft = None if data["rules"]["org_cap_hard"] else data["rules"]["org_cap"]
    if soft and data["rules"].get("org_max") != soft:
        hard -= {ConflictRule("org_cap", soft)}
    pool = hard if not holds(data, hard) else everything
    for size in range(len(names)):
        assert all(holds(data, set(some)) for some in combinations(pool, size))


def rules_in_words(data: dict[str, Any]) -> set[ConflictRule]:
    rules = data["rules"]
    found = {ConflictRule("seats", data.get("panel_min", data["panel"]))}
    found |= {ConflictRule("pin_in", people=(one,)) for one in rules["pin_in"]}
    found |= {ConflictRule("pin_out", people=(one,)) for one in rules["pin_out"]}
    found |= {ConflictRule("apart", people=tuple(sorted(pair))) for pair in rules["conflicts"]}
    caps = {rules["org_cap"], rules.get("org_max")} - {None}
    if rules["org_cap_hard"]:
        caps = {min(caps)} if caps else caps
    found |= {ConflictRule("org_cap", cap) for cap in caps}
    for t in data["targets"]:
        if t["min"]:
            found.add(ConflictRule("at_least", t["min"], t["factor"], t["value"]))
        if t["max"] < data["panel"]:
            found.add(ConflictRule("at_most", t["max"], t["factor"], t["value"]))
    return found


def holds(data: dict[str, Any], rules: set[ConflictRule]) -> bool:
    """Whether some group of people, of at most as many as there are seats, keeps all these rules."""
    for size in range(data["panel"] + 1):
        for group in combinations(data["people"], size):
            ids = {p["id"] for p in group}
            orgs = [p["org"] for p in group if p["org"]]

            def count(rule: ConflictRule, group: Any = group) -> int:
                return sum(rule.value in brute.values(p, rule.factor) for p in group)

            checks = {
                "seats": lambda r, size=size: size >= r.number,
                "pin_in": lambda r, ids=ids: r.people[0] in ids,
                "pin_out": lambda r, ids=ids: r.people[0] not in ids,
                "apart": lambda r, ids=ids: not set(r.people) <= ids,
                "org_cap": lambda r, orgs=orgs: all(orgs.count(o) <= r.number for o in orgs),
                "at_least": lambda r, count=count: count(r) >= r.number,
                "at_most": lambda r, count=count: count(r) <= r.number,
            }
            if all(checks[rule.code](rule) for rule in rules):
                return True
    return False


@settings(max_examples=15, deadline=None)
@given(brute.problems(most=7, flexible=False))
def test_the_people_to_recruit_would_close_every_gap(data: dict[str, Any]) -> None:
    data = {**data, "rules": {**data["rules"], "pin_in": [], "org_cap": None, "org_max": None}}
    found = recruit(parse(data), most=4)
    if found.status != "optimal":
        return
    new = [
        {
            "id": f"new{k}",
            "score": 300,
            "org": None,
            "place": next((v for f, v in held if f == "place"), None),
            "field": [v for f, v in held if f == "field"],
        }
        for k, held in enumerate(found.applicants)
    ]
    assert len(new) == found.more
    again = propose({**data, "people": data["people"] + new})
    assert [value for name, value in again.vector.items() if name.startswith("gap") and value] == []
    if found.more == 0:
        assert gaps(parse(data), propose(data).cohort) == []


def test_a_reserve_covers_a_seat_only_if_it_holds_what_the_floor_needs() -> None:
    """One holder of x, and x has a floor of one: only another holder of x can take that seat."""

    def person(one: str, score: int, *held: str) -> dict[str, Any]:
        return {"id": one, "score": score, "org": None, "field": list(held)}

    data = {
        "panel": 2,
        "people": [person("a", 400, "x"), person("b", 390), person("c", 200, "x"), person("d", 300)],
        "targets": [
            {"factor": "field", "value": "x", "kind": "multi", "min": 1, "ideal100": 100, "max": 2, "priority": 1},
        ],
    }
    problem = parse(data)
    assert propose(data).cohort == ("a", "b")
    assert reserves(problem, ("a", "b"), size=1) == Reserves(ids=("c",), covered=2, coverable=2, seats=2)
    without = parse({**data, "people": data["people"][:2] + data["people"][3:]})
    assert reserves(without, ("a", "b"), size=1) == Reserves(ids=("d",), covered=1, coverable=1, seats=2)


def test_recruit_names_the_trait_nobody_has() -> None:
    data = instances.make(60, "tight", 1)
    for person in data["people"]:
        if person["county"] == "C5-town":
            person["county"] = "C1-metro"
    found = recruit(parse(data))
    assert found.status == "optimal"
    assert found.more >= 1
    assert ("county", "C5-town") in {ask for asks in found.asks for ask in asks}


def test_a_swap_must_take_one_out_and_one_in() -> None:
    problem = parse(instances.make(60, "tight", 1))
    with pytest.raises(ValueError):
        swap_effects(problem, ["A00001", "A00002"], "A00003", "A00004")
