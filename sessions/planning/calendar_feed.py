"""Sessions in the calendars that people subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.outbox.calendar import feeds
from cohort.outbox.calendar import ics as calendar_ics
from cohort.people.models import Membership, Role, User
from sessions.models import Session

State = Session.State
KEEP = timedelta(days=400)  # how long a past session stays in the calendar


def entries(user: User) -> Iterable[calendar_ics.Entry]:
    """The published sessions of the cohorts that ``user`` takes part in or facilitates, with those called off. One
    statement, whatever the number of sessions. Titles are neutral, because others read a shared calendar."""
    held = Membership.objects.current().filter(user_id=user.pk).having(Role.PARTICIPANT, Role.FACILITATOR)
    found = Session.objects.filter(cohort_id__in=held.values("cohort_id")).select_related("cohort")
    since = timezone.now() - KEEP
    earlier: dict[UUID, int] = {}
    for session in found.order_by("starts_at", "pk"):
        number = earlier.get(session.cohort_id, 0) + 1
        if session.state != State.CANCELLED:
            earlier[session.cohort_id] = number
        if session.state == State.DRAFT or session.published_at is None or session.ends_at < since:
            continue
        yield _entry(session, number)


def _entry(session: Session, number: int) -> calendar_ics.Entry:
    known = (session.created_at, session.published_at, session.changed_at, session.cancelled_at)
    return calendar_ics.Entry(
        uid=f"{session.uid}@cohort",  # the same as in invitations, so that a program knows both as one
        sequence=session.sequence,
        starts=session.starts_at,
        ends=session.ends_at,
        zone=session.cohort.time_zone,
        title=_("Session %(number)s, %(cohort)s") % {"number": number, "cohort": session.cohort.name},
        place=session.place,
        url=settings.SITE_URL + reverse("program_sessions:session", args=[session.pk]),
        called_off=session.state == State.CANCELLED,
        changed_at=max(moment for moment in known if moment is not None),
    )


def register() -> None:
    feeds.register(entries)
