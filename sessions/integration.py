"""What other apps may know of sessions: when a cohort meets, and what is new. Never a title or a name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.outbox.registry import meetings, news
from cohort.people.models import Cohort
from sessions.models import Agreement, Attendance, HeardNote, Session

_STANDS = (Session.State.PUBLISHED, Session.State.RUNNING, Session.State.ENDED)


def _standing() -> QuerySet[Session]:
    return Session.objects.filter(state__in=_STANDS).select_related("cohort").order_by("starts_at", "pk")


def _meetings(found: Iterable[Session]) -> list[meetings.Meeting]:
    sessions = list(found)
    away: dict[UUID, set[UUID]] = {}
    rows = Attendance.objects.filter(session__in=sessions, state__in=Attendance.AWAY)
    for session, user in rows.values_list("session_id", "membership__user_id"):
        away.setdefault(session, set()).add(user)
    return [
        meetings.Meeting(
            id=one.pk,
            cohort=one.cohort,
            starts_at=one.starts_at,
            over_at=one.over_at,
            over=one.state == Session.State.ENDED,
            away=frozenset(away.get(one.pk, ())),
        )
        for one in sessions
    ]


def between(since: datetime, until: datetime) -> list[meetings.Meeting]:
    """Sessions that members know of and that begin or end in that time (two statements)."""
    window = (since, until)
    return _meetings(
        _standing().filter(Q(starts_at__range=window) | Q(ends_at__range=window) | Q(ended_at__range=window))
    )


def find(meeting: UUID | str) -> meetings.Meeting | None:
    return next(iter(_meetings(_standing().filter(pk=meeting))), None)


def what_is_new(cohort: Cohort, since: datetime, until: datetime) -> Iterable[news.News]:
    """Sessions in the days to come, what facilitators heard, and agreements that changed (three statements)."""
    middle = since + (until - since) / 2
    ahead = Session.objects.filter(
        cohort=cohort, state=Session.State.PUBLISHED, starts_at__gte=middle, starts_at__lt=until
    ).count()
    if ahead:
        words = ngettext("One session this week", "%(n)s sessions this week", ahead) % {"n": ahead}
        yield news.News(words, reverse("program_sessions:index"), 10)
    notes = HeardNote.objects.filter(
        survey__session__cohort=cohort, published_at__gte=since, published_at__lt=middle
    ).order_by("-published_at")
    for session in notes.values_list("survey__session_id", flat=True)[:3]:
        yield news.News(
            _("What the facilitators heard in the survey"), reverse("program_sessions:survey_heard", args=[session]), 20
        )
    changed = Agreement.objects.filter(
        cohort=cohort, retired_at=None, in_force_from__gte=since, in_force_from__lt=middle
    ).count()
    if changed:
        words = ngettext("One agreement is new or changed", "%(n)s agreements are new or changed", changed)
        yield news.News(words % {"n": changed}, reverse("program_sessions:agreements", args=[cohort.slug]), 30)


def register() -> None:
    meetings.register(meetings.MeetingSource(between, find))
    news.register(what_is_new)
