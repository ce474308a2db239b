"""Thin tasks of deleting in time. All of them are safe to run twice and at the same time."""

from __future__ import annotations

from celery import shared_task

from applications.actions import retaining, withdrawing


@shared_task(name="applications.erase")
def erase() -> int:
    """The second look after withdrawals, and run-out sign-ins with what was typed in them."""
    retaining.forget_sessions()
    return withdrawing.erase_due()


@shared_task(name="applications.retain")
def retain() -> dict[str, int]:
    """Delete what the retention classes of the form say is over."""
    return retaining.retain()
