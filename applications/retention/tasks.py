"""Thin tasks of what runs out: what is kept, and links that were sent. All may run twice and at the same time."""

from __future__ import annotations

from celery import shared_task

from applications.apply import withdraw
from applications.apply.employer import actions as employer_actions
from applications.retention import actions


@shared_task(name="applications.erase")
def erase() -> int:
    """The second look after withdrawals, and run-out sign-ins with what was typed in them."""
    actions.forget_sessions()
    return withdraw.erase_due()


@shared_task(name="applications.retain")
def retain() -> dict[str, int]:
    """Delete what the retention classes of the form say is over."""
    return actions.retain()


@shared_task(name="applications.lapse_confirmations")
def lapse_confirmations() -> int:
    """Mark employers' questions that ran out after 21 days."""
    return employer_actions.lapse_due()
