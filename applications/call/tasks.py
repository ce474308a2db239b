"""What beat tidies about calls. Safe to run twice and at the same time."""

from __future__ import annotations

from celery import shared_task

from applications.call.inbox import actions as inbox_actions
from applications.call.page import actions as page_actions


@shared_task(name="applications.tidy_calls")
def tidy_calls() -> int:
    """Forget addresses of visitors whose question is over, and lines that were removed long ago."""
    return inbox_actions.forget_addresses() + page_actions.clear_removed()
