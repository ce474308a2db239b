"""A planned session with three blocks, and short ways to bring it further."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import F
from django.utils import timezone

from cohort.outbox.models import Message
from cohort.people.models import Membership
from sessions.library.actions import load_activities
from sessions.live import actions as live_actions
from sessions.models import Activity, Session
from sessions.planning import actions as planning_actions
from sessions.planning import block_actions

CANARY = "heron-in-the-reeds"  # stands in a facilitator's note; must never reach a participant


@pytest.fixture
def library(db: None) -> dict[str, Activity]:
    load_activities()
    return {activity.slug: activity for activity in Activity.objects.all()}


@pytest.fixture
def draft(cast: SimpleNamespace, library: dict[str, Activity]) -> Session:
    """A draft with an opening, a table activity, a break and a close; the opening carries a secret note."""
    starts = (timezone.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    session = planning_actions.create_session(
        cohort=cast.cohort,
        by=cast.facilitator,
        title="Leading together",
        result="We have a map.",
        objectives=["See who is missing", "Share power"],
        starts_at=starts,
        ends_at=starts + timedelta(minutes=90),
        place="Room B",
    )
    for slug in ("result-and-agenda", "triz", "buffer", "commitments"):
        block_actions.add_from_library(session=session, activity=library[slug], by=cast.facilitator)
    first = session.blocks.get(position=1)
    first.facilitator_notes = f"Begin gently. {CANARY}"
    first.save(update_fields=["facilitator_notes"])
    return session


@pytest.fixture
def published(draft: Session, cast: SimpleNamespace) -> Session:
    return planning_actions.publish(session=draft, by=cast.facilitator)


def told(session: Session) -> None:
    """The five minutes are over: what was queued about the session cannot be taken back any more."""
    Message.objects.filter(refs__session=str(session.pk)).update(due_at=F("due_at") - timedelta(hours=1))


@pytest.fixture
def running(published: Session, cast: SimpleNamespace) -> Session:
    """The room is open; nothing has begun."""
    live_actions.open_room(session=published, by=cast.facilitator)
    published.refresh_from_db()
    return published


@pytest.fixture
def going(running: Session, cast: SimpleNamespace) -> Session:
    """The first block is on."""
    live_actions.press(session=running, by=cast.facilitator, kind="start", expected=0)
    return running


def membership(cast: SimpleNamespace) -> Membership:
    """The participant's membership."""
    return Membership.objects.get(cohort=cast.cohort, user=cast.participant)
