"""Thin tasks of deciding and offering. All of them are safe to run twice and at the same time."""

from __future__ import annotations

from celery import shared_task

from applications.decisions import release


@shared_task(name="applications.finish_releases")
def finish_releases() -> int:
    """Mark releases whose five minutes are over as sent."""
    return release.finish_due()
