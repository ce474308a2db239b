"""A worker that outlives its broker.

A channel of kombu 5.7 that is used after its connection was closed (a task ends while Redis is away and its message
is acknowledged; messages are given back) raises AttributeError, because it looks for the address of a connection that
is gone. Celery takes only errors of the connection as a reason to connect again; any other ends the worker
("Unrecoverable error"). So say what it is: a connection that is lost.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis as transport
from redis.exceptions import ConnectionError as Lost


class Channel(transport.Channel):  # type: ignore[misc]
    """Kombu's own, which names the fault."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if getattr(self.connection, "client", None) is None:
            raise Lost("the connection of this channel is closed")
        return super()._connparams(asynchronous)  # type: ignore[misc]


def install() -> None:
    """Have every connection to Redis use :class:`Channel`. Safe to call twice."""
    transport.Transport.Channel = Channel
