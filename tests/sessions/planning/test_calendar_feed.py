"""Sessions in the calendars that people subscribe to: theirs, all of them, and nothing that gives somebody away."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.people.models import Membership
from sessions.agenda import queries as agenda_queries
from sessions.models import Session
from sessions.planning import calendar_feed
from tests.sessions.conftest import CANARY


def more(cast: SimpleNamespace, days: int, state: str = "published", **fields: Any) -> Session:
    starts = timezone.now() + timedelta(days=days)
    values = {
        "title": f"{CANARY} title",
        "result": "We have a map.",
        "published_at": timezone.now() - timedelta(days=30),
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "state": state,
        "cohort": cast.cohort,
        **fields,
    }
    return Session.objects.create(**values)


def test_people_see_the_sessions_of_their_own_cohorts(cast: SimpleNamespace, published: Session) -> None:
    other = more(cast, 4, cohort=cast.other_cohort)
    uid, theirs = f"{published.uid}@cohort", f"{other.uid}@cohort"
    expected = {
        "participant": [uid],
        "facilitator": [uid],
        "other_participant": [theirs],
        "coordinator": [],
        "screener": [],
        "stranger": [],
        "superuser": [],
    }
    assert {name: [e.uid for e in calendar_feed.entries(getattr(cast, name))] for name in expected} == expected
    Membership.objects.filter(user=cast.participant).update(ended_at=timezone.now())
    assert list(calendar_feed.entries(cast.participant)) == []


def test_drafts_stay_out_and_called_off_ones_stay_in(cast: SimpleNamespace, draft: Session) -> None:
    shown = more(cast, 5)
    off = more(cast, 6, "cancelled", sequence=2)
    more(cast, 7, "cancelled", published_at=None, sequence=1)  # nobody ever heard of it
    more(cast, -500, "ended", ended_at=timezone.now() - timedelta(days=500))
    found = list(calendar_feed.entries(cast.facilitator))
    assert [(e.uid, e.called_off, e.sequence) for e in found] == [
        (f"{shown.uid}@cohort", False, 0),
        (f"{off.uid}@cohort", True, 2),
    ]


def test_titles_are_neutral_and_numbered_like_the_invitations(cast: SimpleNamespace, published: Session) -> None:
    later = more(cast, 5)
    more(cast, 4, "cancelled")
    found = {e.uid: e for e in calendar_feed.entries(cast.participant)}
    assert found[f"{later.uid}@cohort"].title == f"Session {agenda_queries.number_of(later)}, North"
    assert [e for e in found.values() if CANARY in f"{e.title} {e.description} {e.place} {e.url}"] == []
    assert CANARY in later.title


def test_twenty_sessions_take_the_statements_of_one(cast: SimpleNamespace) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            list(calendar_feed.entries(cast.participant))
        return len(seen)

    more(cast, 1)
    assert statements() == 1
    for n in range(20):
        more(cast, n + 2)
    assert statements() == 1
