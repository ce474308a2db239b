"""Cancelling messages that have not left."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from cohort.outbox.models import WAITING, State
from cohort.outbox.queue import rows


def call_off_where(which: Q, after: State, reason: str) -> int:
    """Move the messages that match ``which`` and have not left to ``after``. How many."""
    with transaction.atomic():
        count = sum(rows.move(which, before=state, after=after, reason=reason) for state in WAITING)
        return count + rows.move(
            which & Q(attempt_started_at__isnull=True), before=State.CLAIMED, after=after, reason=reason
        )
