"""Thin tasks of deciding and offering. All of them are safe to run twice and at the same time."""

from __future__ import annotations

from celery import shared_task

from applications.actions import offering, releasing


@shared_task(name="applications.finish_releases")
def finish_releases() -> int:
    """Mark releases whose five minutes are over as sent."""
    return releasing.finish_due()


@shared_task(name="applications.lapse_offers")
def lapse_offers() -> int:
    """Close offers that were not answered in time."""
    return offering.lapse_due()
