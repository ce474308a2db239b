"""From “yes” to the first session: small tasks with dates, and handing over what people need to the access role."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import AccessNeed, Offer, WelcomeTask
from applications.models.onboarding import NEEDS_KEY
from cohort.outbox import api as outbox_api
from cohort.people import history
from cohort.people.access import members
from cohort.people.models import Cohort, Role, User
from cohort.people.states import NotPossible

Kind = WelcomeTask.Kind
#: Days after the acceptance by which each is asked for; trying the way in hangs from the first session instead.
DAYS = {Kind.ACCESS: 5, Kind.LISTING: 5, Kind.AGREEMENT: 7, Kind.DATES: 7, Kind.TRY_OUT: 14}
BEFORE_START = timedelta(days=7)
LISTINGS = ("listed", "first_name", "not_listed")


def due_days(cohort: Cohort, today: date) -> dict[str, date]:
    """By when each task is asked for, counted from ``today`` in the cohort's zone and never later than the day before
    the first session, while that is ahead."""
    days: dict[str, date] = {str(kind): today + timedelta(days=count) for kind, count in DAYS.items()}
    starts: date | None = cohort.starts_on
    if starts is not None and starts > today:
        days[Kind.TRY_OUT] = max(today, starts - BEFORE_START)
        days = {kind: min(day, starts - timedelta(days=1)) for kind, day in days.items()}
    return days


def begin(offer: Offer) -> None:
    """Make the tasks of somebody who has just accepted, and tell the access role when they named needs.

    Part of :func:`applications.offers.actions.accept`; twice is the same as once.
    """
    days = due_days(offer.cohort, timezone.localdate(timezone=offer.cohort.zone))
    WelcomeTask.objects.bulk_create(
        [WelcomeTask(offer=offer, kind=kind, position=place, due_on=days[kind]) for place, kind in enumerate(Kind, 1)],
        ignore_conflicts=True,
    )
    if AccessNeed.objects.filter(application=offer.application_id).exists():
        _hand_over(offer, "accepted")


def _hand_over(offer: Offer, cause: str) -> None:
    """Ask everybody in the access role to look. The mail says neither who nor what."""
    for membership in members(offer.cohort, Role.ACCESS):
        outbox_api.queue(
            kind="access_handover",
            key=f"access_handover:{offer.pk}:{membership.user_id}:{cause}",
            recipient=membership.user,
            cohort=offer.cohort,
            refs={"offer": str(offer.pk)},
        )


def _locked(offer: Offer, kind: str) -> WelcomeTask:
    task = (
        WelcomeTask.objects.select_for_update(of=("self",))
        .filter(offer=offer, kind=kind)
        .select_related("offer__cohort")
        .first()
    )
    if task is None or task.offer.state != Offer.State.ACCEPTED:
        raise NotPossible(_("There is nothing to do here."))
    return task


def _finish(task: WelcomeTask, actor: User, *, choice: str = "") -> None:
    task.done_at, task.choice = timezone.now(), choice
    task.save(update_fields=["done_at", "choice"])
    history.record("welcome.done", task, actor=actor, cohort=task.offer.cohort, kind=task.kind)


@transaction.atomic
def say_needs(*, offer: Offer, words: str, actor: User) -> None:
    """Keep what would help somebody take part, beside what they said when they applied. Empty: nothing more.

    :raises NotPossible: the place was not accepted.
    """
    task = _locked(offer, Kind.ACCESS)
    before = AccessNeed.objects.filter(application=offer.application_id, question=NEEDS_KEY).first()
    if words.strip():
        AccessNeed.objects.update_or_create(
            application_id=offer.application_id, question=NEEDS_KEY, defaults={"value": words.strip()}
        )
        if before is None or before.value != words.strip():
            _hand_over(offer, f"{timezone.now():%Y%m%d%H%M}")
    elif before is not None:
        before.delete()
    _finish(task, actor)


@transaction.atomic
def choose_listing(*, offer: Offer, choice: str, actor: User) -> None:
    """Keep whether a name may stand in the public list of participants. It can be changed at any time.

    :raises NotPossible: no such choice, or the place was not accepted.
    """
    if choice not in LISTINGS:
        raise NotPossible(_("Choose one of the three."))
    _finish(_locked(offer, Kind.LISTING), actor, choice=choice)


@transaction.atomic
def tick(*, offer: Offer, kind: str, done: bool, actor: User) -> None:
    """Mark one of the other tasks as done, or open again.

    :raises NotPossible: it is not of those that are only ticked, or the place was not accepted.
    """
    if kind not in (Kind.AGREEMENT, Kind.DATES, Kind.TRY_OUT):
        raise NotPossible(_("There is nothing to do here."))
    task = _locked(offer, kind)
    if done:
        _finish(task, actor)
    elif task.done_at:
        task.done_at = None
        task.save(update_fields=["done_at"])
        history.record("welcome.opened_again", task, actor=actor, cohort=task.offer.cohort, kind=kind)


@transaction.atomic
def note_needs_seen(*, cohort: Cohort, actor: User, people: int) -> None:
    """Write down that somebody looked at access needs: who, when and how many people; never what."""
    history.record("access_needs.viewed", cohort, actor=actor, cohort=cohort, people=people)
