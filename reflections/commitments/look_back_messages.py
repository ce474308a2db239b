"""The email on the day that an author chose for looking back at a commitment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohort.outbox.models import Message
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import kinds, wall_time
from reflections.commitments import queries
from reflections.models import Commitment

NINE = time(9)


TOO_LATE = timedelta(days=7)


def _commitment(message: Message) -> Commitment | None:
    return queries.open_commitments().filter(pk=str(message.refs.get("commitment"))).first()


def _look_back_context(message: Message) -> dict[str, Any]:
    return {"look_back_path": reverse("reflections:look_back", args=[message.refs["commitment"]])}


def _still_open(message: Message) -> str | None:
    """Not sent once the commitment is closed, gone, or has a new date."""
    found = _commitment(message)
    if found is None:
        return "closed"
    return None if found.version == message.refs.get("version") else "date_changed"


def _plan(now: datetime) -> Iterable[kinds.Planned]:
    """Every look-back of the next 48 hours, at nine in the morning where its author is."""
    latest = (now + kinds.HORIZON + timedelta(days=1)).date()
    earliest = (now - TOO_LATE).date()
    found = queries.open_commitments().filter(look_back_on__gte=earliest, look_back_on__lte=latest)
    for one in found.select_related("author", "cohort").order_by("pk").iterator(chunk_size=500):
        zone = wall_time.zone_named(one.author.time_zone, one.cohort.time_zone)
        due = wall_time.at(one.look_back_on, NINE, zone)
        yield kinds.Planned(
            key=f"commit_back:{one.pk}:{one.version}",
            recipient=one.author,
            cohort=one.cohort,
            due_at=due,
            not_after=due + TOO_LATE,
            refs={"commitment": str(one.pk), "version": one.version},
            since=one.made_at,
        )


COMMITMENT_LOOKBACK = kinds.MessageKind(
    name="commitment_lookback",
    klass="C",
    title=_("How did your commitment go?"),
    about=_("Asks you how it went, on the day you chose when you made a commitment."),
    template="reflections/commitments/mail/commitment_lookback",
    context=_look_back_context,
    example=lambda: {"look_back_path": reverse("reflections:look_back", args=[previews_samples.NOTHING])},
    still_needed=_still_open,
    plan=_plan,
    on_unknown="drop",
    topic="commitment",
    members_only=True,
    when=_("on the day you chose, at 9:00"),
    expires=_("after 7 days"),
)
