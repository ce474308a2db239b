"""Mail about a session that somebody's press made and that can still be taken back: nothing of it has left yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

from cohort.outbox.log import queries as log_queries
from sessions.models import Session

Step = Literal["publish", "change", "call-off"]

#: How long a press can be taken back before the first mail leaves.
HOLD = timedelta(minutes=5)
#: Who may be on the way already must hear at once.
SOON = timedelta(hours=1)


def hold(session: Session) -> timedelta:
    """How long mail about ``session`` waits for a second thought: five minutes, or not at all when it starts soon."""
    return HOLD if session.starts_at - timezone.now() > SOON else timedelta(0)


@dataclass(frozen=True)
class Waiting:
    """The last step that members hear of, and how far its mail is."""

    step: Step
    mail: log_queries.Batch

    @property
    def until(self) -> datetime | None:
        """Until when the step can be taken back; None when it cannot any more."""
        return self.mail.first_at if self.mail.held else None


def invitations(session: Session) -> log_queries.Batch:
    return log_queries.batch(prefix=f"invite:{session.pk}:")


def about_now(session: Session, kind: str) -> log_queries.Batch:
    """The messages of one kind about the session as it is now: those that tell of its newest sequence."""
    return log_queries.batch(kind=kind, refs={"session": str(session.pk), "sequence": session.sequence})


def of(session: Session) -> Waiting | None:
    """What members are about to hear of ``session``; None when nothing waits (at most two statements)."""
    if session.state == Session.State.CANCELLED:
        found = Waiting("call-off", about_now(session, "session_cancelled"))
    elif session.state == Session.State.PUBLISHED:
        found = Waiting("publish", invitations(session))
        if not found.mail.waiting and session.sequence:
            found = Waiting("change", about_now(session, "session_changed"))
    else:
        return None
    return found if found.mail.waiting else None
