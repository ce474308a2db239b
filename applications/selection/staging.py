"""Stage after stage: each one proved best, then frozen, then the next (lexicographic optimisation)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from applications.selection.measure import broken_rules, evaluate
from applications.selection.model import Model, Objective
from applications.selection.problem import Problem, parse
from applications.selection.ranges import Ranges
from applications.selection.solver import (
    FEASIBLE,
    INFEASIBLE,
    OPTIMAL,
    UNKNOWN,
    UNPROVED,
    Backend,
    Cancelled,
    CpSat,
    SolverAnswer,
    minimise_pair,
    minimise_priced,
)

LARGE = 600  # from here on a promising part of the pool is tried first
Progress = Callable[[str, int, int], object]  # stage that runs now, stages done, stages in all


@dataclass(frozen=True)
class Stage:
    """One proved stage. ``optimum`` equals ``bound`` when it is proved; seconds of wall clock."""

    name: str
    optimum: int
    bound: int
    seconds: float

    @property
    def proved(self) -> bool:
        return self.optimum == self.bound


@dataclass(frozen=True)
class SolverProposal:
    """What the solver suggests. ``status``: optimal, feasible (best found, not proved), infeasible or unknown.

    ``vector`` holds one number per stage, lower is better throughout: seats and score carry a minus sign.
    """

    status: str
    cohort: tuple[str, ...] = ()
    vector: Mapping[str, int] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()
    proved: bool = False
    seconds: float = 0.0
    reason: str = ""

    def as_data(self) -> dict[str, Any]:
        """JSON-like data, as ``manage.py select --json`` prints it."""
        data: dict[str, Any] = {
            "status": self.status,
            "proved": self.proved,
            "cohort": list(self.cohort),
            "vector": dict(self.vector),
            "stages": [
                {"name": s.name, "optimum": s.optimum, "bound": s.bound, "seconds": s.seconds} for s in self.stages
            ],
            "seconds": self.seconds,
        }
        return data | ({"reason": self.reason} if self.reason else {})


def propose(
    problem: Problem | Mapping[str, Any],
    progress: Progress | None = None,
    *,
    backend: Backend | None = None,
    limit: float = 120.0,
) -> SolverProposal:
    """The one best cohort for a problem (or for JSON-like data, see :func:`problem.parse`).

    ``progress`` is called before each stage and about twice a second; returning False stops the work.
    ``limit`` is the most seconds for one solve; a stage that meets it is not proved.

    :raises BadInput: the data is wrong. :raises Cancelled: ``progress`` said so.
    """
    if not isinstance(problem, Problem):
        problem = parse(problem)
    return solve(problem, progress=progress, backend=backend, limit=limit)


@dataclass
class _Run:
    """A lexicographic solve under way."""

    model: Model
    backend: Backend
    tell: Callable[[str, int], None]
    solution: list[int] | None = None
    stages: list[Stage] = field(default_factory=list)

    def note(self, name: str, answer: SolverAnswer, since: float) -> None:
        self.stages.append(Stage(name, answer.value, answer.bound, round(time.perf_counter() - since, 4)))

    def freeze(self, ceilings: Mapping[str, int]) -> Ranges:
        """From here on no stage may be worse than its ceiling; also cut the counts that this leaves."""
        for name, value in ceilings.items():
            if name in self.names:
                self.model.at_most(self.model.stage(name), value)
        ranges = Ranges(self.model)
        ranges.limit(ceilings)
        if ranges.possible:
            ranges.write(self.model, ceilings)
        return ranges

    @cached_property
    def names(self) -> list[str]:
        return [stage.name for stage in self.model.stages]


def solve(
    problem: Problem,
    *,
    require: Iterable[int] = (),
    forbid: Iterable[int] = (),
    progress: Progress | None = None,
    backend: Backend | None = None,
    limit: float = 120.0,
) -> SolverProposal:
    """Lexicographic solve with applicants (by place) forced in or out."""
    started = time.perf_counter()
    model = Model(problem, require, forbid)
    if model.contradiction:
        return SolverProposal(INFEASIBLE, reason="pins", seconds=_since(started))
    if reason := _too_few(model):
        return SolverProposal(INFEASIBLE, reason=reason, seconds=_since(started))
    names = [stage.name for stage in model.stages]
    now: tuple[str, int] = (names[0], 0)

    def tell(name: str, done: int) -> None:
        nonlocal now
        now = (name, done)
        pulse()

    def pulse() -> None:
        if progress is not None and progress(*now, len(names)) is False:
            raise Cancelled

    if backend is None:
        backend = CpSat(limit=limit, pulse=None if progress is None else pulse)
    run = _Run(model, backend, tell)
    failed = _first_stages(run)
    if failed is not None:
        reason = "rules" if failed.status == INFEASIBLE else "time"
        return SolverProposal(failed.status, stages=tuple(run.stages), seconds=_since(started), reason=reason)
    _last_stages(run)
    assert run.solution is not None
    cohort = tuple(sorted(problem.people[i].id for i in model.chosen(run.solution)))
    vector = evaluate(problem, cohort)
    _check(problem, model, cohort, vector, run)
    by_name = {stage.name: stage for stage in run.stages}
    stages = tuple(by_name.get(name, Stage(name, vector[name], vector[name], 0.0)) for name in problem.stage_names)
    proved = all(stage.proved for stage in stages)
    return SolverProposal(OPTIMAL if proved else FEASIBLE, cohort, vector, stages, proved, _since(started))


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 4)


def _too_few(model: Model) -> str:
    """A reason that needs no solver: not enough people, or too many that must be in."""
    n = len(model.problem.people)
    if sum(model.high[:n]) < model.problem.seats_min:
        return "pool"
    if sum(model.low[:n]) > model.problem.seats:
        return "seats"
    return ""


def _first_stages(run: _Run) -> SolverAnswer | None:
    """All stages up to the distance from the ideal. Returns the answer that failed, or None.

    Optimistic start: suppose that every early stage reaches the bound that the pool alone forces. If
    that can be, one solve proves all of them at once; if not, they are solved one by one.
    """
    model, dev = run.model, run.model.stage("dev")
    early = [stage for stage in model.stages if stage.name not in ("dev", "score", "ticket")]
    since = time.perf_counter()
    run.tell(early[0].name if early else "dev", 0)
    ranges = Ranges(model)
    floors = ranges.floors()
    ranges.write(model, {})
    n = len(model.problem.people)
    promising = model.shortlist() if n > LARGE else set(range(n))
    outside = [i for i in range(n) if i not in promising]
    before = model.mark()
    ceilings = {stage.name: floors[stage.name] for stage in early}
    answer = _optimistic(run, dev, run.freeze(ceilings), ceilings, outside)
    if answer.solution is not None:
        run.solution = answer.solution
        run.stages = [Stage(stage.name, floors[stage.name], floors[stage.name], 0.0) for stage in early]
        run.note("dev", answer, since)
        run.freeze({**ceilings, "dev": answer.value})
        return None
    model.back_to(before)
    ceilings = {}
    for done, stage in enumerate([*early, dev]):
        run.tell(stage.name, done)
        since = time.perf_counter()
        answer = _reach(run, stage, ranges.floors()[stage.name], outside)
        if answer.solution is None:
            return answer
        run.solution = answer.solution
        run.note(stage.name, answer, since)
        ceilings[stage.name] = answer.value
        ranges = run.freeze(ceilings)
    return None


def _optimistic(
    run: _Run, dev: Objective, ranges: Ranges, ceilings: Mapping[str, int], outside: list[int]
) -> SolverAnswer:
    """The least distance when every early stage reaches its bound; no solution if that cannot be.

    First suppose that the distance reaches its bound too: then few counts are left, and any cohort will do.
    """
    if not ranges.possible:
        return SolverAnswer(INFEASIBLE)
    floor, before = ranges.floors()["dev"], run.model.mark()
    if run.freeze({**ceilings, "dev": floor}).possible:
        answer = run.backend.minimise(run.model, dev, None, outside)
        if answer.solution is not None:
            return SolverAnswer(OPTIMAL, answer.solution, floor, floor)
    run.model.back_to(before)
    hint = None
    if outside:  # a well chosen part of the pool usually comes close
        answer = run.backend.minimise(run.model, dev, None, outside)
        if answer.solution is not None and answer.value == floor:
            return SolverAnswer(OPTIMAL, answer.solution, floor, floor)
        hint = answer.solution
    return _whole_pool(run, dev, hint)


def _reach(run: _Run, stage: Objective, floor: int, outside: list[int]) -> SolverAnswer:
    """Minimise one early stage; the known bound, or the promising part of the pool, may already prove it."""
    if run.solution is not None and stage.value(run.solution) == floor:
        return SolverAnswer(OPTIMAL, run.solution, floor, floor)
    hint = run.solution
    if outside:
        closed = [i for i in outside if hint is None or not hint[i]]
        answer = run.backend.minimise(run.model, stage, hint, closed)
        if answer.solution is not None:
            if answer.value == floor:
                return SolverAnswer(OPTIMAL, answer.solution, floor, floor)
            hint = answer.solution
    answer = _whole_pool(run, stage, hint)
    if answer.solution is None and answer.status == UNKNOWN and hint is not None:
        return SolverAnswer(FEASIBLE, list(hint), stage.value(hint), floor)
    return answer


def _whole_pool(run: _Run, stage: Objective, hint: list[int] | None) -> SolverAnswer:
    """Minimise over everybody; with pricing when the pool is large and a good solution is known."""
    if len(run.model.problem.people) > LARGE and hint is not None:
        return minimise_priced(run.backend, run.model, stage, hint)
    return run.backend.minimise(run.model, stage, hint)


def _last_stages(run: _Run) -> None:
    """Score, and among equals the tickets."""
    total = len(run.model.stages)
    score, ticket = run.model.stage("score"), run.model.stage("ticket")
    since = time.perf_counter()

    def half_way() -> None:
        run.tell("ticket", total - 1)

    run.tell("score", total - 2)
    first, second = minimise_pair(run.backend, run.model, score, ticket, run.solution, half_way)
    assert run.solution is not None
    if first.solution is None:  # out of time: what we have stands, without a proof
        first = SolverAnswer(FEASIBLE, run.solution, score.value(run.solution), UNPROVED)
        second = SolverAnswer(FEASIBLE, run.solution, ticket.value(run.solution), UNPROVED)
    run.solution = second.solution
    run.note("score", first, since)
    run.note("ticket", second, since)


def _check(problem: Problem, model: Model, cohort: tuple[str, ...], vector: Mapping[str, int], run: _Run) -> None:
    """Never trust a solver: count again, from the people themselves."""
    forced = {problem.people[i].id for i in range(len(problem.people)) if model.low[i]}
    if not forced <= set(cohort):
        raise AssertionError("the solver left out somebody who must be in")
    broken = [code for code in broken_rules(problem, cohort) if not code.startswith("pin_")]
    if broken:
        raise AssertionError(f"the solver broke rules: {broken}")
    for stage in run.stages:
        if stage.proved and vector[stage.name] != stage.optimum:
            raise AssertionError(f"{stage.name} is {vector[stage.name]}, not {stage.optimum}")
