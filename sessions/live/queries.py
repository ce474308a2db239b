"""Reads of the live room."""

from __future__ import annotations

from sessions.models import (
    Run,
)


def pauses_waiting(run: Run | None) -> int:
    return run.pause_requests.filter(seen_at__isnull=True).count() if run else 0
