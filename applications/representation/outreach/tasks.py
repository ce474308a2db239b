"""Celery tasks of outreach. Thin: ids in, actions called."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="applications.missing_together")
def run_missing_together(call_id: str) -> None:
    """Work out who would have to apply so that every floor can be met together."""
    from applications.representation.outreach import actions as outreach_actions

    outreach_actions.work_out(call_id)
