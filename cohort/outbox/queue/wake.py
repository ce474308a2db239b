"""Waking the worker that sends, once the transaction is over."""

from __future__ import annotations

from django.db import connection, transaction


def wake() -> None:
    """Ask a worker to send, once this transaction commits; once only, however many messages it queued."""
    if any(entry[1] is _wake_now for entry in connection.run_on_commit):
        return
    transaction.on_commit(_wake_now, robust=True)


def _wake_now() -> None:
    """Only a hint: when the broker is away the rows stay planned, and beat finds them within a minute."""
    from cohort.celery import hint

    hint("outbox.send", expires=60)
