"""How well each person would fill a place that opened, by the same measure that chose the group."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications import selection
from applications.models import Call, Offer, Proposal
from applications.representation.proposals import names as proposals_names

#: The last two stages of a proposal. On the waiting list the band and a recorded draw stand in for them.
NOT_FIT = frozenset({"score", "ticket"})


@dataclass(frozen=True)
class Fit:
    """``rank``: gaps, ceilings, organizations and distance from the ideal, smaller is better.
    ``opens_gap``: some floor is further away than it was with the person who left."""

    rank: tuple[int, ...]
    opens_gap: bool


@dataclass(frozen=True)
class Standing:
    """One target of the balance: people in the group with the one who left, without them, and with the next one."""

    label: str
    floor: int
    ideal: float
    ceiling: int
    before: int
    vacant: int
    after: int

    @property
    def words(self) -> str:
        if self.after < self.floor:
            return _("below its floor")
        if self.after > self.ceiling:
            return _("above its ceiling")
        return _("within its range")

    @property
    def bad(self) -> bool:
        return not self.floor <= self.after <= self.ceiling

    @property
    def moves(self) -> bool:
        """Whether this target differs from what it was."""
        return self.after != self.before


def _group(call: Call, offer: Offer) -> tuple[selection.Problem, list[str]] | None:
    """The newest proposal's problem, and who of it holds or was offered a place, the one who left not counted.
    None when there is no proposal, or it does not know the person who left (two statements)."""
    proposal = Proposal.objects.filter(call=call, state=Proposal.State.DONE).order_by("-number").first()
    if proposal is None:
        return None
    try:
        problem = selection.parse(proposal.problem)
    except selection.BadInput:
        return None
    if str(offer.application_id) not in problem.index:
        return None
    holding = Offer.objects.filter(application__call=call, state__in=[Offer.State.OPEN, Offer.State.ACCEPTED])
    stay = map(str, holding.order_by("application__number").values_list("application_id", flat=True))
    return problem, [pk for pk in stay if pk in problem.index and pk != str(offer.application_id)]


def standings(call: Call, offer: Offer, into: str) -> list[Standing]:
    """The whole balance when ``into`` takes the place of ``offer``: every target, also those that stay as they are.

    Empty where :func:`fits` knows nothing either (a fixed number of statements).
    """
    found = _group(call, offer)
    if found is None or into not in found[0].index:
        return []
    problem, stay = found
    names = proposals_names.names_of(call)

    def counts(ids: list[str]) -> list[int]:
        held = Counter(target for one in ids for target in problem.held[problem.index[one]])
        return [held[place] for place in range(len(problem.targets))]

    left = str(offer.application_id)
    rows = zip(problem.targets, counts([*stay, left]), counts(stay), counts([*stay, into]), strict=True)
    return [
        Standing(
            names.target(target.factor, target.value), target.min, target.ideal100 / 100, target.max, was, now, then
        )
        for target, was, now, then in rows
    ]


def fits(call: Call, offer: Offer) -> dict[str, Fit]:
    """Fit by application id of everybody who could take the place of ``offer`` without breaking a hard rule.

    Measured on the newest proposal's problem, around the people who hold or were offered a place now. Empty when
    there is no proposal, or it does not know the person who left: then band and draw alone decide (two statements).
    """
    group = _group(call, offer)
    if group is None:
        return {}
    problem, stay = group
    left = str(offer.application_id)
    before_ids = [*stay, left]
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
