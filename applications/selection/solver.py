"""The solver behind the model: OR-tools, CP-SAT for whole numbers and GLOP for the relaxation (Apache-2.0).

The packages take about half a second to load, so they are imported when a backend is made and never
when the web server starts. Another solver needs only the two methods of :class:`Backend`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from applications.selection.model import FREE, Model, Objective, Programme

OPTIMAL, FEASIBLE, INFEASIBLE, UNKNOWN = "optimal", "feasible", "infeasible", "unknown"
UNPROVED = -(1 << 62)  # stands for no bound at all
START = 160  # applicants in the first search
Pulse = Callable[[], None]  # called about twice a second while a solve runs; raising stops it


class Cancelled(Exception):  # noqa: N818 - says what happened
    """The caller asked to stop."""


@dataclass(frozen=True)
class SolverAnswer:
    """``solution`` has one value per column; ``bound`` is proved: nothing is below it."""

    status: str
    solution: list[int] | None = None
    value: int = 0
    bound: int = 0


@dataclass(frozen=True)
class Relaxation:
    """Value and reduced costs of the linear relaxation."""

    value: float
    reduced_costs: Sequence[float]


class Backend(Protocol):
    def minimise(
        self, model: Programme, objective: Objective, hint: Sequence[int] | None = None, closed: Collection[int] = ()
    ) -> SolverAnswer: ...

    def relax(self, model: Programme, objective: Objective) -> Relaxation | None: ...


class CpSat:
    """One worker by default: more do not help here, and one keeps the machine free."""

    def __init__(self, *, workers: int = 1, seed: int = 1, limit: float = 120.0, pulse: Pulse | None = None) -> None:
        from ortools.sat.python import cp_model

        self.cp, self.workers, self.seed, self.limit, self.pulse = cp_model, workers, seed, limit, pulse

    def minimise(
        self, model: Programme, objective: Objective, hint: Sequence[int] | None = None, closed: Collection[int] = ()
    ) -> SolverAnswer:
        """Minimise; applicants in ``closed`` stay out. ``hint`` is a solution to start from."""
        self._look()
        cp, shut = self.cp, set(closed)
        m = cp.CpModel()
        columns: list[Any] = [
            None if i in shut else m.new_int_var(low, high, "")
            for i, (low, high) in enumerate(zip(model.low, model.high, strict=True))
        ]
        expression = cp.LinearExpr.weighted_sum

        def total(indices: Sequence[int], coefficients: Sequence[int]) -> Any:
            if shut:
                kept = [(columns[i], c) for i, c in zip(indices, coefficients, strict=True) if i not in shut]
                return expression([k[0] for k in kept], [k[1] for k in kept])
            return expression([columns[i] for i in indices], list(coefficients))

        for row in model.rows:
            m.add_linear_constraint(total(row.columns, row.coefficients), row.low, row.high)
        m.minimize(total(objective.columns, objective.coefficients))
        if hint is not None:
            for column, value in zip(columns, hint, strict=False):
                if column is not None:
                    m.add_hint(column, int(value))
        solver = cp.CpSolver()
        solver.parameters.num_workers = self.workers
        solver.parameters.random_seed = self.seed
        solver.parameters.max_time_in_seconds = self.limit
        # Both only move time about; the proof is the same. The rows are narrow already (see ranges), so presolving
        # them again and cutting the relaxation cost more than they save: measured, the slowest proof takes a third.
        solver.parameters.cp_model_presolve = False
        solver.parameters.cut_level = 0
        status = self._solve(solver, m)
        if status == cp.INFEASIBLE:
            return SolverAnswer(INFEASIBLE)
        if status not in (cp.OPTIMAL, cp.FEASIBLE):
            return SolverAnswer(UNKNOWN)
        solution = [0 if column is None else solver.value(column) for column in columns]
        value = objective.value(solution)
        if status == cp.OPTIMAL:
            return SolverAnswer(OPTIMAL, solution, value, value)
        return SolverAnswer(FEASIBLE, solution, value, -int(-solver.best_objective_bound // 1))

    def _look(self) -> None:
        """Let the caller look in before a step that cannot be interrupted; each is well under a second."""
        if self.pulse is not None:
            self.pulse()

    def _solve(self, solver: Any, m: Any) -> Any:
        """Solve, and let the caller look in twice a second, in the caller's own thread.

        A caller who stops goes on at once: the search is told to stop and left to end by itself, which on a busy
        machine can take it many seconds. Nobody reads what it finds.
        """
        if self.pulse is None:
            return solver.solve(m)
        found: list[Any] = []
        done = threading.Event()

        def work() -> None:
            try:
                found.append(solver.solve(m))
            finally:
                done.set()

        thread = threading.Thread(target=work, name="solver", daemon=True)
        thread.start()
        try:
            while not done.wait(0.5):
                self.pulse()
        except BaseException:
            solver.stop_search()
            raise
        thread.join()
        return found[0] if found else self.cp.UNKNOWN

    def relax(self, model: Programme, objective: Objective) -> Relaxation | None:
        """Solve the linear relaxation; None when it has no answer."""
        from ortools.linear_solver import pywraplp

        self._look()
        lp = pywraplp.Solver.CreateSolver("GLOP")
        columns = [lp.NumVar(low, high, "") for low, high in zip(model.low, model.high, strict=True)]
        endless = lp.infinity()
        for row in model.rows:
            constraint = lp.Constraint(
                -endless if row.low <= -FREE else row.low, endless if row.high >= FREE else row.high
            )
            for i, c in zip(row.columns, row.coefficients, strict=True):
                constraint.SetCoefficient(columns[i], c)
        goal = lp.Objective()
        for i, c in zip(objective.columns, objective.coefficients, strict=True):
            goal.SetCoefficient(columns[i], c)
        goal.SetMinimization()
        if lp.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        return Relaxation(goal.Value(), [column.reduced_cost() for column in columns])


def minimise_priced(
    backend: Backend, model: Model, objective: Objective, hint: Sequence[int] | None, *, start: int = START
) -> SolverAnswer:
    """Exact minimisation over many applicants: the relaxation prices them, only the cheap ones are searched.

    An applicant whose reduced cost is more than (best value found - value of the relaxation) is in no
    solution that is as good (reduced cost fixing: Dantzig, Fulkerson and Johnson 1954). So an optimum
    over the cheap ones is an optimum over all.
    """
    relaxed = backend.relax(model, objective)
    if relaxed is None:
        return backend.minimise(model, objective, hint)
    return _priced(backend, model, objective, hint, relaxed, start)


def minimise_pair(
    backend: Backend,
    model: Model,
    first: Objective,
    second: Objective,
    hint: Sequence[int] | None,
    half_way: Pulse | None = None,
    *,
    start: int = START,
) -> tuple[SolverAnswer, SolverAnswer]:
    """Minimise ``first`` over the applicants, and among its optima ``second``; both answers hold the same solution.

    The first search only needs a good value. The second takes every applicant who could be in a solution
    as good (by reduced cost, as in :func:`minimise_priced`) and minimises both at once, as one number.
    """
    n = len(model.problem.people)
    relaxed = backend.relax(model, first)
    costs: Sequence[float] = [0.0] * n if relaxed is None else relaxed.reduced_costs[:n]
    if relaxed is None:
        least = -(1 << 60)
        found = backend.minimise(model, first, hint)
    else:
        least = math.ceil(relaxed.value - 1e-6)
        found = _some(backend, model, first, hint, costs, start)
    if half_way is not None:
        half_way()
    if found.solution is None:
        return found, found
    room = math.inf if relaxed is None else found.value - relaxed.value
    shut = [i for i in range(n) if costs[i] > room + 1e-4 and not found.solution[i]]
    before = model.mark()
    model.at_most(first, found.value)
    both = _together(model, first, second)
    answer = backend.minimise(model, both or first, found.solution, shut)
    if answer.solution is None or answer.status != OPTIMAL:
        model.back_to(before)
        solution = answer.solution or found.solution
        return (
            SolverAnswer(FEASIBLE, solution, first.value(solution), least),
            SolverAnswer(FEASIBLE, solution, second.value(solution), UNPROVED),
        )
    solution, value = answer.solution, first.value(answer.solution)
    if both is None:  # the numbers are too large for one: one after the other
        model.at_most(first, value)
        answer = backend.minimise(model, second, solution, shut)
        solution = answer.solution or solution
    model.back_to(before)
    proved = answer.status == OPTIMAL
    rank = second.value(solution)
    return (
        SolverAnswer(OPTIMAL, solution, value, value),
        SolverAnswer(OPTIMAL if proved else FEASIBLE, solution, rank, rank if proved else UNPROVED),
    )


def _together(model: Model, first: Objective, second: Objective) -> Objective | None:
    """One objective for two stages, the first before the second; None when its numbers would not fit in 60 bits."""
    span = 1 + sum(
        max(abs(c) * b for b in (model.low[i], model.high[i], 1))
        for i, c in zip(second.columns, second.coefficients, strict=True)
        if i >= len(model.problem.people)
    )
    weights = sorted(
        (abs(c) for i, c in zip(second.columns, second.coefficients, strict=True) if i < len(model.problem.people)),
        reverse=True,
    )
    span += sum(weights[: model.problem.seats])
    largest = max((abs(c) for c in first.coefficients), default=1)
    if span * largest * (model.problem.seats + 1) >= 1 << 60:
        return None
    joined: dict[int, int] = {}
    for i, c in zip(first.columns, first.coefficients, strict=True):
        joined[i] = joined.get(i, 0) + span * c
    for i, c in zip(second.columns, second.coefficients, strict=True):
        joined[i] = joined.get(i, 0) + c
    return Objective(f"{first.name}, {second.name}", list(joined), list(joined.values()))


def _some(
    backend: Backend, model: Model, objective: Objective, hint: Sequence[int] | None, costs: Sequence[float], start: int
) -> SolverAnswer:
    """A good solution, from the cheapest applicants (more of them where those cannot fill the seats)."""
    n = len(model.problem.people)
    order = sorted(range(n), key=lambda i: (costs[i], i))
    size = n if n <= 2 * start else start
    while True:
        keep = set(order[:size]) | {i for i in range(n) if model.low[i] or (hint is not None and hint[i])}
        answer = backend.minimise(model, objective, hint, [i for i in range(n) if i not in keep])
        if answer.status != INFEASIBLE or size >= n:
            return answer
        size = min(n, 3 * size)


def _priced(
    backend: Backend, model: Model, objective: Objective, hint: Sequence[int] | None, relaxed: Relaxation, start: int
) -> SolverAnswer:
    """Search among the cheap ones, and more of them, until nobody outside can make it better."""
    n = len(model.problem.people)
    costs = relaxed.reduced_costs[:n]
    least = math.ceil(relaxed.value - 1e-6)
    if hint is not None and objective.value(hint) == least:
        return SolverAnswer(OPTIMAL, list(hint), least, least)
    order = sorted(range(n), key=lambda i: (costs[i], i))
    size = n if n <= 2 * start else start
    best = None if hint is None else list(hint)
    if best is not None:  # a good solution is known already: search only where a better one could be
        size = max(1, _cheap(costs, objective.value(best) - 1 - relaxed.value))
    forced = {i for i in range(n) if model.low[i]}
    while True:
        keep = forced.union(order[:size])
        if best is not None:
            keep.update(i for i in range(n) if best[i])
        answer = backend.minimise(model, objective, best, [i for i in range(n) if i not in keep])
        if answer.solution is None:
            if size < n and answer.status == INFEASIBLE:
                size = min(n, 3 * size)
                continue
            return answer if best is None else SolverAnswer(FEASIBLE, best, objective.value(best), least)
        best = answer.solution
        if answer.status != OPTIMAL:
            return SolverAnswer(answer.status, best, answer.value, least)
        better = _cheap(costs, answer.value - 1 - relaxed.value)
        if keep.issuperset(order[:better]):
            return SolverAnswer(OPTIMAL, best, answer.value, answer.value)
        size = max(better, size + 1)


def _cheap(costs: Sequence[float], room: float) -> int:
    """How many applicants cost no more than ``room``, with a little more for rounding."""
    return sum(1 for cost in costs if cost <= room + 1e-4)
