"""Explanations that solve again: what would be lost, and where it would show first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from applications.selection.measure import evaluate, first_worse
from applications.selection.model import Model
from applications.selection.problem import Problem
from applications.selection.ranges import Ranges
from applications.selection.solver import Backend, CpSat, minimise_pair
from applications.selection.staging import SolverProposal, solve


@dataclass(frozen=True)
class Why:
    """The best cohort with one choice forced, against the proposal.

    ``status`` is the solver's, or ``pinned_in`` / ``pinned_out`` when a person decided it beforehand
    (the effect of undoing that pin is given too), or ``same`` when the choice is already so.
    ``stage`` is the first stage at which the other cohort is worse and ``by`` how much; None when a
    forced choice costs nothing. ``leave`` and ``come`` are who would leave and come.
    """

    person: str
    status: str
    stage: str | None = None
    by: int = 0
    cohort: tuple[str, ...] = ()
    vector: dict[str, int] | None = None
    leave: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    seconds: float = 0.0


def why_in(problem: Problem, proposal: SolverProposal, person: str, *, backend: Backend | None = None) -> Why:
    """Why somebody is proposed: the best cohort without them, and the first stage at which it is worse."""
    (place,) = problem.places([person])
    if person not in proposal.cohort:
        return Why(person, "same")
    other = solve(problem, forbid=[place], backend=backend)
    return _why(problem, proposal, person, other, "pinned_in" if person in problem.rules.pin_in else "")


def why_not(problem: Problem, proposal: SolverProposal, person: str, *, backend: Backend | None = None) -> Why:
    """Why somebody is not proposed: the best cohort with them, and the first stage at which it is worse."""
    (place,) = problem.places([person])
    if person in proposal.cohort:
        return Why(person, "same")
    other = solve(problem, require=[place], backend=backend)
    return _why(problem, proposal, person, other, "pinned_out" if person in problem.rules.pin_out else "")


def _why(problem: Problem, proposal: SolverProposal, person: str, other: SolverProposal, pinned: str) -> Why:
    if not other.cohort:
        return Why(person, pinned or other.status, seconds=other.seconds)
    worse = first_worse(problem, dict(proposal.vector), dict(other.vector))
    before, after = set(proposal.cohort), set(other.cohort)
    return Why(
        person,
        pinned or other.status,
        stage=worse[0] if worse else None,
        by=worse[1] if worse else 0,
        cohort=other.cohort,
        vector=dict(other.vector),
        leave=tuple(sorted(before - after)),
        come=tuple(sorted(after - before)),
        seconds=other.seconds,
    )


def refill(
    problem: Problem, cohort: Sequence[str], declined: Collection[str], *, backend: Backend | None = None
) -> SolverProposal:
    """Several declined: those who stay are fixed, the empty seats are filled by an exact solve."""
    stay = problem.places([one for one in cohort if one not in declined])
    return solve(problem, require=stay, forbid=problem.places(list(declined)), backend=backend)


@dataclass(frozen=True)
class Alternative:
    """A further cohort with the same gaps.

    ``changes``: how many people differ from the proposal, and from each earlier alternative.
    """

    cohort: tuple[str, ...]
    vector: dict[str, int]
    changes: tuple[int, ...]
    proved: bool


def alternatives(
    problem: Problem,
    proposal: SolverProposal,
    k: int = 3,
    *,
    min_changes: int = 4,
    dev_slack: int = 200,
    score_slack: int | None = None,
    backend: Backend | None = None,
) -> list[Alternative]:
    """Up to ``k`` further cohorts with the same gaps, ceilings and caps, best score first.

    Each differs in at least ``min_changes`` people from the proposal and from every other one; its
    distance from the ideal is at most ``dev_slack`` (hundredths of a seat) more than the proposal's,
    its total score at most ``score_slack`` less.
    """
    backend = backend or CpSat()
    found: list[Alternative] = []
    seen: list[tuple[str, ...]] = [proposal.cohort]
    for _ in range(k):
        model = Model(problem)
        for cohort in seen:
            places = problem.places(cohort)
            model.row(places, [1] * len(places), -(1 << 60), len(places) - min_changes)
        _near(model, proposal, dev_slack)
        if score_slack is not None:
            model.at_most(model.stage("score"), proposal.vector["score"] + score_slack)
        score, last = minimise_pair(backend, model, model.stage("score"), model.stage("ticket"), None)
        if last.solution is None:
            break
        cohort = tuple(sorted(problem.people[i].id for i in model.chosen(last.solution)))
        changes = tuple(len(set(cohort) - set(other)) for other in seen)
        found.append(Alternative(cohort, evaluate(problem, cohort), changes, score.status == last.status == "optimal"))
        seen.append(cohort)
    return found


def _near(model: Model, proposal: SolverProposal, slack: int) -> None:
    """Freeze every stage at what the proposal reaches, the distance at ``slack`` more; cut the counts this leaves."""
    before = [name for name in model.problem.stage_names if name not in ("score", "ticket")]
    ceilings = {name: proposal.vector[name] + (slack if name == "dev" else 0) for name in before}
    for stage in model.stages:
        if stage.name in ceilings:
            model.at_most(stage, ceilings[stage.name])
    ranges = Ranges(model)
    ranges.limit(ceilings)
    ranges.write(model, ceilings)


@dataclass(frozen=True)
class FrontierPoint:
    """With ``slack`` hundredths of a seat more distance allowed: the distance used and the best total score."""

    slack: int
    dev: int
    score: int
    cohort: tuple[str, ...]
    proved: bool


def frontier(
    problem: Problem,
    proposal: SolverProposal,
    slacks: Sequence[int] = (0, 100, 200, 400, 800),
    *,
    backend: Backend | None = None,
) -> list[FrontierPoint]:
    """What a little distance from the ideal buys in total score, with the same gaps throughout."""
    backend = backend or CpSat()
    points, hint = [], None
    for slack in slacks:
        model = Model(problem)
        _near(model, proposal, slack)
        score, dev = minimise_pair(backend, model, model.stage("score"), model.stage("dev"), hint)
        if dev.solution is None:
            break
        hint = dev.solution
        cohort = tuple(sorted(problem.people[i].id for i in model.chosen(hint)))
        vector = evaluate(problem, cohort)
        points.append(
            FrontierPoint(slack, vector["dev"], -vector["score"], cohort, score.status == dev.status == "optimal")
        )
    return points
