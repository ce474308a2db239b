"""Repeating work."""

from __future__ import annotations

from celery import shared_task

from reflections.journal import actions


@shared_task(name="reflections.tasks.drop_old_links")
def drop_old_links() -> int:
    return actions.drop_old_links()
