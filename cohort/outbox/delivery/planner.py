"""The planner: what should exist soon, according to the facts, becomes rows. Safe to run twice, and at once."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from cohort.outbox.monitoring import alerts, heartbeat
from cohort.outbox.queue import rows as queue_rows
from cohort.outbox.registry import kinds

log = logging.getLogger(__name__)
BATCH = 1000  # rows per statement


@dataclass
class PlannerTally:
    """What one run did."""

    added: int = 0  # also those that came back or moved to a new time
    cancelled: int = 0
    broken: list[str] = field(default_factory=list)  # kinds whose plan failed


def plan_all(now: datetime | None = None) -> PlannerTally:
    """Ask every kind what should exist for the next 48 hours, and make it so.

    One statement per thousand rows, whatever exists already, and memory for one thousand. A kind whose plan fails
    is logged and left; the others go on.
    """
    now = now or timezone.now()
    tally = PlannerTally()
    for kind in kinds.registered():
        if kind.plan is None:
            continue
        try:
            added, cancelled = _plan_kind(kind, now)
        except Exception as error:
            # Only the type: the words of an error may hold what rows hold.
            log.error("Planning %s failed: %s", kind.name, type(error).__name__)
            tally.broken.append(kind.name)
            alerts.tell("plan")
        else:
            tally.added += added
            tally.cancelled += cancelled
    heartbeat.beat("planner")
    return tally


def _plan_kind(kind: kinds.MessageKind, now: datetime) -> tuple[int, int]:
    assert kind.plan is not None
    until = now + kinds.HORIZON
    # A message that came too late already is not worth a row: times that passed are never filled in afterwards.
    items = (
        item
        for item in kind.plan(now) or ()
        if item.due_at <= until and (item.not_after is None or item.not_after > now)
    )
    added = cancelled = 0
    # One transaction per kind, so that a plan which fails half-way changes nothing.
    with transaction.atomic():
        if kind.plan_is_complete:
            _remember(None)
        for batch in _batches(items):
            added += len(queue_rows.add([(kind, item) for item in batch], from_plan=True, now=now))
            if kind.plan_is_complete:
                _remember([item.key for item in batch])
        if kind.plan_is_complete:
            cancelled = _cancel_missing(kind, now)
    return added, cancelled


def _batches(items: Iterable[kinds.Planned]) -> Iterator[list[kinds.Planned]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _remember(keys: list[str] | None) -> None:
    """Keep the keys of this run in a table that ends with the transaction, not in memory."""
    with connection.cursor() as cursor:
        if keys is None:
            cursor.execute("DROP TABLE IF EXISTS outbox_named")
            cursor.execute("CREATE TEMPORARY TABLE outbox_named (key text) ON COMMIT DROP")
        else:
            cursor.execute("INSERT INTO outbox_named SELECT unnest(%s::text[])", [keys])


def _cancel_missing(kind: kinds.MessageKind, now: datetime) -> int:
    """Cancel planned rows that are still to come and that the plan no longer names: their cause is gone.

    Rows that are due already are left to ``still_needed``, because a plan need not name the past.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE outbox_message m SET state = 'cancelled', reason = 'cause_gone'
            WHERE m.kind = %s AND m.from_plan AND m.state = 'planned' AND m.due_at > %s
              AND NOT EXISTS (SELECT 1 FROM outbox_named n WHERE n.key = m.key)
            """,
            [kind.name, now],
        )
        return cursor.rowcount
