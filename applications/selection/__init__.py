"""Choosing who is at the table: people decide, this proposes, proves and explains.

Pure Python with no Django inside. OR-tools loads only when something is solved.

    propose(problem) -> SolverProposal      the one best cohort, every stage proved
    why_in, why_not, alternatives, frontier explanations that solve again
    swap_effects, replacements, reserves    explanations by enumeration, at once
    refill, recruit, core                   several seats; who is missing; rules that cannot hold together

Room is left for a lottery between equally good cohorts: it would add rows to the same
:class:`model.Model` and return a numbered list.
"""

from applications.selection.conflict import Core, core
from applications.selection.explain import (
    Alternative,
    FrontierPoint,
    Why,
    alternatives,
    frontier,
    refill,
    why_in,
    why_not,
)
from applications.selection.measure import broken_rules, evaluate, first_worse, gap_words
from applications.selection.problem import BadInput, Person, Problem, Rules, SolverTarget, parse
from applications.selection.recruiting import Recruit, recruit
from applications.selection.solver import Cancelled
from applications.selection.staging import SolverProposal, Stage, propose
from applications.selection.swaps import (
    Gap,
    Replacement,
    Reserves,
    SwapEffects,
    TargetChange,
    gaps,
    replacements,
    reserves,
    swap_effects,
)

__all__ = [
    "Alternative",
    "BadInput",
    "Cancelled",
    "Core",
    "FrontierPoint",
    "Gap",
    "Person",
    "Problem",
    "Recruit",
    "Replacement",
    "Reserves",
    "Rules",
    "SolverProposal",
    "SolverTarget",
    "Stage",
    "SwapEffects",
    "TargetChange",
    "Why",
    "alternatives",
    "broken_rules",
    "core",
    "evaluate",
    "first_worse",
    "frontier",
    "gap_words",
    "gaps",
    "parse",
    "propose",
    "recruit",
    "refill",
    "replacements",
    "reserves",
    "swap_effects",
    "why_in",
    "why_not",
]
