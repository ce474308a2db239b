"""Celery tasks of offers. Safe to run twice and at the same time."""

from __future__ import annotations

from celery import shared_task

from applications.offers import actions


@shared_task(name="applications.lapse_offers")
def lapse_offers() -> int:
    """Close offers that were not answered in time."""
    return actions.lapse_due()
