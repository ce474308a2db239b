"""Valkey is an aid and no must: whoever asks it gives up soon, and for a moment nobody else asks again."""

from __future__ import annotations

import time
from typing import Any

from redis.backoff import NoBackoff
from redis.retry import Retry

from cohort.server import limits

AGAIN_AFTER = 3.0  # seconds until something that did not answer is asked again


def once() -> dict[str, Any]:
    """Options of a connection that gives up soon and does not try again by itself."""
    return {
        "socket_timeout": limits.VALKEY_SECONDS,
        "socket_connect_timeout": limits.VALKEY_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }


class Pause:
    """Whether one use of Valkey waits until it is tried again. One object a process, for all threads."""

    every: list[Pause] = []

    def __init__(self) -> None:
        self._until = float("-inf")
        Pause.every.append(self)

    def __bool__(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        """It did not answer just now."""
        self._until = time.monotonic() + AGAIN_AFTER

    def end(self) -> None:
        """Ask again at once."""
        self._until = float("-inf")
