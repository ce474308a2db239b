"""A worker that outlives its broker."""

from __future__ import annotations

import logging

from celery.worker.consumer import Consumer as Original

log = logging.getLogger(__name__)


class Consumer(Original):  # type: ignore[misc]
    """Celery's own, which goes on when tidying up after a lost connection fails.

    A worker that holds messages when Redis dies tries to give them back over the connection that is gone; in
    kombu 5.7 that raises AttributeError, and the worker ends ("Unrecoverable error") instead of connecting again.
    Nothing is lost by going on: messages that were not given back return after the visibility timeout, and rows in
    the outbox do not depend on any message at all.
    """

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        try:
            super().on_connection_error_after_connected(exc)
        except AttributeError as trouble:
            log.warning("Tidying up after the broker went away failed (%s); connecting again", type(trouble).__name__)
