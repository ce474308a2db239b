"""A session as an entry of somebody's calendar."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cohort.outbox.calendar import ics as calendar_ics
from sessions.models import Session


def calendar_file(
    session: Session, *, name: str, email: str, number: int, method: str = "REQUEST", removed: bool = False
) -> bytes:
    """A calendar entry for one person. The title is neutral: work calendars are read by others."""
    cohort = session.cohort
    organizer = (cohort.contact_name or cohort.name, cohort.contact_email or settings.DEFAULT_FROM_EMAIL)
    return calendar_ics.invitation(
        uid=f"{session.uid}@cohort",
        sequence=session.sequence,
        starts=session.starts_at,
        ends=session.ends_at,
        zone=cohort.time_zone,
        title=_("Session %(number)s, %(cohort)s") % {"number": number, "cohort": cohort.name},
        place=session.place,
        description=settings.SITE_URL + reverse("program_sessions:session", args=[session.pk]),
        organizer=organizer,
        attendee=(name, email),
        method="CANCEL" if method == "CANCEL" else "REQUEST",
        removed=removed,
    )
