"""Mail to readers about applications that wait for their scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from applications.call.letters import samples as letters_samples
from applications.common.addresses import full_address
from applications.models import Application, Call, Review
from applications.review import queries
from cohort.outbox.models import Message
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import kinds
from cohort.ui import times

UNSENT = (Review.State.ASSIGNED, Review.State.STARTED)
#: Days before (or after) the day to read by, and the name of each reminder.
READING_NUDGES = ((-3, "soon"), (1, "late"))
AT = time(10)


def _call(message: Message) -> Call | None:
    return Call.objects.filter(pk=message.refs.get("call")).select_related("cohort").first()


def _left(message: Message) -> tuple[int, date | None]:
    """How many readings of the call the reader has left, and the first day by which one is due."""
    if message.recipient is None:
        return 0, None
    rows = (
        queries.mine(message.recipient)
        .filter(application__call=message.refs.get("call"), state__in=UNSENT, due_on__isnull=False)
        .values_list("due_on", flat=True)
    )
    days = [day for day in rows if day is not None]
    return len(days), min(days, default=None)


def reading_due(now: datetime) -> Iterable[kinds.Planned]:
    """To each reader with readings left, at 10:00 in their own zone: three days before the day, and the day after."""
    ahead = now + kinds.HORIZON
    rows = (
        Review.objects.filter(
            state__in=UNSENT,
            due_on__gte=(now - timedelta(days=3)).date(),
            due_on__lte=(ahead + timedelta(days=4)).date(),
            application__state=Application.State.SUBMITTED,
            application__call__state__in=[Call.State.OPEN, Call.State.CLOSED],
        )
        .select_related("reader", "application__call__cohort")
        .order_by("assigned_at")
    )
    seen: dict[tuple[UUID, UUID, date], Review] = {}
    since: dict[tuple[UUID, UUID, date], datetime] = defaultdict(lambda: now)
    for review in rows:
        if review.due_on is None:
            continue
        key = (review.application.call_id, review.reader_id, review.due_on)
        seen.setdefault(key, review)
        since[key] = min(since[key], review.assigned_at)
    for (call_id, reader_id, day), review in seen.items():
        call, reader = review.application.call, review.reader
        zone = ZoneInfo(reader.time_zone or call.cohort.time_zone)
        for offset, name in READING_NUDGES:
            due = datetime.combine(day + timedelta(days=offset), AT, tzinfo=zone)
            if due > ahead:
                continue
            yield kinds.Planned(
                key=f"reading_due:{call_id}:{reader_id}:{day}:{name}",
                recipient=reader,
                cohort=call.cohort,
                due_at=due,
                not_after=due + timedelta(days=2),
                refs={"call": str(call_id)},
                since=since[call_id, reader_id, day],
            )


def _reading_context(message: Message) -> dict[str, Any]:
    left, day = _left(message)
    late = bool(day and day < message.due_at.date())
    return {
        "left": left,
        "until": times.day_words(day) if day else "",
        "late": late,
        "call": _call(message),
        "url": full_address("screening"),
    }


def _reading_needed(message: Message) -> str | None:
    return None if _left(message)[0] else "done"


def _reading_example() -> dict[str, Any]:
    return {
        "left": 4,
        "until": times.day_words(previews_samples.day(2).date()),
        "late": False,
        "call": letters_samples.call(),
        "url": previews_samples.address("applications:screening"),
    }


def register() -> None:
    """The kind of this module."""
    kinds.register(
        kinds.MessageKind(
            name="reading_due",
            template="applications/review/mail/reading_due",
            klass="F",
            members_only=True,
            title=_("Applications to read"),
            context=_reading_context,
            still_needed=_reading_needed,
            plan=reading_due,
            plan_is_complete=True,
            example=_reading_example,
            on_unknown="drop",
            about=_("A reminder that applications wait for your scores. Two at most for each due date."),
            when=_("3 days before the day to read by, and the day after, at 10:00"),
            expires=_("After 2 days"),
        )
    )
