"""Invented facts for examples of mail about sessions and surveys. Nothing here is read from or written to a row."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import wall_time
from cohort.people.states import start_in
from sessions.models import Session


def session() -> Session:
    """A published session that does not exist. Not saved."""
    starts = previews_samples.day()
    return Session(
        id=previews_samples.NOTHING,
        cohort=previews_samples.cohort(),
        state=Session.State.PUBLISHED,
        title=_("Example session"),
        result=_("Everybody has one next step."),
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        place=_("Community center, 12 Main Street"),
        link="https://meet.example.org/room",
        access_notes=_("The side door has a ramp. Captions are on."),
        bring=_("Something to write with."),
        prework=_("Read the two pages on the session’s page."),
        published_at=previews_samples.day(-14),
    )


def about_session() -> dict[str, Any]:
    """What templates about one session get."""
    found = session()
    return {
        "session": found,
        "number": 3,
        "zone": wall_time.zone_named(found.cohort.time_zone),
        "url": previews_samples.address("program_sessions:session", found.pk),
        "calendar_url": previews_samples.address("program_sessions:calendar", found.pk),
    }


def about_survey() -> dict[str, Any]:
    """What templates about a survey get. The address is of the session: a survey link would be somebody's own."""
    found = session()
    ended = previews_samples.day(-7, time(12))
    start_in(found, "ended")
    found.starts_at, found.ends_at, found.ended_at = ended - timedelta(hours=2), ended, ended
    return {"session": found, "survey": None, "url": previews_samples.address("program_sessions:session", found.pk)}
