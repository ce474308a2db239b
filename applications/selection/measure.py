"""How good a cohort is: one vector of whole numbers, compared from left to right, lower is better.

Seats and score are better when larger, so the vector holds them with a minus sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from applications.selection.problem import Problem, SolverTarget


@dataclass(frozen=True)
class GapWords:
    """A gap number taken apart again."""

    left_out: int
    half_or_less: int
    seats_missing: int


def gap_words(problem: Problem, value: int, priority: int) -> GapWords:
    """Take one ``gap`` number apart: groups left out, of the others those at half or less, and seats missing.

    A group left out is also at half or less; ``half_or_less`` counts both, as the number does.
    """
    half, out = problem.gap_weights[priority]
    left_out, rest = divmod(value, out)
    few, seats = divmod(rest, half)
    return GapWords(left_out, few, seats)


def gap_of(problem: Problem, target: SolverTarget, count: int) -> int:
    """What one target adds to the ``gap`` number of its priority class when ``count`` people hold its value."""
    half, out = problem.gap_weights[target.priority]
    short = target.min - count
    return short + half * (short >= target.half) + out * (short >= target.min) if short > 0 else 0


def gap_cost(problem: Problem, counts: Sequence[int], priority: int) -> int:
    """The ``gap`` number of one priority class for these counts per target."""
    return sum(
        gap_of(problem, target, count)
        for target, count in zip(problem.targets, counts, strict=True)
        if target.priority == priority
    )


def counts_of(problem: Problem, places: Iterable[int]) -> list[int]:
    """How many of these applicants hold the value of each target."""
    counts = [0] * len(problem.targets)
    for i in places:
        for t in problem.held[i]:
            counts[t] += 1
    return counts


def org_excess(problem: Problem, places: Iterable[int]) -> int:
    """Seats above the organization cap, summed over organizations."""
    cap = problem.rules.org_cap
    if cap is None:
        return 0
    seen: dict[str, int] = {}
    for i in places:
        org = problem.people[i].org
        if org is not None:
            seen[org] = seen.get(org, 0) + 1
    return sum(max(0, count - cap) for count in seen.values())


def vector_of(
    problem: Problem, counts: Sequence[int], seats: int, excess: int, score: int, ticket: int
) -> tuple[int, ...]:
    """The whole vector, in the order of ``problem.stage_names``."""
    over = sum(max(0, count - target.max) for target, count in zip(problem.targets, counts, strict=True))
    dev = sum(abs(100 * count - target.ideal100) for target, count in zip(problem.targets, counts, strict=True))
    gaps = [gap_cost(problem, counts, p) for p in problem.priorities]
    return (-seats, *gaps, over, excess, dev, -score, ticket)


def vector_at(problem: Problem, places: Sequence[int]) -> tuple[int, ...]:
    """The vector of the applicants at these places."""
    return vector_of(
        problem,
        counts_of(problem, places),
        len(places),
        org_excess(problem, places),
        sum(problem.people[i].score for i in places),
        sum(problem.tickets[i] for i in places),
    )


def evaluate(problem: Problem, cohort: Sequence[str]) -> dict[str, int]:
    """The vector of a cohort of applicant ids, by stage name."""
    return dict(zip(problem.stage_names, vector_at(problem, problem.places(cohort)), strict=True))


def broken_rules(problem: Problem, cohort: Sequence[str]) -> list[str]:
    """The hard rules that a cohort breaks: ``seats``, ``pin_in:A``, ``pin_out:A``, ``apart:A:B``, ``org:O``."""
    inside, rules, broken = set(cohort), problem.rules, []
    if not problem.seats_min <= len(inside) <= problem.seats:
        broken.append("seats")
    broken += [f"pin_in:{one}" for one in rules.pin_in if one not in inside]
    broken += [f"pin_out:{one}" for one in rules.pin_out if one in inside]
    broken += [f"apart:{a}:{b}" for a, b in rules.conflicts if a in inside and b in inside]
    if rules.hard_cap is not None:
        chosen = {problem.index[one] for one in cohort}
        broken += [
            f"org:{org}"
            for org, members in problem.members.items()
            if len(chosen.intersection(members)) > rules.hard_cap
        ]
    return broken


def first_worse(problem: Problem, best: dict[str, int], other: dict[str, int]) -> tuple[str, int] | None:
    """The first stage at which two vectors differ, and by how much ``other`` is worse; None when they are equal."""
    for name in problem.stage_names:
        if best[name] != other[name]:
            return name, other[name] - best[name]
    return None
