"""Say that a session's room has changed, once the change is stored."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

from sessions.models import Session

#: Sent after the commit. Argument: ``session_id``. The live room listens and tells every open screen.
room_changed = Signal()


def announce(session: Session) -> None:
    """Send :data:`room_changed` for ``session`` when this transaction commits; once, however often it is called."""
    waiting = {
        func.args[0] for _sids, func, _robust in _on_commit() if isinstance(func, partial) and func.func is _send
    }
    if session.pk not in waiting:
        transaction.on_commit(partial(_send, session.pk), robust=True)


def _on_commit() -> list:  # type: ignore[type-arg]
    return transaction.get_connection().run_on_commit


def _send(session_id: UUID) -> None:
    room_changed.send(Session, session_id=session_id)
