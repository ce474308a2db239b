"""One lock per session: who changes it waits for who changes it."""

from __future__ import annotations

from sessions.models import Session


def lock(session: Session) -> Session:
    """The session read again and locked, so that two facilitators' edits come one after the other."""
    return Session.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=session.pk)
