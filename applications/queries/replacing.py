"""How well each person would fill a place that opened, by the same measure that chose the group."""

from __future__ import annotations

from dataclasses import dataclass

from applications import selection
from applications.models import Call, Offer, Proposal

#: The last two stages of a proposal. On the waiting list the band and a recorded draw stand in for them.
NOT_FIT = frozenset({"score", "ticket"})


@dataclass(frozen=True)
class Fit:
    """``rank``: gaps, ceilings, organizations and distance from the ideal, smaller is better.
    ``opens_gap``: some floor is further away than it was with the person who left."""

    rank: tuple[int, ...]
    opens_gap: bool


def fits(call: Call, offer: Offer) -> dict[str, Fit]:
    """Fit by application id of everybody who could take the place of ``offer`` without breaking a hard rule.

    Measured on the newest proposal's problem, around the people who hold or were offered a place now. Empty when
    there is no proposal, or it does not know the person who left: then band and draw alone decide (two statements).
    """
    proposal = Proposal.objects.filter(call=call, state=Proposal.State.DONE).order_by("-number").first()
    if proposal is None:
        return {}
    try:
        problem = selection.parse(proposal.problem)
    except selection.BadInput:
        return {}
    left = str(offer.application_id)
    if left not in problem.index:
        return {}
    holding = Offer.objects.filter(application__call=call, state__in=[Offer.State.OPEN, Offer.State.ACCEPTED])
    stay = [str(pk) for pk in holding.order_by("application__number").values_list("application_id", flat=True)]
    before_ids = [pk for pk in stay if pk in problem.index and pk != left] + [left]
    before = selection.evaluate(problem, before_ids)
    found = selection.replacements(problem, before_ids, left, k=len(problem.people))
    gaps = [name for name in problem.stage_names if name.startswith("gap")]
    stages = [name for name in problem.stage_names if name not in NOT_FIT]
    return {
        one.id: Fit(
            rank=tuple(one.vector[name] for name in stages),
            opens_gap=[one.vector[name] for name in gaps] > [before[name] for name in gaps],
        )
        for one in found
    }
