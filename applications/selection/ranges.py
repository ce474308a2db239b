"""Which counts each target can still have: bounds that follow from the pool and from stages already proved.

A stage that is frozen at the best value the pool allows leaves each target few counts. Written into the
model, they make the search several times shorter and take no cohort away that could still be best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from applications.selection.measure import gap_of
from applications.selection.model import FREE, Model
from applications.selection.problem import Problem


@dataclass(frozen=True)
class FactorTargets:
    """The targets (by place) of one factor. ``least``: for each and each allowed count, the factor's least distance."""

    places: tuple[int, ...]
    floor: int
    least: tuple[tuple[int, ...], ...]


class Ranges:
    """Counts that are possible for each target of a model, as lists of whole numbers. Never empty.

    ``possible`` turns False when what is asked for cannot be.
    """

    def __init__(self, model: Model) -> None:
        problem, n = model.problem, len(model.problem.people)
        self.problem, self.possible = problem, True
        self.open = [i for i in range(n) if model.high[i]]
        pool, forced = [0] * len(problem.targets), [0] * len(problem.targets)
        for i in self.open:
            for t in problem.held[i]:
                pool[t] += 1
                forced[t] += model.low[i]
        self.allowed = [
            list(range(low, min(problem.seats, high) + 1)) or [low] for low, high in zip(forced, pool, strict=True)
        ]

    # ---------------------------------------------------------------- what cannot be beaten
    def floors(self) -> dict[str, int]:
        """For each stage before the score, a value that no cohort with these counts can beat."""
        floors = {"seats": -self.problem.seats, "org": 0, "dev": sum(factor.floor for factor in self.factors())}
        for name in self._by_target():
            floors[name] = sum(min(costs) for _, costs in self._costs(name))
        return floors

    def factors(self) -> list[FactorTargets]:
        """Each factor with its least distance from the ideal, whoever is chosen."""
        groups: dict[tuple[str, str], list[int]] = {}
        for t, target in enumerate(self.problem.targets):
            groups.setdefault((target.factor, target.kind), []).append(t)
        return [self._factor(kind, places) for (_, kind), places in groups.items()]

    # ---------------------------------------------------------------- narrowing
    def limit(self, ceilings: Mapping[str, int]) -> None:
        """Leave only counts with which these stages can stay at or below their ceilings."""
        for name in self._by_target():
            if name not in ceilings:
                continue
            rows = self._costs(name)
            room = ceilings[name] - sum(min(costs) for _, costs in rows)
            for t, costs in rows:
                best = min(costs)
                self._keep(t, [cost - best <= room for cost in costs])
        if "dev" in ceilings:
            factors = self.factors()
            room = ceilings["dev"] - sum(factor.floor for factor in factors)
            for factor in factors:
                for t, least in zip(factor.places, factor.least, strict=True):
                    self._keep(t, [cost <= factor.floor + room for cost in least])

    def write(self, model: Model, ceilings: Mapping[str, int]) -> None:
        """Write the ranges into the bounds of a model's columns, and the least distance of each factor as rows."""
        for t, allowed in enumerate(self.allowed):
            target = self.problem.targets[t]
            _bound(model, model.count[t], allowed[0], allowed[-1])
            distances = [abs(100 * count - target.ideal100) for count in allowed]
            _bound(model, model.dev[t], min(distances), max(distances))
            if t in model.short:
                _bound(model, model.short[t], target.min - allowed[-1], target.min - allowed[0])
        for column in model.excess:
            _bound(model, column, 0, ceilings.get("org", FREE))
        for factor in self.factors():
            model.row([model.dev[t] for t in factor.places], [1] * len(factor.places), factor.floor, FREE)

    # ---------------------------------------------------------------- inside
    def _by_target(self) -> list[str]:
        return [*(f"gap{p}" for p in self.problem.priorities), "over"]

    def _costs(self, name: str) -> list[tuple[int, list[int]]]:
        """For each target that counts in a stage, what each of its allowed counts costs there."""
        rows = []
        for t, target in enumerate(self.problem.targets):
            if name == "over":
                rows.append((t, [max(0, count - target.max) for count in self.allowed[t]]))
            elif name == f"gap{target.priority}":
                rows.append((t, [gap_of(self.problem, target, count) for count in self.allowed[t]]))
        return rows

    def _keep(self, t: int, fits: Sequence[bool]) -> None:
        kept = [count for count, fit in zip(self.allowed[t], fits, strict=True) if fit]
        if kept:
            self.allowed[t] = kept
        else:
            self.possible = False

    def _factor(self, kind: str, places: list[int]) -> FactorTargets:
        problem = self.problem
        costs = [[abs(100 * count - problem.targets[t].ideal100) for count in self.allowed[t]] for t in places]
        if kind == "multi" or problem.seats_min != problem.seats:  # the counts do not have to add up to anything
            floor = sum(map(min, costs))
            return FactorTargets(tuple(places), floor, tuple(tuple(floor - min(row) + c for c in row) for row in costs))
        mine = set(places)
        others = sum(1 for i in self.open if mine.isdisjoint(problem.held[i]))
        table = _adding_up(problem, [self.allowed[t] for t in places], costs, problem.seats - others)
        floor = min(map(min, table))
        if floor >= FREE:  # not even the pool can fill the seats; the rows of the model say so
            return FactorTargets(tuple(places), 0, tuple((0,) * len(row) for row in costs))
        return FactorTargets(tuple(places), floor, tuple(map(tuple, table)))


def _adding_up(problem: Problem, counts: list[list[int]], costs: list[list[int]], need: int) -> list[list[int]]:
    """For each value and each of its counts, the least cost of all values that add up to ``need`` seats or more."""
    seats = problem.seats

    def join(left: list[int], right: list[tuple[int, int]]) -> list[int]:
        joined = [FREE] * (seats + 1)
        for used, so_far in enumerate(left):
            if so_far < FREE:
                for count, cost in right:
                    if used + count <= seats and so_far + cost < joined[used + count]:
                        joined[used + count] = so_far + cost
        return joined

    pairs = [list(zip(row, cost, strict=True)) for row, cost in zip(counts, costs, strict=True)]
    start = [0] + [FREE] * seats
    before, after = [start], [start]
    for row in pairs:
        before.append(join(before[-1], row))
    for row in reversed(pairs):
        after.append(join(after[-1], row))
    after.reverse()
    table = []
    for k, row in enumerate(pairs):
        rest = join(before[k], [(used, cost) for used, cost in enumerate(after[k + 1]) if cost < FREE])
        low = max(need, 0)
        table.append(
            [
                min(
                    (rest[used] + cost for used in range(max(low - count, 0), seats - count + 1) if rest[used] < FREE),
                    default=FREE,
                )
                for count, cost in row
            ]
        )
    return table


def _bound(model: Model, column: int, low: int, high: int) -> None:
    model.low[column] = max(model.low[column], low)
    model.high[column] = max(min(model.high[column], high), model.low[column])
