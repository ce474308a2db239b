"""Invented facts for examples of mail about sessions and surveys. Nothing here is read from or written to a row."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cohort.outbox import examples, walltime
from sessions.models import Session


def session() -> Session:
    """A published session that does not exist. Not saved."""
    starts = examples.day()
    return Session(
        id=examples.NOTHING,
        cohort=examples.cohort(),
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
        published_at=examples.day(-14),
    )


def about_session() -> dict[str, Any]:
    """What templates about one session get."""
    found = session()
    return {
        "session": found,
        "number": 3,
        "zone": walltime.zone_named(found.cohort.time_zone),
        "url": examples.address("program_sessions:session", found.pk),
        "calendar_url": examples.address("program_sessions:calendar", found.pk),
    }


def about_survey() -> dict[str, Any]:
    """What templates about a survey get. The address is of the session: a survey link would be somebody's own."""
    found = session()
    ended = examples.day(-7, time(12))
    found.state, found.starts_at, found.ends_at, found.ended_at = "ended", ended - timedelta(hours=2), ended, ended
    return {"session": found, "survey": None, "url": examples.address("program_sessions:session", found.pk)}
