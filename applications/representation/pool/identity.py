"""The one door from the identity drawer to the balance tool. It opens in the worker only, and nothing comes back out.

:func:`_ticked` is the only statement of the program that reads who answered what in order to choose. Its SQL joins the
rule itself: the factor's policy in force, two people, a lawyer's approval that holds today, and each person's own yes.
A factor without all of that cannot come back, whatever the caller asks for.

What is read lives as long as one solve. Nothing of it is stored: not in the problem of a proposal, not in its vector,
its stages or its answers. What stays is one bit, whether a floor is missed, and a keyed hash of the whole input.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from celery import current_task
from django.conf import settings
from django.db.models import Case, CharField, OuterRef, Subquery, Value, When

from applications import selection
from applications.models import Application, Call, Consent, IdentityAnswer, Proposal, Target
from applications.representation.targets import approvals
from applications.representation.targets.queries import Factor, factors
from cohort import small_numbers

WORKERS = frozenset({"applications.propose", "applications.explain"})
FEWEST = small_numbers.K_FLOOR  # people who hold a value, and people who do not: no seat may point to a person
FREE_SEATS = 5  # with fewer to give, the outcome would say something about single people


class SealedError(RuntimeError):
    """Somebody other than the worker asked for identity answers."""


@dataclass(frozen=True)
class Sealed:
    """A whole problem with identity factors, for one solve. ``used``: its targets about identity; ``why`` none count:
    ``seats`` (too few are free), ``people`` (too few said yes or hold a value), ``rule`` (nothing is approved now)."""

    problem: selection.Problem
    used: tuple[tuple[str, str], ...] = ()
    why: str = ""

    def gap(self, cohort: Sequence[str]) -> bool:
        """Whether some target about identity is below its floor: the one thing that is ever told."""
        used = set(self.used)
        return any((gap.factor, gap.value) in used for gap in selection.gaps(self.problem, cohort))

    def digest(self) -> str:
        """A hash of the whole input that nobody without the site's key can test guesses against."""
        key = hashlib.sha256(b"sealed problem:" + settings.SECRET_KEY.encode()).digest()
        return hmac.new(key, self.problem.digest().encode(), hashlib.sha256).hexdigest()


def widened(call: Call, data: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Sealed:
    """A proposal's problem with the identity factors that are approved now.

    :param data: the problem as it is stored, without identity.
    :param rows: the targets about identity as they were when the proposal was asked for.
    :raises SealedError: outside the worker.
    """
    open_problem = selection.parse(data)
    pinned = len(open_problem.rules.pin_in)
    free = len(open_problem.people) - pinned - len(open_problem.rules.pin_out)
    if open_problem.seats - pinned < FREE_SEATS or free < 2 * (open_problem.seats - pinned):
        return Sealed(open_problem, why="seats")
    known = {name: factor for name, factor in factors(call).items() if factor.sealed}
    ticked = _ticked(call, known, [UUID(person.id) for person in open_problem.people])
    names = {one.factor for one in approvals.approvals(call, known)}
    allowed = [row for row in rows if row["factor"] in names]
    if not allowed:
        return Sealed(open_problem, why="rule")
    kept = [row for row in allowed if _large_enough(row, ticked)]
    if not kept:
        return Sealed(open_problem, why="people")
    people = [{**person, **_values(kept, ticked.get(UUID(person["id"]), {}))} for person in data["people"]]
    targets = [
        {
            "factor": row["factor"],
            "value": row["code"],
            "kind": "multi",
            "min": row["floor"],
            "ideal100": row["ideal100"],
            "max": row["ceiling"],
            "priority": row["priority"],
        }
        for row in kept
    ]
    policies = {target["factor"]: "selection" for target in [*data["targets"], *targets]}
    whole = selection.parse({**data, "people": people, "targets": [*data["targets"], *targets], "policies": policies})
    return Sealed(whole, tuple((row["factor"], row["code"]) for row in kept))


def of(proposal: Proposal) -> Sealed:
    """The problem that a proposal is worked out from: as stored, or with the identity factors approved for its call.

    :raises SealedError: there are such factors, and this is not the worker.
    """
    if not proposal.sealed:
        return Sealed(selection.parse(proposal.problem))
    return widened(proposal.call, proposal.problem, proposal.sealed["targets"])


def _ticked(call: Call, known: Mapping[str, Factor], people: Sequence[UUID]) -> dict[UUID, dict[str, set[str]]]:
    """Codes by application and factor, of approved factors and of people who said yes (one statement).

    In the grid of experiences only one's own count, not those of somebody close.

    :raises SealedError: outside the worker.
    """
    if not current_task or current_task.name not in WORKERS:
        raise SealedError("identity answers are read by the worker only")
    asked = {factor.question.id: name for name, factor in known.items() if factor.sealed}
    if not asked:
        return {}
    factor = Case(*(When(question=q, then=Value(name)) for q, name in asked.items()), output_field=CharField())
    yes = Consent.objects.filter(application=OuterRef("application"), kind=approvals.CONSENT).order_by("-at", "-pk")
    rows = (
        IdentityAnswer.objects.filter(
            application__call=call,
            application__state=Application.State.SUBMITTED,
            application_id__in=people,
            question__in=list(asked),
            missing="",
            column__in=["", "self"],
        )
        .annotate(factor=factor, yes=Subquery(yes.values("given")[:1]))
        .filter(yes=True)
    )
    rows = approvals.standing(rows, OuterRef("application__call"), OuterRef("factor"), approvals.today(call))
    found: dict[UUID, dict[str, set[str]]] = {}
    for application, name, code in rows.values_list("application_id", "factor", "code"):
        found.setdefault(application, {}).setdefault(name, set()).add(code)
    return found


def _holds(row: Mapping[str, Any], mine: Mapping[str, set[str]]) -> bool:
    return not mine.get(row["factor"], set()).isdisjoint(row["values"])


def _values(rows: Sequence[Mapping[str, Any]], mine: Mapping[str, set[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {row["factor"]: [] for row in rows}
    for row in rows:
        if _holds(row, mine):
            found[row["factor"]].append(row["code"])
    return found


def _large_enough(row: Mapping[str, Any], ticked: Mapping[UUID, Mapping[str, set[str]]]) -> bool:
    """Whether enough people hold the value of a target, and enough who answered do not."""
    answered = [mine for mine in ticked.values() if row["factor"] in mine]
    holders = sum(_holds(row, mine) for mine in answered)
    return FEWEST <= holders <= len(answered) - FEWEST


def plan(call: Call, known: Mapping[str, Factor]) -> dict[str, Any]:
    """What a proposal that is asked for now keeps of this: targets and versions, no answers; empty without any."""
    rows: list[Target] = approvals.usable(call, known)
    if not rows:
        return {}
    return {
        "targets": [
            {
                "factor": t.factor,
                "code": t.code,
                "values": list(t.values),
                "floor": t.floor,
                "ideal100": t.ideal100,
                "ceiling": t.ceiling,
                "priority": t.priority,
            }
            for t in rows
        ],
        "approvals": [
            {
                "factor": one.factor,
                "name": one.name,
                "counsel": one.counsel,
                "until": one.until.isoformat(),
                "version": one.version,
            }
            for one in approvals.approvals(call, known)
        ],
    }
