"""Asking for a proposal, working it out, stopping it, and remembering what it was for."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import selection
from applications.models import Call, Explanation, Proposal
from applications.representation.policy import queries as policy_queries
from applications.representation.pool import identity
from applications.representation.pool import problem as pool_problem
from applications.representation.targets import disclosure
from cohort.celery import hint
from cohort.people import history, states
from cohort.people.models import User
from cohort.people.states import NotPossible

log = logging.getLogger(__name__)
State = Proposal.State
OPEN = (State.QUEUED, State.RUNNING)
SEEN_EVERY = timedelta(seconds=5)  # a worker says that often that it is alive
LOST_AFTER = timedelta(seconds=90)  # a worker that has said nothing for so long is gone
ASK_AGAIN = timedelta(minutes=3)  # what waits longer is sent to the workers again


def move_proposal(proposal: Proposal, to: str, **changes: Any) -> bool:
    """Move a proposal to another state in one conditional UPDATE; False when somebody else moved it before."""
    done = states.move_all(Proposal.objects.filter(pk=proposal.pk), to, **changes)
    if done:
        proposal.refresh_from_db(fields=["state", *changes])
    return bool(done)


@transaction.atomic
def ask(*, call: Call, actor: User) -> Proposal:
    """Ask for a proposal from the pool, targets and rules as they are now.

    One at a time: while one is being worked out, that one is returned. A finished proposal from
    exactly the same inputs is returned too, because working it out again would give the same answer. Where identity
    factors are approved for choosing, nobody outside the worker can know whether the inputs are the same, so a new one
    is made.

    :raises NotPossible: people can still apply, nobody can be proposed yet, or there is nothing to balance.
    """
    if not disclosure.exact(call, timezone.now()):
        raise NotPossible(_("People can still apply. Proposals start when the call has closed."))
    locked = Call.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=call.pk)
    running = locked.proposals.filter(state__in=OPEN).first()
    if running is not None and not _lost(running):
        return running
    found = pool_problem.pool(locked)
    if not found.ready:
        raise NotPossible(_("Nobody can be proposed yet: no eligible application has a score."))
    try:
        problem = pool_problem.problem_for(locked, found)
    except selection.BadInput as bad:
        raise NotPossible(_("The targets or rules do not fit together: %(what)s.") % {"what": str(bad)}) from bad
    data, digest, plan = problem.as_data(), problem.digest(), identity.plan(locked, found.factors)
    same = (
        None
        if plan
        else locked.proposals.filter(
            input_hash=digest, origin=Proposal.Origin.SOLVER, state__in=(State.DONE, State.IMPOSSIBLE)
        )
        .order_by("-number")
        .first()
    )
    if same is not None:
        return same
    number = (locked.proposals.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Proposal.objects.create(
        call=locked,
        number=number,
        asked_by=actor,
        problem=data,
        input_hash=digest,
        sealed=plan,
        targets_version=policy_queries.targets_version(locked),
        progress={"done": 0, "of": len(problem.stage_names), "stage": "queued"},
    )
    history.record(
        "proposal.asked",
        made,
        actor=actor,
        cohort=locked.cohort,
        number=number,
        input_hash=digest,
        people=len(problem.people),
        targets=len(problem.targets),
        seed=problem.lottery_seed,
        pins=len(problem.rules.pin_in) + len(problem.rules.pin_out),
        **({"identity_factors": [one["factor"] for one in plan["approvals"]]} if plan else {}),
    )
    transaction.on_commit(partial(hint, "applications.propose", str(made.pk)))
    return made


def _lost(proposal: Proposal) -> bool:
    """Close a proposal whose worker is gone; False when it may still be alive."""
    alive = proposal.seen_at or proposal.started_at
    if proposal.state != State.RUNNING or alive is None or timezone.now() - alive < LOST_AFTER:
        return False
    return move_proposal(proposal, State.FAILED, finished_at=timezone.now(), trouble="lost")


@transaction.atomic
def cancel(*, proposal: Proposal, actor: User) -> bool:
    """Stop a proposal that waits or runs; False when it has ended already."""
    stopped = move_proposal(proposal, State.CANCELLED, finished_at=timezone.now())
    if stopped:
        history.record("proposal.cancelled", proposal, actor=actor, cohort=proposal.call.cohort, number=proposal.number)
    return stopped


@transaction.atomic
def remember(*, proposal: Proposal, actor: User, note: str) -> None:
    """Keep a short note beside a proposal, to tell scenarios apart."""
    proposal.note = note.strip()[:300]
    proposal.save(update_fields=["note"])
    history.record("proposal.noted", proposal, actor=actor, cohort=proposal.call.cohort, number=proposal.number)


# ---------------------------------------------------------------- in the worker


def work_out(proposal_id: str) -> None:
    """Solve one waiting proposal and keep the answer. Safe to run twice and to be stopped at any moment.

    Identity answers are read here, where they are approved for choosing, and forgotten with this call.
    """
    proposal = Proposal.objects.select_related("call__cohort").filter(pk=proposal_id).first()
    now = timezone.now()
    if proposal is None or not move_proposal(proposal, State.RUNNING, started_at=now, seen_at=now):
        return
    try:
        whole = identity.of(proposal)
        answer = selection.propose(whole.problem, partial(_tell, proposal))
    except selection.Cancelled:
        return
    except Exception:
        move_proposal(proposal, State.FAILED, finished_at=timezone.now(), trouble="error")
        raise
    _keep(proposal, answer, whole)


def _tell(proposal: Proposal, stage: str, done: int, of: int) -> bool:
    """Write how far the work is when that changes; False when somebody stopped it."""
    now, moment = {"stage": stage, "done": done, "of": of}, timezone.now()
    mine = Proposal.objects.filter(pk=proposal.pk, state=State.RUNNING)
    if proposal.progress == now and proposal.seen_at and moment - proposal.seen_at < SEEN_EVERY:
        return mine.exists()
    proposal.progress, proposal.seen_at = now, moment
    return bool(mine.update(progress=now, seen_at=moment))


def sweep() -> int:
    """Go on after a lost worker or broker: close proposals that nobody works on, send what waits again.

    Safe to run at any time and twice: a proposal is taken by one worker only, an answer is written once.
    Returns how many proposals and questions it touched.
    """
    now, touched = timezone.now(), 0
    for proposal in Proposal.objects.filter(state=State.RUNNING).defer("problem"):
        touched += _lost(proposal)
    waiting = Proposal.objects.filter(state=State.QUEUED, asked_at__lt=now - ASK_AGAIN)
    for pk in waiting.values_list("pk", flat=True):
        hint("applications.propose", str(pk))
        touched += 1
    asked = Explanation.objects.filter(state=Explanation.State.ASKED, asked_at__lt=now - ASK_AGAIN)
    for pk in list(asked.values_list("pk", flat=True)):
        if Explanation.objects.filter(pk=pk, asked_at__lt=now - ASK_AGAIN).update(asked_at=now):
            hint("applications.explain", str(pk))
            touched += 1
    return touched


@transaction.atomic
def _keep(proposal: Proposal, answer: selection.SolverProposal, whole: identity.Sealed) -> None:
    """Store the solver's answer, and ask for the reasons that the page shows.

    Where identity counted, only what the other targets show of the answer is stored, and one bit: a floor is missed.
    """
    data, now = answer.as_data(), timezone.now()
    kept: dict[str, Any] = {}
    if proposal.sealed:
        kept["sealed"] = {**proposal.sealed, "counted": bool(whole.used), "why": whole.why}
    if whole.used:
        data["stages"] = [{"name": s.name, "proved": s.proved, "seconds": s.seconds} for s in answer.stages]
        kept["input_hash"] = whole.digest()
        if answer.cohort:
            data["vector"] = selection.evaluate(selection.parse(proposal.problem), answer.cohort)
            kept["sealed"]["gap"] = whole.gap(answer.cohort)
    if not answer.cohort:
        to = State.IMPOSSIBLE if answer.status == "infeasible" else State.FAILED
        ended = {
            "finished_at": now,
            "seconds": answer.seconds,
            "trouble": answer.reason,
            "stages": data["stages"],
            **kept,
        }
        if move_proposal(proposal, to, **ended):
            history.record(
                "proposal.ended",
                proposal,
                actor=None,
                cohort=proposal.call.cohort,
                number=proposal.number,
                state=to,
                reason=answer.reason,
            )
            if to == State.IMPOSSIBLE:
                request(proposal, ["core"])
        return
    if move_proposal(
        proposal,
        State.DONE,
        finished_at=now,
        cohort=data["cohort"],
        vector=data["vector"],
        stages=data["stages"],
        proved=answer.proved,
        seconds=answer.seconds,
        **kept,
    ):
        history.record(
            "proposal.ready",
            proposal,
            actor=None,
            cohort=proposal.call.cohort,
            number=proposal.number,
            input_hash=proposal.input_hash,
            vector=data["vector"],
            proved=answer.proved,
        )
        gaps = any(value for name, value in data["vector"].items() if name.startswith("gap"))
        reasons = () if whole.used else data["cohort"]  # a reason for one person could say what they ticked
        request(proposal, [*(f"why:{one}" for one in reasons), "alternatives", *(["recruit", "core"] if gaps else [])])


def request(proposal: Proposal, keys: list[str]) -> None:
    """Ask the worker for explanations that nobody has asked for yet, inside the caller's transaction."""
    Explanation.objects.bulk_create(
        [Explanation(proposal=proposal, key=key) for key in dict.fromkeys(keys)], ignore_conflicts=True
    )
    waiting = Explanation.objects.filter(proposal=proposal, key__in=keys, state=Explanation.State.ASKED)
    for pk in waiting.values_list("pk", flat=True):
        transaction.on_commit(partial(hint, "applications.explain", str(pk)))
