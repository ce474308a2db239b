"""Waking the worker that sends, once the transaction is over."""

from __future__ import annotations

import logging

from django.db import connection, transaction

log = logging.getLogger(__name__)


_SHORT_PATIENCE = {"socket_connect_timeout": 2, "socket_timeout": 2}  # seconds for the broker to take a wake-up


def wake() -> None:
    """Ask a worker to send, once this transaction commits; once only, however many messages it queued."""
    if any(entry[1] is _wake_now for entry in connection.run_on_commit):
        return
    transaction.on_commit(_wake_now, robust=True)


def _wake_now() -> None:
    """Only a hint: when the broker is away the rows stay planned, and beat finds them within a minute."""
    from cohort.celery import app

    # A connection of its own that gives up: Celery's usual one would keep the caller waiting for six seconds.
    options = {**(app.conf.broker_transport_options or {}), "max_retries": 0, **_SHORT_PATIENCE}
    try:
        with app.connection_for_write(connect_timeout=2, transport_options=options) as link:
            app.send_task("outbox.send", connection=link, retry=False, expires=60, ignore_result=True)
    except Exception as error:
        log.warning("The broker did not take a wake-up (%s); beat will find the rows", type(error).__name__)
