"""The smallest set of rules that cannot hold together.

Method: the smallest unsatisfiable subset is the smallest hitting set of all correction sets that is
itself unsatisfiable (Ignatiev, Previti, Liffiton and Marques-Silva 2015, "Smallest MUS extraction
with minimal hitting set dualization"). Each round asks for the smallest set of rules that hits every
correction set found so far; if those rules cannot hold together they are the answer, and if they can,
the largest set of rules around them that can gives one more correction set.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from applications.selection.model import FREE, Objective, Programme
from applications.selection.problem import Problem
from applications.selection.solver import INFEASIBLE, OPTIMAL, Backend, CpSat

MOST_ROUNDS = 200


@dataclass(frozen=True)
class ConflictRule:
    """One rule of a conflict. ``code``: seats, at_least, at_most, pin_in, pin_out, apart or org_cap."""

    code: str
    number: int = 0
    factor: str = ""
    value: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Core:
    """``rules`` is empty when everything can hold together. ``smallest`` is False when only a minimal set was found."""

    feasible: bool
    rules: tuple[ConflictRule, ...] = ()
    smallest: bool = True


def rules_of(problem: Problem, *, targets: bool) -> list[ConflictRule]:
    """All rules of a problem that can be part of a conflict, hard ones first."""
    given = problem.rules
    rules = [ConflictRule("seats", problem.seats_min)]
    rules += [ConflictRule("pin_in", people=(one,)) for one in given.pin_in]
    rules += [ConflictRule("pin_out", people=(one,)) for one in given.pin_out]
    rules += [ConflictRule("apart", people=pair) for pair in given.conflicts]
    if given.hard_cap is not None:
        rules.append(ConflictRule("org_cap", given.hard_cap))
    if targets and given.soft_cap is not None and given.soft_cap != given.hard_cap:
        rules.append(ConflictRule("org_cap", given.soft_cap))
    if targets:
        for target in problem.targets:
            if target.min > 0:
                rules.append(ConflictRule("at_least", target.min, target.factor, target.value))
            if target.max < problem.seats:
                rules.append(ConflictRule("at_most", target.max, target.factor, target.value))
    return rules


def core(problem: Problem, *, targets: bool = True, backend: Backend | None = None) -> Core:
    """The smallest set of rules that cannot hold together, or ``feasible``.

    Hard rules are looked at first, on their own: if they already exclude each other, targets have
    nothing to do with it. With ``targets`` false only hard rules count.
    """
    backend = backend or CpSat(limit=30)
    found = _smallest(problem, rules_of(problem, targets=False), backend)
    if not found.feasible or not targets:
        return found
    return _smallest(problem, rules_of(problem, targets=True), backend)


def _smallest(problem: Problem, rules: Sequence[ConflictRule], backend: Backend) -> Core:
    everything = set(range(len(rules)))
    kept = _largest(problem, rules, (), backend)
    if kept is None or kept == everything:
        return Core(feasible=True)
    correction = [everything - kept]
    for _ in range(MOST_ROUNDS):
        hitting = _hit(correction, len(rules), backend)
        around = _largest(problem, rules, hitting, backend)
        if around is None:
            return Core(False, tuple(rules[r] for r in sorted(hitting)))
        correction.append(everything - around)
    return Core(False, _delete(problem, rules, backend), smallest=False)


def _hit(sets: Sequence[Collection[int]], n: int, backend: Backend) -> set[int]:
    """A smallest set with a member in each of ``sets``; the first rules are preferred among equals."""
    model = Programme()
    for _ in range(n):
        model.column(0, 1)
    for one in sets:
        model.row(sorted(one), [1] * len(one), 1, FREE)
    big = n * n
    goal = Objective("fewest", range(n), [big + k for k in range(n)])
    solution = backend.minimise(model, goal).solution or [1] * n
    return {k for k in range(n) if solution[k]}


def _largest(
    problem: Problem, rules: Sequence[ConflictRule], must: Collection[int], backend: Backend
) -> set[int] | None:
    """The largest set of rules that can hold together with all of ``must`` in it; None if there is none."""
    model, switches = _switched(problem, rules)
    for r in must:
        model.low[switches[r]] = 1
    goal = Objective("most", switches, [-1] * len(switches))
    answer = backend.minimise(model, goal)
    if answer.status == INFEASIBLE:
        return None
    if answer.solution is None or answer.status != OPTIMAL:
        raise TimeoutError("the conflict could not be worked out in time")
    return {r for r, column in enumerate(switches) if answer.solution[column]}


def _switched(problem: Problem, rules: Sequence[ConflictRule]) -> tuple[Programme, list[int]]:
    """A model in which each rule has a switch: with the switch on, the rule holds."""
    model = Programme()
    xs = [model.column(0, 1) for _ in problem.people]
    model.row(xs, [1] * len(xs), 0, problem.seats)
    places = {(target.factor, target.value): t for t, target in enumerate(problem.targets)}
    switches = []

    def at_least(columns: Sequence[int], number: int, switch: int) -> None:
        model.row([*columns, switch], [1] * len(columns) + [-number], 0, FREE)

    def at_most(columns: Sequence[int], number: int, switch: int) -> None:
        if len(columns) > number:
            slack = len(columns) - number
            model.row([*columns, switch], [1] * len(columns) + [slack], -FREE, number + slack)

    for rule in rules:
        switch = model.column(0, 1)
        switches.append(switch)
        who = [problem.index[one] for one in rule.people]
        if rule.code == "seats":
            at_least(xs, rule.number, switch)
        elif rule.code == "at_least":
            at_least(problem.holders[places[rule.factor, rule.value]], rule.number, switch)
        elif rule.code == "at_most":
            at_most(problem.holders[places[rule.factor, rule.value]], rule.number, switch)
        elif rule.code == "pin_in":
            at_least(who, 1, switch)
        elif rule.code == "pin_out":
            at_most(who, 0, switch)
        elif rule.code == "apart":
            at_most(who, 1, switch)
        else:
            for members in problem.members.values():
                at_most(members, rule.number, switch)
    return model, switches


def _delete(problem: Problem, rules: Sequence[ConflictRule], backend: Backend) -> tuple[ConflictRule, ...]:
    """A set from which no rule can be left out, by trying each in turn (when the smallest takes too long)."""
    fits: Callable[[Sequence[int]], bool] = lambda kept: _largest(problem, rules, kept, backend) is not None  # noqa: E731
    kept = list(range(len(rules)))
    for r in list(kept):
        trial = [k for k in kept if k != r]
        if not fits(trial):
            kept = trial
    return tuple(rules[r] for r in kept)
