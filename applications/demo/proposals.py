"""A worked-out proposal in the demo, a group that somebody kept beside it, and what coordinators say about both.

The story of the demo's call: it had closed, a first proposal was worked out, and then it opened again for a while,
because some kinds of applicants were missing.
"""

from __future__ import annotations

from itertools import islice

from applications.models import Call, Proposal
from applications.representation.proposals import actions as proposals_actions
from applications.representation.proposals import scenarios
from cohort.people import demo
from cohort.people.models import User
from cohort.people.states import NotPossible

TRIES = 40  # swaps that are looked at until one keeps every rule


def load(stage: demo.Stage) -> None:
    """Work out a proposal for the call that is choosing people now (a second or two), keep one change of it, and talk
    about it. Does nothing where there is a proposal, or where nobody can be proposed."""
    one, two = stage.people.get("coordinator1"), stage.people.get("coordinator2")
    call = (
        Call.objects.filter(cohort=stage.recruiting)
        .exclude(state=Call.State.DRAFT)
        .select_related("cohort")
        .order_by("created_at")
        .first()
    )
    if call is None or one is None or two is None or call.proposals.exists():
        return
    proposal = _worked_out(call, one)
    if proposal is None:
        return
    proposals_actions.remember(proposal=proposal, actor=one, note="First look, with all readings so far")
    first = scenarios.comment(
        proposal=proposal,
        actor=one,
        words="Please look at the groups that sit right at their floor. If one person declines there, a gap opens. "
        "Do we have somebody in reserve for each?",
    )
    kept = _changed(proposal, two)
    if kept is not None:
        scenarios.comment(
            proposal=proposal,
            actor=two,
            parent=first,
            words=f"Good question. I kept the same group with one person changed as proposal {kept.number}, so that we "
            "can compare the two on Thursday.",
        )
        scenarios.comment(
            proposal=kept,
            actor=one,
            words="No floor is missed here either, and it is a little further from the ideal. I would stay with the "
            "first one, and use this if somebody declines.",
        )


def _worked_out(call: Call, by: User) -> Proposal | None:
    """The proposal that was worked out while the call was closed; None where nobody could be proposed."""
    was, call.state = call.state, Call.State.CLOSED
    call.save(update_fields=["state"])
    try:
        proposal = proposals_actions.ask(call=call, actor=by)
    except NotPossible:
        return None
    finally:
        call.state = was
        call.save(update_fields=["state"])
    proposals_actions.work_out(str(proposal.pk))
    proposal.refresh_from_db()
    proposal.call = call
    return proposal if proposal.state == Proposal.State.DONE else None


def _changed(proposal: Proposal, by: User) -> Proposal | None:
    """The group with one person changed, the first change that breaks no rule."""
    group = sorted(proposal.cohort)
    others = sorted(person["id"] for person in proposal.problem["people"] if person["id"] not in group)
    pairs = ((out, into) for into in others for out in group)
    for out, into in islice(pairs, TRIES):
        try:
            return scenarios.keep(
                base=proposal,
                cohort=[one for one in group if one != out] + [into],
                origin=Proposal.Origin.HAND,
                actor=by,
                note="If somebody declines",
            )
        except NotPossible:
            continue
    return None


def register() -> None:
    demo.register(16, "scenarios", load)
