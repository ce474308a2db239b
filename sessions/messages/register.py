"""Registration of all kinds of email about sessions."""

from __future__ import annotations

from cohort.outbox.registry import kinds
from sessions.messages.during import CANCELLED, CHANGED, DAY_BEFORE, INVITATION, UNINVITED


def register() -> None:
    from sessions.messages import after, before

    for kind in (INVITATION, CHANGED, CANCELLED, UNINVITED, DAY_BEFORE, *before.KINDS, *after.KINDS):
        kinds.register(kind)
