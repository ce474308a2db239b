"""What beat asks for: open, close, forget."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sessions.surveys import actions


@shared_task(name="sessions.tend_surveys", ignore_result=True)
def tend_surveys() -> None:
    """Open surveys of sessions that just ended, close those whose time is over, forget old tickets."""
    now = timezone.now()
    actions.open_due(now)
    actions.close_due(now)
