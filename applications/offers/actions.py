"""Answering offers, letting them lapse, and filling a place that opened. A seat is never given out twice."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.decisions import actions as decisions_actions
from applications.decisions import release as decisions_release
from applications.decisions import seats
from applications.models import Application, Call, Decision, Offer, Release
from applications.offers import queries
from applications.offers.onboarding import actions as onboarding_actions
from cohort.outbox import api as outbox_api
from cohort.people import history, states
from cohort.people.actions import give_role
from cohort.people.models import Cohort, Membership, Role, User
from cohort.people.states import NotPossible

State = Offer.State


def move_offer(offer: Offer, to: str, *, actor: User | None, **changes: Any) -> None:
    """Move an offer to ``to`` and write it down.

    :raises NotPossible: it was answered already, or ran out.
    """
    states.move(
        offer,
        to,
        actor=actor,
        refusal=_("This offer is already closed: %(state)s.") % {"state": offer.get_state_display()},
        cohort=offer.cohort,
        details={"application": str(offer.application_id)},
        **changes,
    )


def _locked(offer: Offer) -> tuple[Cohort, Offer]:
    """Lock the cohort first, then the offer: everybody who wants a seat of this cohort stands in one line."""
    cohort = Cohort.objects.select_for_update().get(pk=offer.cohort_id)
    found = Offer.objects.select_for_update(of=("self",)).select_related("application__applicant").get(pk=offer.pk)
    found.cohort = cohort
    return cohort, found


def _check_open(offer: Offer) -> None:
    if offer.state == State.OPEN and offer.reply_by < timezone.now():
        raise NotPossible(_("The day to answer has passed. Please write or call us: the place may still be free."))
    if offer.application.state != Application.State.SUBMITTED:
        raise NotPossible(_("This application was withdrawn."))


@transaction.atomic
def accept(*, offer: Offer, actor: User) -> Offer:
    """Take the place: the applicant becomes a participant and holds a numbered seat. Twice is the same as once.

    :raises NotPossible: the offer is closed or too old, or (which should never happen) no seat is left.
    """
    cohort, locked = _locked(offer)
    if locked.state == State.ACCEPTED:
        return locked
    _check_open(locked)
    participants = Membership.objects.current().filter(cohort=cohort, role=Role.PARTICIPANT)
    holders = set(participants.values_list("user_id", flat=True))
    if locked.application.applicant_id not in holders and len(holders) >= cohort.seats:
        raise NotPossible(_("All places are taken. Please write or call us; we will find a way with you."))
    Offer.objects.filter(cohort=cohort, seat__isnull=False).exclude(application__applicant__in=holders).update(
        seat=None
    )
    held = set(Offer.objects.filter(cohort=cohort, seat__isnull=False).values_list("seat", flat=True))
    seat = next(number for number in range(1, cohort.seats + 1) if number not in held)
    move_offer(locked, State.ACCEPTED, actor=actor, seat=seat, answered_at=timezone.now())
    give_role(cohort=cohort, user=locked.application.applicant, role=Role.PARTICIPANT, by=actor)
    _stop_nudges(locked)
    onboarding_actions.begin(locked)
    return locked


@transaction.atomic
def decline(*, offer: Offer, actor: User) -> Offer:
    """Say no. The place is free at once.

    :raises NotPossible: the offer is closed.
    """
    _cohort, locked = _locked(offer)
    if locked.state == State.DECLINED:
        return locked
    move_offer(locked, State.DECLINED, actor=actor, answered_at=timezone.now())
    _stop_nudges(locked)
    return locked


def _stop_nudges(offer: Offer) -> None:
    outbox_api.cancel(refs={"offer": str(offer.pk)}, kind="offer_nudge", reason="answered")


@transaction.atomic
def lapse_due(*, now: datetime | None = None) -> int:
    """Close open offers whose last day has passed, and those of withdrawn applications. Safe to run twice.

    :return: how many were closed.
    """
    now = now or timezone.now()
    open_now = Offer.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=State.OPEN)
    count = 0
    for offer in open_now.filter(reply_by__lt=now).select_related("cohort"):
        move_offer(offer, State.LAPSED, actor=None)
        count += 1
    for offer in open_now.filter(application__state=Application.State.WITHDRAWN).select_related("cohort"):
        move_offer(offer, State.WITHDRAWN, actor=None)
        count += 1
    return count


@transaction.atomic
def give_more_days(*, offer: Offer, days: int, actor: User) -> Offer:
    """Let somebody answer later: until the end of the day ``days`` from today, in the cohort's time zone.

    :raises NotPossible: the offer was answered, or its place has been given to somebody else.
    """
    cohort, locked = _locked(offer)
    day = timezone.localdate(timezone=cohort.zone) + timedelta(days=days)
    until = datetime.combine(day, time(23, 59, 59), tzinfo=cohort.zone)
    if locked.state == State.LAPSED:
        if (
            Decision.objects.filter(in_place_of=locked, superseded_at__isnull=True).exists()
            or not seats.seats(cohort).free
        ):
            raise NotPossible(_("This place has been given to somebody else."))
        move_offer(locked, State.OPEN, actor=actor, reply_by=until)
    elif locked.state == State.OPEN:
        locked.reply_by = max(until, locked.reply_by)
        locked.save(update_fields=["reply_by"])
        history.record("offer.extended", locked, actor=actor, cohort=cohort, until=locked.reply_by.isoformat())
    else:
        raise NotPossible(_("This offer was answered."))
    return locked


@transaction.atomic
def replace(*, offer: Offer, application: Application, actor: User, note: str = "") -> Release:
    """Offer the place of a declined or lapsed offer to somebody on the waiting list, in one step.

    Makes the decision and its release. When the call needs two people, a second coordinator approves it;
    otherwise it goes out at once, with the usual time to undo.

    :raises NotPossible: the place is not open, the person is not on the waiting list, or somebody before them is
        passed over without a note (domain facts R10).
    """
    call = decisions_release.lock(Call.objects.get(pk=offer.application.call_id))
    locked = Offer.objects.select_for_update(of=("self",)).select_related("application").get(pk=offer.pk)
    if locked.state not in (State.DECLINED, State.LAPSED):
        raise NotPossible(_("This place is not open."))
    if Decision.objects.filter(in_place_of=locked, superseded_at__isnull=True).exists():
        raise NotPossible(_("This place has been offered to somebody else already."))
    line = [row.application.pk for row in queries.waiting_list(call, offer=locked)]
    if application.pk not in line:
        raise NotPossible(_("This application is not on the waiting list."))
    if application.pk != line[0] and not note.strip():
        raise NotPossible(_("Somebody stands before them on the waiting list. Write down why this person is chosen."))
    choice = decisions_actions.Choice(
        Decision.Value.INVITE, "PLACE_OPENED", note=note or _("Next by the waiting list rule"), in_place_of=locked
    )
    decision = decisions_actions.decide(application=application, choice=choice, actor=actor)
    release = decisions_release.propose(call=call, actor=actor, decisions=[decision])
    return release if call.release_needs_two else decisions_release.approve(release=release, actor=actor)
