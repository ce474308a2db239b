"""Questions about a proposal, answered by solving again in the worker."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import selection
from applications.models import Explanation, Proposal
from applications.representation.pool import identity
from applications.representation.proposals.actions import request
from cohort.people import history, states
from cohort.people.models import User
from cohort.people.states import NotPossible

log = logging.getLogger(__name__)
KINDS = ("alternatives", "frontier", "reserves", "recruit", "core")
PERSONAL = ("frontier",)  # beside ``why``: what these tell of a group with sealed targets would point to people
LEAST_APART = 5  # people by which other groups differ where identity counted
AGAIN_AFTER = timedelta(minutes=16)


@transaction.atomic
def ask(*, proposal: Proposal, key: str, actor: User) -> Explanation:
    """Ask one question about a proposal; the answer that is there already, or the same question under way, is returned.

    ``key`` is one of :data:`KINDS` or ``why:<application id>``. A question that failed or got lost is asked again.

    :raises NotPossible: the question does not fit this proposal.
    """
    problem = selection.parse(proposal.problem)
    person = key.removeprefix("why:")
    if key not in KINDS and (person == key or person not in problem.index):
        raise NotPossible(_("This application was not in the pool of this proposal."))
    if person != key and proposal.origin != Proposal.Origin.SOLVER:
        raise NotPossible(_("A person made this group. Ask about the proposal that it came from."))
    if proposal.sealed.get("counted") and (person != key or key in PERSONAL):
        raise NotPossible(
            _(
                "Answers about identity counted in this proposal. This could say what one person ticked, "
                "so it is not worked out."
            )
        )
    if proposal.state != Proposal.State.DONE and key != "core":
        raise NotPossible(_("This proposal has no group of people to ask about."))
    lost = Explanation.objects.filter(proposal=proposal, key=key).exclude(state=Explanation.State.READY)
    lost.filter(state=Explanation.State.FAILED).delete()
    lost.filter(asked_at__lt=timezone.now() - AGAIN_AFTER).delete()
    known = Explanation.objects.filter(proposal=proposal, key=key).first()
    if known is not None:
        return known
    request(proposal, [key])
    history.record(
        "proposal.question", proposal, actor=actor, cohort=proposal.call.cohort, number=proposal.number, key=key
    )
    return Explanation.objects.get(proposal=proposal, key=key)


def work_out(explanation_id: str) -> None:
    """Answer one question and keep the answer. Safe to run twice."""
    found = (
        Explanation.objects.select_related("proposal").filter(pk=explanation_id, state=Explanation.State.ASKED).first()
    )
    if found is None:
        return
    waiting = Explanation.objects.filter(pk=found.pk)
    try:
        answer = answer_to(found.proposal, found.key)
    except Exception:
        states.move_all(waiting, Explanation.State.FAILED)
        raise
    states.move_all(waiting, Explanation.State.READY, answer=answer)


def restored(proposal: Proposal) -> selection.SolverProposal:
    """The solver's answer as it was stored."""
    return selection.SolverProposal(
        "optimal" if proposal.proved else "feasible",
        tuple(proposal.cohort),
        dict(proposal.vector),
        proved=proposal.proved,
        seconds=proposal.seconds or 0.0,
    )


def answer_to(proposal: Proposal, key: str) -> dict[str, Any]:
    """Work out one answer as JSON-like data: ids, codes and counts.

    Where identity counted in the proposal, only other groups are looked for with it, and they are told by what the
    other targets show. Everything about single seats, and about who is missing, leaves it out.
    """
    problem = selection.parse(proposal.problem)
    if key == "core":
        found = selection.core(problem)
        return {
            "feasible": found.feasible,
            "smallest": found.smallest,
            "rules": [
                {"code": r.code, "number": r.number, "factor": r.factor, "value": r.value, "people": list(r.people)}
                for r in found.rules
            ],
        }
    if key == "recruit":
        more = selection.recruit(problem)
        return {"status": more.status, "more": more.more, "asks": [[list(one) for one in asks] for asks in more.asks]}
    now = restored(proposal)
    if key == "alternatives" and proposal.sealed.get("counted"):
        return _other_groups(proposal, problem, now)
    if key == "alternatives":
        return {
            "cohorts": [
                {"cohort": list(a.cohort), "vector": a.vector, "changes": list(a.changes), "proved": a.proved}
                for a in selection.alternatives(problem, now, k=3, min_changes=_differ(now.cohort))
            ]
        }
    if key == "frontier":
        return {
            "points": [
                {"slack": p.slack, "dev": p.dev, "score": p.score, "cohort": list(p.cohort)}
                for p in selection.frontier(problem, now)
            ]
        }
    if key == "reserves":
        kept = selection.reserves(problem, now.cohort, size=5)
        return {"ids": list(kept.ids), "covered": kept.covered, "coverable": kept.coverable, "seats": kept.seats}
    return _why(problem, now, key.removeprefix("why:"))


def _other_groups(proposal: Proposal, shown: selection.Problem, now: selection.SolverProposal) -> dict[str, Any]:
    """Other good groups where identity counted, each with the vector of the targets that may be shown."""
    whole = identity.of(proposal)
    if not whole.used:
        return {"cohorts": []}
    vector = selection.evaluate(whole.problem, now.cohort)
    full = selection.SolverProposal("optimal" if now.proved else "feasible", now.cohort, vector, proved=now.proved)
    found = selection.alternatives(whole.problem, full, k=3, min_changes=max(LEAST_APART, _differ(now.cohort)))
    return {
        "cohorts": [
            {
                "cohort": list(a.cohort),
                "vector": selection.evaluate(shown, a.cohort),
                "changes": list(a.changes),
                "proved": a.proved,
            }
            for a in found
        ]
    }


def _differ(cohort: Sequence[str]) -> int:
    """An alternative differs in about a quarter of the people, four of fifteen."""
    return max(1, round(len(cohort) * 4 / 15))


def _why(problem: selection.Problem, now: selection.SolverProposal, person: str) -> dict[str, Any]:
    inside = person in now.cohort
    why = (selection.why_in if inside else selection.why_not)(problem, now, person)
    return {
        "inside": inside,
        "status": why.status,
        "stage": why.stage,
        "by": why.by,
        "leave": list(why.leave),
        "come": list(why.come),
        "gaps": _new_gaps(problem, now.cohort, why.cohort) if why.cohort else [],
    }


def _new_gaps(problem: selection.Problem, before: Sequence[str], after: Sequence[str]) -> list[dict[str, Any]]:
    """Targets that the other cohort leaves further below their floor: what the forced choice would cost."""
    was = {(gap.factor, gap.value): gap.have for gap in selection.gaps(problem, before)}
    return [
        {"factor": gap.factor, "value": gap.value, "have": gap.have, "floor": gap.floor}
        for gap in selection.gaps(problem, after)
        if gap.have < was.get((gap.factor, gap.value), gap.floor)
    ]
