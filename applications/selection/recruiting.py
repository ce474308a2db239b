"""Who is missing from the pool: the fewest further applicants that would close every gap."""

from __future__ import annotations

import math
from dataclasses import dataclass

from applications.selection.model import FREE, Model, Objective
from applications.selection.problem import Problem
from applications.selection.solver import Backend, CpSat

RARE, COMMON = 0.08, 0.2  # share of the pool below which a trait is rare, above which it is not worth asking for


@dataclass(frozen=True)
class Recruit:
    """``applicants``: what each hypothetical applicant would hold; ``asks``: the same without common traits.

    ``status`` is the solver's: ``infeasible`` means that even that many more people would not be enough.
    """

    status: str
    more: int = 0
    applicants: tuple[tuple[tuple[str, str], ...], ...] = ()
    asks: tuple[tuple[tuple[str, str], ...], ...] = ()


def recruit(problem: Problem, *, most: int = 10, max_rare: int = 2, backend: Backend | None = None) -> Recruit:
    """Fewest further applicants that would close every gap, and the least surprising ones among those.

    Each one holds at most one value of a factor that takes one and up to two of a factor that takes
    several, and at most ``max_rare`` values that are rare in the pool, so that nobody is asked to
    find one person with nine rare traits. Ceilings hold where the pool allows it; if they cannot,
    only the floors count.
    """
    backend = backend or CpSat(limit=60)
    found = _recruit(problem, most, max_rare, backend, ceilings=True)
    return found if found.status != "infeasible" else _recruit(problem, most, max_rare, backend, ceilings=False)


def _recruit(problem: Problem, most: int, max_rare: int, backend: Backend, *, ceilings: bool) -> Recruit:
    model = Model(problem, spare=most)
    if model.contradiction:
        return Recruit("infeasible")
    targets = range(len(problem.targets))
    out = {problem.index[one] for one in problem.rules.pin_out}
    share = [(sum(i not in out for i in problem.holders[t]) + 0.5) / (len(problem.people) + 1) for t in targets]
    surprise = [round(-100 * math.log2(min(s, 1.0))) + 1 for s in share]
    comes = [model.column(0, 1) for _ in range(most)]
    holds = [[model.column(0, 1) for _ in targets] for _ in range(most)]
    seats = model.rows[model.seats_row]
    model.rows[model.seats_row] = type(seats)(
        [*seats.columns, *comes], [*seats.coefficients, *([1] * most)], seats.low, seats.high
    )
    factors: dict[tuple[str, str], list[int]] = {}
    for t, target in enumerate(problem.targets):
        factors.setdefault((target.factor, target.kind), []).append(t)
    for g in range(most):
        for (_, kind), mine in factors.items():
            limit = 1 if kind == "single" else 2
            model.row([*(holds[g][t] for t in mine), comes[g]], [1] * len(mine) + [-limit], -FREE, 0)
        rare = [holds[g][t] for t in targets if share[t] < RARE]
        model.row(rare, [1] * len(rare), -FREE, max_rare)
        if g:
            model.row([comes[g - 1], comes[g]], [1, -1], 0, FREE)  # the first ones come first
    for t, target in enumerate(problem.targets):
        columns = [model.count[t], *(holds[g][t] for g in range(most))]
        model.row(columns, [1] * len(columns), target.min, target.max if ceilings else FREE)
    # the targets' own shortfall columns count only those who are in the pool, so they do not bind
    few = Objective("more", comes, [1] * most)
    answer = backend.minimise(model, few)
    if answer.solution is None:
        return Recruit(answer.status)
    model.at_most(few, answer.value)
    flat = [column for row in holds for column in row]
    plain = Objective("surprise", flat, surprise * most)
    likely = backend.minimise(model, plain, answer.solution)
    solution = likely.solution or answer.solution
    who = [[t for t in targets if solution[holds[g][t]]] for g in range(most) if solution[comes[g]]]

    def names(places: list[int]) -> tuple[tuple[str, str], ...]:
        return tuple((problem.targets[t].factor, problem.targets[t].value) for t in places)

    asks = tuple(sorted(names([t for t in mine if share[t] < COMMON]) for mine in who))
    return Recruit(answer.status, answer.value, tuple(sorted(map(names, who))), asks)
