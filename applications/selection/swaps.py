"""Explanations that need no solver: one seat is plain enumeration, exact and at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from applications.selection.measure import broken_rules, counts_of, evaluate, org_excess, vector_of
from applications.selection.model import FREE, Objective, Programme
from applications.selection.problem import Problem
from applications.selection.solver import Backend, CpSat


@dataclass(frozen=True)
class Gap:
    """A target below its floor: ``have`` of ``floor`` wanted, with ``in_pool`` applicants who could fill it."""

    factor: str
    value: str
    floor: int
    have: int
    in_pool: int


@dataclass(frozen=True)
class TargetChange:
    """What a swap does to one target. ``breaks``: was within its range and is not any more; ``mends``: the reverse."""

    factor: str
    value: str
    before: int
    after: int
    min: int
    max: int

    @property
    def breaks(self) -> bool:
        return self.min <= self.before <= self.max and not self.min <= self.after <= self.max

    @property
    def mends(self) -> bool:
        return self.min <= self.after <= self.max and not self.min <= self.before <= self.max


@dataclass(frozen=True)
class SwapEffects:
    """One person out, one in: changes target by target, hard rules newly broken, and the whole vectors."""

    out: str
    into: str
    changes: tuple[TargetChange, ...]
    broken: tuple[str, ...]
    before: dict[str, int]
    after: dict[str, int]

    @property
    def score(self) -> int:
        """Change of the total score; positive is better."""
        return self.before["score"] - self.after["score"]

    @property
    def opens_gap(self) -> bool:
        """Whether any target that reached its floor does not any more."""
        return any(c.after < c.min <= c.before for c in self.changes)


@dataclass(frozen=True)
class Replacement:
    """A possible replacement and the vector of the cohort with them."""

    id: str
    vector: dict[str, int]


@dataclass(frozen=True)
class Reserves:
    """A reserve list: how many single seats it can refill without a new gap, of how many that anybody could."""

    ids: tuple[str, ...]
    covered: int
    coverable: int
    seats: int


def gaps(problem: Problem, cohort: Sequence[str]) -> list[Gap]:
    """Targets that a cohort leaves below their floor."""
    counts = counts_of(problem, problem.places(cohort))
    out = set(problem.rules.pin_out)
    return [
        Gap(
            target.factor,
            target.value,
            target.min,
            counts[t],
            sum(1 for i in problem.holders[t] if problem.people[i].id not in out),
        )
        for t, target in enumerate(problem.targets)
        if counts[t] < target.min
    ]


def candidates(problem: Problem, stay: Collection[int], away: Collection[int] = ()) -> list[int]:
    """Places of those who may join the people who stay: not pinned out, no conflict, no hard cap broken."""
    rules = problem.rules
    bad = set(stay) | set(away) | {problem.index[one] for one in rules.pin_out}
    for i in stay:
        bad.update(problem.apart[i])
    full: set[str | None] = set()
    if rules.hard_cap is not None:
        seen: dict[str | None, int] = {}
        for i in stay:
            org = problem.people[i].org
            seen[org] = seen.get(org, 0) + 1
        full = {org for org, count in seen.items() if org is not None and count >= rules.hard_cap}
    return [i for i, person in enumerate(problem.people) if i not in bad and person.org not in full]


class _Seat:
    """A cohort with one seat empty, ready to try people in it."""

    def __init__(self, problem: Problem, stay: Sequence[int]) -> None:
        self.problem, self.stay = problem, list(stay)
        self.counts = counts_of(problem, stay)
        self.excess = org_excess(problem, stay)
        self.score = sum(problem.people[i].score for i in stay)
        self.ticket = sum(problem.tickets[i] for i in stay)
        cap = problem.rules.org_cap
        seen: dict[str, int] = {}
        for i in stay:
            org = problem.people[i].org
            if org is not None:
                seen[org] = seen.get(org, 0) + 1
        self.full = {org for org, count in seen.items() if cap is not None and count >= cap}

    def with_person(self, i: int) -> tuple[int, ...]:
        problem, person = self.problem, self.problem.people[i]
        for t in problem.held[i]:
            self.counts[t] += 1
        vector = vector_of(
            problem,
            self.counts,
            len(self.stay) + 1,
            self.excess + (person.org in self.full),
            self.score + person.score,
            self.ticket + problem.tickets[i],
        )
        for t in problem.held[i]:
            self.counts[t] -= 1
        return vector


def swap_effects(problem: Problem, cohort: Sequence[str], out: str, into: str) -> SwapEffects:
    """What changes when ``out`` leaves and ``into`` comes. Raises ``BadInput`` for an unknown id."""
    problem.places([out, into])
    if out not in cohort or into in cohort:
        raise ValueError("a swap takes one person out of the cohort and one into it")
    after = [one for one in cohort if one != out] + [into]
    was, now = counts_of(problem, problem.places(cohort)), counts_of(problem, problem.places(after))
    changes = tuple(
        TargetChange(target.factor, target.value, was[t], now[t], target.min, target.max)
        for t, target in enumerate(problem.targets)
        if was[t] != now[t]
    )
    before = set(broken_rules(problem, cohort))
    broken = tuple(code for code in broken_rules(problem, after) if code not in before)
    return SwapEffects(out, into, changes, broken, evaluate(problem, cohort), evaluate(problem, after))


def replacements(
    problem: Problem, cohort: Sequence[str], declined: str, k: int = 5, also_declined: Collection[str] = ()
) -> list[Replacement]:
    """The ``k`` best people for the seat of somebody who declined, best first; exact."""
    away = {problem.index[one] for one in also_declined} | {problem.index[declined]}
    stay = [i for i in problem.places(cohort) if i not in away]
    seat = _Seat(problem, stay)
    ranked = sorted((seat.with_person(i), problem.people[i].id) for i in candidates(problem, stay, away))
    return [Replacement(one, dict(zip(problem.stage_names, vector, strict=True))) for vector, one in ranked[:k]]


def reserves(problem: Problem, cohort: Sequence[str], size: int = 5, *, backend: Backend | None = None) -> Reserves:
    """One list of ``size`` people from which as many single seats as possible can be refilled without a new gap.

    Among lists that cover as many seats, the one with the highest total score; among those, the
    smallest sum of tickets.
    """
    places = problem.places(cohort)
    counts = counts_of(problem, places)
    can: list[list[int]] = []
    for out in places:
        needed = {t for t in problem.held[out] if counts[t] <= problem.targets[t].min}
        stay = [i for i in places if i != out]
        can.append([i for i in candidates(problem, stay, [out]) if needed.issubset(problem.held[i])])
    people = sorted(set().union(*can)) if can else []
    coverable = sum(1 for group in can if group)
    if not people:
        return Reserves((), 0, 0, len(places))
    at = {i: column for column, i in enumerate(people)}
    n, seats = len(people), len(can)
    model = Programme()  # columns: each person on the list, then each seat covered
    for _ in range(n + seats):
        model.column(0, 1)
    model.row(range(n), [1] * n, 0, size)
    for k, group in enumerate(can):
        model.row([n + k, *(at[i] for i in group)], [1] + [-1] * len(group), -FREE, 0)
    backend = backend or CpSat(limit=30)
    solution: Sequence[int] | None = None
    for goal in (
        Objective("covered", range(n, n + seats), [-1] * seats),
        Objective("score", range(n), [-problem.people[i].score for i in people]),
        Objective("ticket", range(n), [problem.tickets[i] for i in people]),
    ):
        answer = backend.minimise(model, goal, solution)
        if answer.solution is None:
            break
        solution = answer.solution
        model.at_most(goal, answer.value)
    if solution is None:
        return Reserves((), 0, coverable, seats)
    chosen = tuple(problem.people[i].id for i in people if solution[at[i]])
    return Reserves(chosen, sum(solution[n:]), coverable, seats)
