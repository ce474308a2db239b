"""What those who were away hear after a session: that they were missed, and how to catch up. Twice at most."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohort.outbox.models import Message
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import kinds, wall_time
from sessions.messages import samples
from sessions.messages.facts import context_of, refs_for
from sessions.models import Attendance

AT = time(10)
MISSED_FOR = timedelta(days=10)
BEFORE_THE_LAST_DAY = timedelta(days=3)


def next_working_day(day: date) -> date:
    """The first day after ``day`` that is not on a weekend."""
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def _away(now: datetime) -> Iterable[tuple[Attendance, datetime, Any]]:
    """Each person who has something to catch up, with when they hear first and the clock they live by."""
    rows = Attendance.objects.to_catch_up().filter(session__ended_at__gt=now - timedelta(days=120))
    for row in rows.select_related("session__cohort", "membership__user").order_by("pk").iterator(chunk_size=500):
        zone = wall_time.zone_named(row.membership.user.time_zone, row.session.cohort.time_zone)
        first = wall_time.at(next_working_day(row.session.over_at.astimezone(zone).date()), AT, zone)
        yield row, first, zone


def _planned(name: str, row: Attendance, due_at: datetime, not_after: datetime) -> kinds.Planned:
    session, member = row.session, row.membership
    return kinds.Planned(
        key=f"{name}:{session.pk}:{member.pk}",
        recipient=member.user,
        cohort=session.cohort,
        refs=refs_for(session, member),
        due_at=due_at,
        not_after=not_after,
    )


def _plan_missed(now: datetime) -> Iterable[kinds.Planned]:
    for row, first, _zone in _away(now):
        yield _planned("missed", row, first, first + MISSED_FOR)


def _plan_reminder(now: datetime) -> Iterable[kinds.Planned]:
    for row, first, zone in _away(now):
        last = row.session.catch_up_by
        if last is None:
            continue
        due = wall_time.at(last - BEFORE_THE_LAST_DAY, AT, zone)
        if due > first:  # a date that near is in the first message already
            yield _planned("makeup", row, due, wall_time.at(last + timedelta(days=1), time(0), zone))


def _needed(message: Message) -> str | None:
    rows = Attendance.objects.to_catch_up().filter(
        session_id=message.refs["session"], membership_id=message.refs["member"]
    )
    return None if rows.exists() else "not_needed"


def _context(message: Message) -> dict[str, Any]:
    context = context_of(message)
    url = settings.SITE_URL + reverse("program_sessions:catch_up", args=[context["session"].pk])
    return {**context, "url": url}


def _example() -> dict[str, Any]:
    context = samples.about_session()
    context["session"].catch_up_by = previews_samples.day(7).date()
    return context


KINDS = (
    kinds.MessageKind(
        name="we_missed_you",
        klass="B",
        title=_("We missed you"),
        about=_("The next working day after a session that you could not come to: how to catch up."),
        template="sessions/messages/mail/missed",
        example=_example,
        context=_context,
        still_needed=_needed,
        plan=_plan_missed,
        plan_is_complete=True,
        on_unknown="drop",
        members_only=True,
        topic="make_up",
        listed=False,
        when=_("the next working day at 10:00, once the register is closed"),
        expires=_("after 10 days"),
    ),
    kinds.MessageKind(
        name="make_up_open",
        klass="B",
        title=_("Time to catch up on a session"),
        about=_("Three days before the last day to catch up, if you have not yet. Once."),
        template="sessions/messages/mail/make_up",
        example=_example,
        context=_context,
        still_needed=_needed,
        plan=_plan_reminder,
        plan_is_complete=True,
        on_unknown="drop",
        members_only=True,
        topic="make_up",
        listed=False,
        when=_("3 days before the last day, at 10:00"),
        expires=_("at the end of the last day"),
    ),
)
