"""What beat starts for retention: what is over is deleted, and links that ran out are marked."""

from __future__ import annotations

from cohort.celery import every


def register() -> None:
    every(3600, "applications.erase")
    every(6 * 3600, "applications.retain")
    every(3600, "applications.lapse_confirmations")
