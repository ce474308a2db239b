"""The integer programme behind a proposal, as plain rows and columns that any solver can take.

    x_i in {0, 1}           applicant i is proposed
    count_t = sum of x_i over those who hold target t's value (a person may hold several)
    short_t >= min_t - count_t      over_t >= count_t - max_t      dev_t >= |100 count_t - ideal100_t|

Every coefficient is a whole number, so a solver's answer can be checked exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from applications.selection.problem import Problem

FREE = 1 << 60  # stands for no bound


@dataclass(frozen=True)
class ModelRow:
    """low <= sum of coefficients times columns <= high."""

    columns: Sequence[int]
    coefficients: Sequence[int]
    low: int
    high: int


@dataclass(frozen=True)
class Objective:
    """Something to make small: the stage's name, its columns and their coefficients."""

    name: str
    columns: Sequence[int]
    coefficients: Sequence[int]

    def value(self, solution: Sequence[int]) -> int:
        return sum(c * solution[i] for i, c in zip(self.columns, self.coefficients, strict=True))


class Programme:
    """Columns with bounds, and rows over them."""

    def __init__(self) -> None:
        self.low: list[int] = []
        self.high: list[int] = []
        self.rows: list[ModelRow] = []

    def column(self, low: int, high: int) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def row(self, columns: Sequence[int], coefficients: Sequence[int], low: int, high: int) -> int:
        self.rows.append(ModelRow(columns, coefficients, low, high))
        return len(self.rows) - 1

    def mark(self) -> tuple[list[int], list[int], int]:
        """How the programme stands now, for :meth:`back_to`."""
        return list(self.low), list(self.high), len(self.rows)

    def back_to(self, mark: tuple[list[int], list[int], int]) -> None:
        """Forget bounds and rows that came after ``mark``."""
        self.low, self.high = list(mark[0]), list(mark[1])
        del self.rows[mark[2] :]

    def at_most(self, objective: Objective, value: int) -> None:
        """Freeze a stage: from here on it may not be worse than ``value``."""
        self.row(objective.columns, objective.coefficients, -FREE, value)


class Model(Programme):
    """Rows, columns and stages for a problem, with some applicants forced in or out.

    ``require`` and ``forbid`` hold places of applicants and go before pins. ``spare`` is
    how many hypothetical applicants a caller will add to the counts.
    """

    def __init__(
        self, problem: Problem, require: Iterable[int] = (), forbid: Iterable[int] = (), *, spare: int = 0
    ) -> None:
        super().__init__()
        self.problem = problem
        people = range(len(problem.people))
        for _ in people:
            self.column(0, 1)
        self.contradiction: tuple[str, ...] = ()
        self._pin(set(require), set(forbid))
        self.seats_row = self.row(list(people), [1] * len(people), problem.seats_min, problem.seats)
        for a, b in problem.rules.conflicts:
            self.row([problem.index[a], problem.index[b]], [1, 1], -FREE, 1)
        self.stages: list[Objective] = []
        self.excess = self._organizations()
        self._targets(spare)
        xs = list(people)
        if problem.seats_min < problem.seats:
            self.stages.append(Objective("seats", xs, [-1] * len(xs)))
        self._gaps()
        if self.over:
            self.stages.append(Objective("over", self.over, [1] * len(self.over)))
        if self.excess:
            self.stages.append(Objective("org", self.excess, [1] * len(self.excess)))
        self.stages.append(Objective("dev", self.dev, [1] * len(self.dev)))
        self.stages.append(Objective("score", xs, [-person.score for person in problem.people]))
        self.stages.append(Objective("ticket", xs, problem.tickets))

    def stage(self, name: str) -> Objective:
        return next(stage for stage in self.stages if stage.name == name)

    def chosen(self, solution: Sequence[int]) -> list[int]:
        """Places of the applicants that a solution chooses."""
        return [i for i in range(len(self.problem.people)) if solution[i]]

    def _pin(self, require: set[int], forbid: set[int]) -> None:
        problem, rules = self.problem, self.problem.rules
        pinned_in = {problem.index[one] for one in rules.pin_in} - forbid
        pinned_out = {problem.index[one] for one in rules.pin_out} - require
        both = sorted((require & forbid) | (pinned_in & pinned_out))
        if both:
            self.contradiction = tuple(problem.people[i].id for i in both)
        for i in pinned_in | require:
            self.low[i] = 1
        for i in pinned_out | forbid:
            self.low[i] = self.high[i] = 0

    def _organizations(self) -> list[int]:
        """A row for each organization that could meet a limit; returns the columns of seats above the soft one."""
        problem, excess = self.problem, []
        hard, soft = problem.rules.hard_cap, problem.rules.soft_cap
        for members in problem.members.values():
            most = min(problem.seats, len(members))
            if hard is not None and most > hard:
                self.row(members, [1] * len(members), -FREE, hard)
                most = hard
            if soft is not None and most > soft:
                column = self.column(0, most - soft)
                self.row([*members, column], [1] * len(members) + [-1], -FREE, soft)
                excess.append(column)
        return excess

    def _targets(self, spare: int) -> None:
        problem = self.problem
        self.count: list[int] = []
        self.short: dict[int, int] = {}
        self.over: list[int] = []
        self.dev: list[int] = []
        for t, target in enumerate(problem.targets):
            who = problem.holders[t]
            count = self.column(0, min(problem.seats + spare, len(who) + spare))
            self.count.append(count)
            self.row([*who, count], [1] * len(who) + [-1], 0, 0)  # the only dense row of a target
            if target.min > 0:
                self.short[t] = self.column(0, target.min)
                self.row([count, self.short[t]], [1, 1], target.min, FREE)
            if target.max < self.high[count]:
                over = self.column(0, self.high[count] - target.max)
                self.row([count, over], [1, -1], -FREE, target.max)
                self.over.append(over)
            ideal = target.ideal100
            dev = self.column(0, max(ideal, 100 * self.high[count] - ideal, 0))
            self.dev.append(dev)
            self.row([count, dev], [100, -1], -FREE, ideal)
            self.row([count, dev], [100, 1], ideal, FREE)
            whole, rest = divmod(ideal, 100)
            if rest:  # the hull of |100 c - ideal| over whole seats: tightens the relaxation
                slope = 100 - 2 * rest
                self.row([count, dev], [-slope, 1], rest - slope * whole, FREE)

    def _gaps(self) -> None:
        """One stage per priority class: left out, then half or less, then seats (see ``Problem.gap_weights``)."""
        problem = self.problem
        for p in problem.priorities:
            weight_half, weight_out = problem.gap_weights[p]
            weights: dict[int, int] = {}
            for t, short in self.short.items():
                target = problem.targets[t]
                if target.priority != p:
                    continue
                weights[short] = 1
                out = self.column(0, 1)
                self.row([short, out], [1, -1], -FREE, target.min - 1)
                few = out
                if target.half < target.min:
                    few = self.column(0, 1)
                    self.row([short, few], [1, -(target.min - target.half + 1)], -FREE, target.half - 1)
                weights[out] = weights.get(out, 0) + weight_out
                weights[few] = weights.get(few, 0) + weight_half
            if weights:
                self.stages.append(Objective(f"gap{p}", list(weights), list(weights.values())))

    def shortlist(self, per_target: int = 12, overall: int = 100) -> set[int]:
        """Places of promising applicants: the best scores of all, and of each target's value."""
        problem = self.problem

        def best(places: Iterable[int], k: int) -> list[int]:
            return sorted(places, key=lambda i: (-problem.people[i].score, i))[:k]

        out = set(best(range(len(problem.people)), overall))
        for who in problem.holders:
            out.update(best(who, per_target))
        return {i for i in out if self.high[i]} | {i for i in range(len(problem.people)) if self.low[i]}
