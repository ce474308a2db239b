"""Thin tasks of what runs out: what is kept, and links that were sent. All may run twice and at the same time."""

from __future__ import annotations

from celery import shared_task

from applications.actions import employer, retaining, withdrawing


@shared_task(name="applications.erase")
def erase() -> int:
    """The second look after withdrawals, and run-out sign-ins with what was typed in them."""
    retaining.forget_sessions()
    return withdrawing.erase_due()


@shared_task(name="applications.retain")
def retain() -> dict[str, int]:
    """Delete what the retention classes of the form say is over."""
    return retaining.retain()


@shared_task(name="applications.lapse_confirmations")
def lapse_confirmations() -> int:
    """Mark employers' questions that ran out after 21 days."""
    return employer.lapse_due()
