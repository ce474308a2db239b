"""Mail after a yes: access needs to the one role that arranges them, and a reminder of the first steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from applications.common.addresses import full_address
from applications.models import Offer, WelcomeTask
from cohort.outbox.models import Message
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import kinds
from cohort.people.access import roles_in
from cohort.people.models import Role
from cohort.ui import times

AT = time(10)


def _offer(message: Message) -> Offer | None:
    return Offer.objects.filter(pk=message.refs.get("offer")).select_related("cohort", "application").first()


def _handover_needed(message: Message) -> str | None:
    offer = _offer(message)
    if offer is None or offer.state != Offer.State.ACCEPTED:
        return "changed"
    reader = message.recipient
    return None if reader is not None and Role.ACCESS in roles_in(reader, offer.cohort_id) else "no_role"


def _handover_context(message: Message) -> dict[str, Any]:
    offer = _offer(message)
    assert offer is not None
    return {"url": full_address("needs", offer.cohort.slug)}


def getting_ready(now: datetime) -> Iterable[kinds.Planned]:
    """One reminder for each new participant with steps left: at 10:00, the day before the first of them is due."""
    ahead = now + kinds.HORIZON
    rows = WelcomeTask.objects.filter(done_at__isnull=True, offer__state=Offer.State.ACCEPTED).select_related(
        "offer__application__applicant", "offer__cohort"
    )
    first = rows.order_by("offer_id", "due_on", "position").distinct("offer_id")
    for task in first.iterator(chunk_size=500):
        offer, person = task.offer, task.offer.application.applicant
        zone = ZoneInfo(person.time_zone or offer.cohort.time_zone)
        due = datetime.combine(task.due_on - timedelta(days=1), AT, tzinfo=zone)
        if now - timedelta(days=2) <= due <= ahead:
            yield kinds.Planned(
                key=f"getting_ready:{offer.pk}",
                recipient=person,
                cohort=offer.cohort,
                due_at=due,
                not_after=due + timedelta(days=2),
                refs={"offer": str(offer.pk)},
                since=offer.answered_at,
            )


def _ready_left(message: Message) -> list[WelcomeTask]:
    return list(
        WelcomeTask.objects.filter(
            offer=message.refs.get("offer"), offer__state="accepted", done_at__isnull=True
        ).order_by("due_on", "position")
    )


def _ready_needed(message: Message) -> str | None:
    return None if _ready_left(message) else "done"


def _ready_context(message: Message) -> dict[str, Any]:
    left = _ready_left(message)
    until = times.day_words(left[0].due_on) if left else ""
    return {"left": len(left), "until": until, "url": full_address("welcome", message.refs["offer"])}


def _handover_example() -> dict[str, Any]:
    return {"url": previews_samples.address("applications:needs", "example")}


def _ready_example() -> dict[str, Any]:
    until = times.day_words(previews_samples.day(5).date())
    return {
        "left": 2,
        "until": until,
        "url": previews_samples.address("applications:welcome", previews_samples.NOTHING),
    }


def register() -> None:
    kinds.register(
        kinds.MessageKind(
            name="access_handover",
            template="applications/offers/onboarding/mail/handover",
            klass="F",
            members_only=True,
            title=_("Access needs to look at"),
            context=_handover_context,
            still_needed=_handover_needed,
            example=_handover_example,
            on_unknown="resend",
            can_stop=False,
            listed=False,
            previewed_by=(Role.ACCESS,),
            about=_("A participant who accepted a place has said what would help them take part."),
            when=_("When they accept, or add something"),
            expires=_("Never"),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="getting_ready",
            template="applications/offers/onboarding/mail/getting_ready",
            klass="B",
            members_only=True,
            title=_("Steps before the first session"),
            context=_ready_context,
            still_needed=_ready_needed,
            plan=getting_ready,
            plan_is_complete=True,
            example=_ready_example,
            on_unknown="drop",
            topic="prework",
            about=_("One reminder that a few small steps are left before the first session."),
            when=_("The day before the first of them is due, at 10:00"),
            expires=_("After 2 days"),
        )
    )
