"""Mail about offers that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from applications.call.letters import samples as letters_samples
from applications.call.letters.compose import contact
from applications.common.access_staff import must_not_see
from applications.common.addresses import full_address
from applications.models import Application, Offer
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.models import Role


def _offer(message: Message) -> Offer | None:
    return (
        Offer.objects.filter(pk=message.refs.get("offer")).select_related("application__call__cohort", "cohort").first()
    )


def _nudge_needed(message: Message) -> str | None:
    offer = _offer(message)
    if offer is None or offer.state != Offer.State.OPEN:
        return "answered"
    return None if offer.application.state == Application.State.SUBMITTED else "withdrawn"


def nudges(now: datetime) -> Iterable[kinds.Planned]:
    """Two reminders for each open offer: three days after it was made, and two days before the last day, at 10:00
    in the cohort's time zone. The second is left out when it would come before or on the day of the first."""
    ahead = now + kinds.HORIZON
    offers = (
        Offer.objects.told(now)
        .filter(state=Offer.State.OPEN, reply_by__gt=now, application__state=Application.State.SUBMITTED)
        .select_related("application__applicant", "cohort")
    )
    first_made = Offer.objects.filter(application=OuterRef("application")).order_by("made_at").values("made_at")[:1]
    for offer in offers.annotate(first_made=Subquery(first_made)).order_by("pk").iterator(chunk_size=500):
        zone = offer.cohort.zone

        def morning(day: datetime) -> datetime:
            return datetime.combine(day.astimezone(zone).date(), time(10), tzinfo=zone)  # noqa: B023

        first = morning(offer.made_at + timedelta(days=3))
        second = morning(offer.reply_by - timedelta(days=2))
        for number, due in ((1, first), (2, second)):
            if due > ahead or due >= offer.reply_by or (number == 2 and second.date() <= first.date()):
                continue
            yield kinds.Planned(
                key=f"offer_nudge:{offer.application_id}:{number}"
                # a later offer needs keys of its own
                if offer.made_at == offer.first_made
                else f"offer_nudge:{offer.pk}:{number}",
                recipient=offer.application.applicant,
                cohort=offer.cohort,
                due_at=due,
                not_after=offer.reply_by,
                refs={"offer": str(offer.pk), "application": str(offer.application_id)},
                since=offer.made_at,
            )


def _nudge_context(message: Message) -> dict[str, Any]:
    offer = _offer(message)
    assert offer is not None
    return {"offer": offer, "url": full_address("offer", offer.pk), "contact": contact(offer.application.call).words}


def register() -> None:
    """The kind of this module, and the work that beat starts."""
    kinds.register(
        kinds.MessageKind(
            name="offer_nudge",
            klass="A",
            title=_("A place waits for an answer"),
            template="applications/offers/mail/nudge",
            context=_nudge_context,
            still_needed=_nudge_needed,
            example=letters_samples.about_offer,
            previewed_by=(Role.COORDINATOR,),
            hidden_from=must_not_see,
            plan=nudges,
            plan_is_complete=True,
            on_unknown="drop",
            about=_("A reminder that a place was offered and not answered yet. Two at most."),
            when=_("3 days after the offer, and 2 days before the last day, at 10:00"),
            expires=_("At the last moment to answer"),
        )
    )
