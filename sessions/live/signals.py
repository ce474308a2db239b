"""Moments that other parts of this app act on, inside the transaction that makes them."""

from __future__ import annotations

from collections.abc import Callable

from cohort.registers import Register
from sessions.models import Session

Listener = Callable[[Session], None]

#: ``listener(session)`` runs when a session ends.
ENDED: Register[Listener] = Register("listeners")
when_ended = ENDED.register


def ended(session: Session) -> None:
    for listener in ENDED:
        listener(session)
