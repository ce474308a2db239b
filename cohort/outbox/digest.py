"""The weekly message: what is new, for those who switched it on. Nothing new, no message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.outbox.models import Message, Preference
from cohort.outbox.registry import kinds, news, wall_time
from cohort.people.models import Membership, Role

NAME = "weekly_digest"
NINE, WEEK = time(9), timedelta(days=7)


def next_monday(now: datetime, zone: Any) -> date:
    """Today when it is Monday, else the next one, where clocks run as in ``zone``."""
    today = now.astimezone(zone).date()
    return today + timedelta(days=-today.weekday() % 7)


def _plan(now: datetime) -> Iterable[kinds.Planned]:
    """One for each membership of each person who asked for it; someone who asks after nine starts a week later."""
    wanted = Preference.objects.filter(kind=NAME, wanted=True)
    asked = Subquery(wanted.filter(user=OuterRef("user")).values("at")[:1])
    held = Membership.objects.current().having(Role.PARTICIPANT, Role.FACILITATOR)
    held = held.annotate(asked_at=asked).filter(asked_at__isnull=False).select_related("user", "cohort")
    once = held.order_by("cohort_id", "user_id", "role").distinct("cohort_id", "user_id")
    for member in once.iterator(chunk_size=500):
        zone = wall_time.zone_named(member.user.time_zone, member.cohort.time_zone)
        monday = next_monday(now, zone)
        year, week, _day = monday.isocalendar()
        yield kinds.Planned(
            key=f"digest:{member.pk}:{year}-W{week:02}",
            recipient=member.user,
            cohort=member.cohort,
            refs={"member": str(member.pk)},
            due_at=wall_time.at(monday, NINE, zone),
            not_after=wall_time.at(monday + timedelta(days=1), NINE, zone),
            since=max(member.joined_at, member.asked_at),
        )


def _news(message: Message) -> list[news.News]:
    assert message.cohort is not None
    due = message.due_at or timezone.now()
    return news.of(message.cohort, due - WEEK, due + WEEK)


def _needed(message: Message) -> str | None:
    return None if _news(message) else "nothing_new"


DIGEST = kinds.MessageKind(
    name=NAME,
    klass="C",
    title=_("The week in your cohort"),
    about=_("On Mondays at nine, only when there is something new: sessions, agreements, what people chose to share."),
    template="outbox/mail/digest",
    context=lambda message: {"news": _news(message)},
    example=lambda: {
        "news": [
            news.News(str(_("A new session this week")), "/sessions/"),
            news.News(str(_("2 reflections shared with everyone")), "/"),
        ]
    },
    still_needed=_needed,
    plan=_plan,
    plan_is_complete=True,
    on_unknown="drop",
    default_on=False,
    topic="digest",
    members_only=True,
    when=_("Monday 9:00, only when something is new; off until switched on"),
    expires=_("Tuesday 9:00"),
)
