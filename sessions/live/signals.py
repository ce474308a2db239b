"""Moments that other parts of this app act on, inside the transaction that makes them."""

from __future__ import annotations

from collections.abc import Callable

from sessions.models import Session

Listener = Callable[[Session], None]
_ended: list[Listener] = []


def when_ended(listener: Listener) -> None:
    """Have ``listener(session)`` run when a session ends. Called from ``AppConfig.ready()``; twice counts once."""
    if listener not in _ended:
        _ended.append(listener)


def ended(session: Session) -> None:
    for listener in _ended:
        listener(session)
