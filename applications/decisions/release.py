"""Telling: a release is proposed by one person, approved by another, and can be called back for five minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.call.letters.compose import reply_by
from applications.decisions import queries
from applications.models import Application, Call, Decision, Offer, Release
from cohort.outbox import api as outbox_api
from cohort.outbox.registry import kinds
from cohort.people import history, states
from cohort.people.access import members
from cohort.people.models import Cohort, Role, User
from cohort.people.states import NotPossible

UNDO = timedelta(minutes=5)
LETTER_EXPIRES = timedelta(days=7)  # message kind 3
State = Release.State


def move_release(release: Release, to: str, *, actor: User | None, **changes: Any) -> None:
    """Move a release to ``to`` and write it down. Nothing else sets its state.

    :raises NotPossible: somebody was faster, or it is too late.
    """
    states.move(
        release,
        to,
        actor=actor,
        refusal=_("This release is already %(state)s.") % {"state": release.get_state_display()},
        cohort=release.call.cohort,
        details={"number": release.number},
        **changes,
    )


def needs_two(call: Call, batch: queries.Batch) -> bool:
    """Whether a second coordinator must approve: the call says so, or something already told changes
    (rubric.yaml, committee.changing_a_decision)."""
    return call.release_needs_two or batch.changed > 0


def lock(call: Call) -> Call:
    """Lock cohort and call, always in this order, so that seats cannot be counted twice."""
    Cohort.objects.select_for_update().get(pk=call.cohort_id)
    return Call.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=call.pk)


def _check_seats(batch: queries.Batch) -> None:
    if batch.too_many:
        raise NotPossible(
            ngettext(
                "There is one more invitation than free places. Change a decision to the waiting list first.",
                "There are %(count)s more invitations than free places. "
                "Change some decisions to the waiting list first.",
                batch.too_many,
            )
            % {"count": batch.too_many}
        )


@transaction.atomic
def propose(*, call: Call, actor: User, decisions: list[Decision] | None = None) -> Release:
    """Put decisions into one release: all that wait, or the given ones. Nobody is told anything yet.

    :raises NotPossible: nothing waits, a release waits already, or there are more invitations than free places.
    """
    locked = lock(call)
    if locked.releases.filter(state=State.PROPOSED).exists():
        raise NotPossible(_("A release waits for a second person already. Finish or cancel it first."))
    waiting = {decision.pk: decision for decision in queries.unreleased(locked)}
    wanted = list(waiting.values()) if decisions is None else [waiting[d.pk] for d in decisions if d.pk in waiting]
    if not wanted:
        raise NotPossible(_("No decision waits to be released."))
    batch = queries.batch(locked, wanted)
    _check_seats(batch)
    number = (locked.releases.aggregate(last=Max("number"))["last"] or 0) + 1
    release = Release.objects.create(call=locked, number=number, proposed_by=actor)
    Decision.objects.filter(pk__in=[decision.pk for decision in wanted]).update(release=release)
    history.record(
        "release.proposed",
        release,
        actor=actor,
        cohort=locked.cohort,
        number=number,
        decisions=len(wanted),
        values={value: sum(d.value == value for d in wanted) for value in {d.value for d in wanted}},
    )
    if needs_two(locked, batch):
        _tell_second(release, actor)
    return release


def _tell_second(release: Release, proposer: User) -> None:
    """Mail to every other coordinator: a release waits for one of them."""
    cohort = release.call.cohort
    outbox_api.queue_many(
        kind="release_waits",
        messages=[
            kinds.Planned(
                key=f"release_waits:{release.pk}:{membership.user_id}",
                recipient=membership.user,
                cohort=cohort,
                due_at=timezone.now(),
                refs={"proposed": str(release.pk)},
            )
            for membership in members(cohort, Role.COORDINATOR)
            if membership.user_id != proposer.pk
        ],
    )


@transaction.atomic
def approve(*, release: Release, actor: User, at_night: bool = False) -> Release:
    """Let a release go: letters leave, and applicants see it, when the undo time is over.

    ``at_night``: send between 20:00 and 08:00 too, instead of waiting for the morning of each person.

    :raises NotPossible: the same person proposed it and two are needed, it is not proposed any more, nothing is left
        in it, or there are more invitations than free places by now.
    """
    call = lock(release.call)
    locked = Release.objects.select_for_update().get(pk=release.pk)
    locked.call = call
    decisions = _still_good(locked)
    batch = queries.batch(call, decisions)
    if needs_two(call, batch) and locked.proposed_by_id == actor.pk:
        raise NotPossible(_("A second coordinator must approve what you proposed."))
    if locked.state == State.PROPOSED and not decisions:
        raise NotPossible(_("Nothing is left in this release. Cancel it."))
    if locked.state == State.PROPOSED:
        _check_seats(batch)
    now = timezone.now()
    until = now + UNDO
    move_release(locked, State.APPROVED, actor=actor, approved_by=actor, approved_at=now, undo_until=until)
    _make_offers(locked, decisions, until)
    _queue_letters(locked, decisions, until, at_night=at_night)
    return locked


def _still_good(release: Release) -> list[Decision]:
    """The release's decisions; those of applications withdrawn meanwhile leave it."""
    decisions = queries.decisions_in(release)
    gone = [d.pk for d in decisions if d.application.state != Application.State.SUBMITTED or d.superseded_at]
    if gone and release.state == State.PROPOSED:
        Decision.objects.filter(pk__in=gone).update(release=None)
    return [decision for decision in decisions if decision.pk not in gone]


def _make_offers(release: Release, decisions: list[Decision], told_at: datetime) -> None:
    """Open an offer for each invitation, visible once told; take back open offers of people invited no longer."""
    for offer in Offer.objects.filter(application__in=[d.application_id for d in decisions], state=Offer.State.OPEN):
        states.move(
            offer,
            Offer.State.WITHDRAWN,
            cohort=release.call.cohort,
            details={"release": str(release.pk)},
            withdrawn_by=release,
        )
    Offer.objects.bulk_create(
        [
            Offer(
                application=decision.application,
                decision=decision,
                cohort=release.call.cohort,
                reply_by=reply_by(release.call, told_at, decision.application.applicant),
                made_at=told_at,
            )
            for decision in decisions
            if decision.value == Decision.Value.INVITE
        ]
    )


def _queue_letters(release: Release, decisions: list[Decision], due: datetime, *, at_night: bool) -> None:
    cohort = release.call.cohort

    def planned(decision: Decision, prefix: str) -> kinds.Planned:
        return kinds.Planned(
            key=f"{prefix}:{decision.application_id}:{release.number}",
            recipient=decision.application.applicant,
            cohort=cohort,
            due_at=due,
            not_after=due + LETTER_EXPIRES,
            any_hour=at_night,
            refs={
                "decision": str(decision.pk),
                "release": str(release.pk),
                "application": str(decision.application_id),
            },
        )

    opened = [d for d in decisions if d.reason_code == "PLACE_OPENED" and d.value == Decision.Value.INVITE]
    others = [d for d in decisions if d not in opened]
    outbox_api.queue_many(kind="application_decision", messages=[planned(d, "app_decision") for d in others])
    outbox_api.queue_many(kind="waitlist_offer", messages=[planned(d, "waitlist_offer") for d in opened])


@transaction.atomic
def call_back(*, release: Release, actor: User) -> Release:
    """Cancel a release: a proposed one at any time, an approved one until its undo time is over.

    Its letters are called off, its offers go, and its decisions are drafts again.

    :raises NotPossible: the letters are out.
    """
    call = lock(release.call)
    locked = Release.objects.select_for_update().get(pk=release.pk)
    locked.call = call
    approved = locked.state == State.APPROVED
    if approved and locked.undo_until and timezone.now() >= locked.undo_until:
        raise NotPossible(_("The five minutes are over. The letters are on their way."))
    move_release(locked, State.CANCELLED, actor=actor)
    if approved:
        outbox_api.cancel(refs={"release": str(locked.pk)}, reason="called_back")
        Offer.objects.filter(decision__release=locked).delete()
        _give_back_withdrawn(locked)
    Decision.objects.filter(release=locked).update(release=None)
    return locked


def _give_back_withdrawn(release: Release) -> None:
    """Offers that this release took back are open again, as if it had never been."""
    for offer in Offer.objects.filter(withdrawn_by=release, state=Offer.State.WITHDRAWN):
        states.move(
            offer,
            Offer.State.OPEN,
            verb="offer.given_back",
            cohort=release.call.cohort,
            details={"release": str(release.pk)},
            withdrawn_by=None,
        )


@transaction.atomic
def finish_due(*, now: datetime | None = None) -> int:
    """Mark releases whose undo time is over as sent, and calls in which everybody was told as decided.

    Only for the record: what applicants see follows the clock, not this. Safe to run twice.

    :return: how many releases were finished.
    """
    now = now or timezone.now()
    due = Release.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=State.APPROVED, undo_until__lte=now
    )
    done = list(due.select_related("call__cohort"))
    for release in done:
        move_release(release, State.SENT, actor=None, sent_at=now)
        Application.objects.filter(decisions__release=release, decisions__superseded_at__isnull=True).update(
            outcome_told_at=release.undo_until  # retention counts from here
        )
    for call in {release.call_id: release.call for release in done}.values():
        _close_when_all_told(call)
    return len(done)


def _close_when_all_told(call: Call) -> None:
    from applications.call import actions as call_actions

    untold = Application.objects.filter(call=call, state=Application.State.SUBMITTED).exclude(
        pk__in=Decision.objects.told().filter(application__call=call).values("application_id")
    )
    call.refresh_from_db(fields=["state"])
    if call.state == Call.State.CLOSED and not untold.exists():
        call_actions.move_call(call=call, to=Call.State.DECIDED, actor=None)
