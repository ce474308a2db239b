"""What beat tidies about calls. Safe to run twice and at the same time."""

from __future__ import annotations

from celery import shared_task

from applications.actions import inbox, pages


@shared_task(name="applications.tidy_calls")
def tidy_calls() -> int:
    """Forget addresses of visitors whose question is over, and lines that were removed long ago."""
    return inbox.forget_addresses() + pages.clear_removed()
