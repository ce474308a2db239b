"""Deciding: with a reason, with history, apart from telling. See :mod:`.releasing` for what is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.common.access_staff import hidden_from
from applications.common.review_labels import REASONS
from applications.decisions import queries
from applications.models import Application, Call, Decision, Offer, Proposal
from applications.review import queries as review_queries
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible

Value = Decision.Value


@dataclass(frozen=True)
class Choice:
    """What is to be decided on one application. ``in_place_of``: the offer whose place this invitation fills."""

    value: str
    reason_code: str
    note: str = ""
    in_place_of: Offer | None = None


@dataclass
class DecideOutcome:
    """``made``: new decisions. ``kept``: already decided so. ``refused``: number -> why."""

    made: list[Decision] = field(default_factory=list)
    kept: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def check(choice: Choice) -> None:
    """:raises NotPossible: no such decision, or the reason does not go with it."""
    if choice.reason_code not in REASONS.get(choice.value, {}):
        raise NotPossible(_("Choose a reason that goes with this decision."))


@transaction.atomic
def decide(*, application: Application, choice: Choice, actor: User) -> Decision:
    """Decide on one application. An earlier decision stays in the record, superseded.

    :raises NotPossible: the reason does not fit, the actor has a tie, the letter is on its way, a decision that
        was told is changed without a note, or the place was accepted already.
    """
    outcome = decide_all(call=application.call, choices={application.pk: choice}, actor=actor)
    if outcome.refused:
        raise NotPossible(next(iter(outcome.refused.values())))
    return (
        outcome.made[0] if outcome.made else Decision.objects.get(application=application, superseded_at__isnull=True)
    )


@transaction.atomic
def decide_all(*, call: Call, choices: Mapping[UUID, Choice], actor: User) -> DecideOutcome:
    """Decide on many applications of one call at once; those that cannot be decided are left and named.

    :raises NotPossible: a choice is wrong in itself.
    """
    for choice in choices.values():
        check(choice)
    away = hidden_from(actor, call)
    applications = list(Application.objects.select_for_update().filter(call=call, pk__in=list(choices)).order_by("pk"))
    current, told = queries.decisions_of(call)
    alive = {
        offer.application_id: offer
        for offer in Offer.objects.filter(application__in=applications, state=Offer.State.ACCEPTED)
    }
    bases = queries.bases(call)
    outcome, now, fresh, old = DecideOutcome(), timezone.now(), [], []
    for application in applications:
        choice, before = choices[application.pk], current.get(application.pk)
        trouble = _trouble(
            application,
            choice,
            before,
            told=application.pk in told,
            away=application.pk in away,
            accepted=application.pk in alive,
        )
        if trouble:
            outcome.refused[application.number] = trouble
            continue
        if (
            before
            and (before.value, before.reason_code, before.note) == (choice.value, choice.reason_code, choice.note)
            and before.in_place_of_id == (choice.in_place_of.pk if choice.in_place_of else None)
        ):
            outcome.kept += 1
            continue
        if before:
            old.append(before.pk)
        fresh.append(
            (
                before,
                Decision(
                    application=application,
                    value=choice.value,
                    reason_code=choice.reason_code,
                    note=choice.note,
                    decided_by=actor,
                    decided_at=now,
                    in_place_of=choice.in_place_of,
                    basis=bases(application.pk),
                ),
            )
        )
    Decision.objects.filter(pk__in=old).update(superseded_at=now)
    Decision.objects.bulk_create([decision for _before, decision in fresh])
    for before, decision in fresh:
        history.record(
            "decision.made",
            decision,
            actor=actor,
            cohort=call.cohort,
            application=str(decision.application_id),
            value=decision.value,
            reason=decision.reason_code,
            supersedes=str(before.pk) if before else None,
        )
    outcome.made = [decision for _before, decision in fresh]
    return outcome


def _trouble(
    application: Application, choice: Choice, before: Decision | None, *, told: bool, away: bool, accepted: bool
) -> str:
    """Why this application cannot be decided so now; empty when it can."""
    if away:
        return _("You have a tie to this application. Somebody else decides.")
    if application.state != Application.State.SUBMITTED:
        return _("This application was withdrawn.")
    if accepted:
        return _("This person has accepted a place. End their membership instead, if it must be.")
    if before and queries.is_leaving(before):
        return _("The letter about this decision is on its way. Call the release back first.")
    if (
        told
        and not choice.note.strip()
        and before
        and (before.value, before.reason_code)
        != (
            choice.value,
            choice.reason_code,
        )
    ):
        return _("This person has been told already. To change the decision, write down why.")
    return ""


@dataclass(frozen=True)
class RestOfPool:
    """What happens to applications outside a proposal: bands that go to the waiting list, and the two reasons."""

    waitlist_bands: frozenset[str]
    waitlist_reason: str
    decline_reason: str
    replace_drafts: bool = False


@transaction.atomic
def draft_from_proposal(*, call: Call, proposal: Proposal, rest: RestOfPool, actor: User) -> DecideOutcome:
    """Draft decisions for the whole call: invite those in the proposal, and the rest by band.

    Drafts only: nobody is told anything. Decisions that were told are never touched; drafts that exist are
    replaced only when ``rest.replace_drafts`` says so. Applications without any score that are not in the
    proposal are left for people to decide.
    """
    inside = set(proposal.cohort)
    scores = review_queries.standings(call)
    current, told = queries.decisions_of(call)
    choices: dict[UUID, Choice] = {}
    for application in Application.objects.filter(call=call, state=Application.State.SUBMITTED).order_by("number"):
        if application.pk in told or (application.pk in current and not rest.replace_drafts):
            continue
        if application.eligibility == Application.Eligibility.INELIGIBLE:
            choices[application.pk] = Choice(Value.NOT_ELIGIBLE, "INELIGIBLE")
        elif str(application.pk) in inside:
            choices[application.pk] = Choice(Value.INVITE, "IN_PROPOSAL")
        elif application.pk in scores:
            waits = scores[application.pk].band in rest.waitlist_bands
            choices[application.pk] = (
                Choice(Value.WAITLIST, rest.waitlist_reason) if waits else Choice(Value.DECLINE, rest.decline_reason)
            )
    outcome = decide_all(call=call, choices=choices, actor=actor)
    history.record(
        "call.drafted_from_proposal",
        call,
        actor=actor,
        cohort=call.cohort,
        proposal=str(proposal.pk),
        input_hash=proposal.input_hash,
        made=len(outcome.made),
        refused=len(outcome.refused),
    )
    return outcome


def decide_by_numbers(*, call: Call, ids: Iterable[UUID], choice: Choice, actor: User) -> DecideOutcome:
    """The same decision for each chosen application."""
    return decide_all(call=call, choices=dict.fromkeys(ids, choice), actor=actor)


@transaction.atomic
def note_export(*, call: Call, actor: User) -> None:
    """Write down that somebody took the decision record out."""
    history.record("decisions.exported", call, actor=actor, cohort=call.cohort)
