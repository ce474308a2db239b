"""What beat starts for proposals."""

from __future__ import annotations

from cohort.celery import every


def register() -> None:
    every(60, "applications.sweep_board")
