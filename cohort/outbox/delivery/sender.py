"""The sender: claims rows that are due, asks once more whether each should go, sends, and records.

Every step commits on its own, so a worker that dies leaves a trace of how far it came: a claim says that
somebody holds the row, an attempt mark says that mail may have left. Two senders never hold the same row,
and never two limited messages (classes B and C) of one person, so limits hold across workers.
"""

from __future__ import annotations

import contextlib
import logging
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from cohort.outbox import rendering, suppression
from cohort.outbox.delivery import rules, smtp_errors
from cohort.outbox.models import Message, State
from cohort.outbox.monitoring import alerts, heartbeat
from cohort.outbox.queue import rows as queue_rows
from cohort.outbox.registry import kinds

log = logging.getLogger(__name__)

BATCH = 50
STALE = timedelta(minutes=10)  # a claim older than this belongs to a worker that died
RETRIES = [timedelta(minutes=m) for m in (2, 10, 30, 120)]
LONGEST_RUN = 300.0  # seconds; well under the task's time limit and under STALE
_ONE_CLAIM_AT_A_TIME = 0x6F757462  # advisory lock, held for the milliseconds of a claim


@dataclass
class SenderTally:
    """What one run did: how many rows ended how, and how many mails left."""

    mails: int = 0
    states: dict[str, int] = field(default_factory=dict)

    def count(self, state: str, rows: int = 1) -> None:
        self.states[state] = self.states.get(state, 0) + rows


def send_due(now: datetime | None = None, *, batch: int = BATCH) -> SenderTally:
    """Send all that is due, until nothing is left or five minutes have passed.

    :param now: a fixed moment for tests and rehearsals; the clock when not given.
    """
    clock: Callable[[], datetime] = (lambda: now) if now is not None else timezone.now
    tally = SenderTally()
    started = time.monotonic()
    free_stale_claims(clock())
    with _Wire() as wire:
        while time.monotonic() - started < LONGEST_RUN:
            held = _claim(clock(), batch)
            if not held:
                break
            _work_off(held, wire, clock, tally, started)
            heartbeat.beat("sender")
    heartbeat.beat("sender")
    return tally


# ---------------------------------------------------------------- claiming


def free_stale_claims(now: datetime) -> None:
    """Take rows back from workers that died.

    Not tried yet: planned again. Tried, and nobody knows how it ended: kinds that say ``resend`` go again with the
    same Message-ID, so that a mail program knows the copy; others stay ``unknown`` and are listed.
    """
    old = Q(claimed_at__lt=now - STALE)
    free: dict[str, Any] = {"claim": None, "claimed_at": None}
    queue_rows.move(old & Q(attempt_started_at__isnull=True), before=State.CLAIMED, after=State.PLANNED, **free)
    again = [kind.name for kind in kinds.registered() if kind.on_unknown == "resend"]
    tried = old & Q(attempt_started_at__isnull=False)
    queue_rows.move(
        tried & Q(kind__in=again),
        before=State.CLAIMED,
        after=State.RETRY,
        next_at=now,
        reason="outcome_unknown",
        **free,
    )
    queue_rows.move(tried, before=State.CLAIMED, after=State.UNKNOWN, reason="outcome_unknown", **free)


_CLAIM = """
UPDATE outbox_message SET state = 'claimed', claim = %(claim)s, claimed_at = %(now)s, attempt_started_at = NULL
WHERE id IN (
  SELECT m.id FROM outbox_message m
  WHERE m.state IN ('planned', 'retry') AND m.next_at <= %(now)s
    AND (m.klass NOT IN ('B', 'C') OR m.recipient_id IS NULL OR NOT EXISTS (
      SELECT 1 FROM outbox_message other
      WHERE other.recipient_id = m.recipient_id AND other.state = 'claimed' AND other.klass IN ('B', 'C')))
  ORDER BY m.klass, m.next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
"""
#: The other limited messages of the same people, so that they can share one mail.
_CLAIM_COMPANIONS = """
UPDATE outbox_message SET state = 'claimed', claim = %(claim)s, claimed_at = %(now)s, attempt_started_at = NULL
WHERE id IN (
  SELECT m.id FROM outbox_message m
  WHERE m.state IN ('planned', 'retry') AND m.next_at <= %(now)s AND m.klass IN ('B', 'C')
    AND m.recipient_id IN (SELECT recipient_id FROM outbox_message WHERE claim = %(claim)s AND klass IN ('B', 'C'))
  FOR UPDATE SKIP LOCKED)
"""


def _claim(now: datetime, limit: int) -> list[Message]:
    """Take up to ``limit`` due rows (and companions), and commit that before anything else happens."""
    claim = uuid.uuid4()
    values: dict[str, Any] = {"claim": claim, "now": now, "limit": limit}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_CLAIM_AT_A_TIME])
        cursor.execute(_CLAIM, values)
        if not cursor.rowcount:
            return []
        cursor.execute(_CLAIM_COMPANIONS, values)
    return list(
        Message.objects.filter(claim=claim, state=State.CLAIMED)
        .select_related("recipient", "cohort")
        .order_by("klass", "next_at", "key")
    )


# ---------------------------------------------------------------- one batch


def _work_off(
    held: list[Message], wire: _Wire, clock: Callable[[], datetime], tally: SenderTally, started: float
) -> None:
    known = rules.Known.read(held, clock())
    for group in _shared(held):
        if time.monotonic() - started >= LONGEST_RUN:
            _settle(group, State.PLANNED, tally)  # the next run takes them
            continue
        now = clock()
        ready: list[tuple[Message, rendering.Part]] = []
        for message in group:
            verdict = rules.judge(message, known, now)
            if verdict is not None:
                _settle([message], verdict.state, tally, reason=verdict.reason, next_at=verdict.next_at)
                continue
            part = _write(message, known)
            if isinstance(part, rules.Verdict):
                _settle([message], part.state, tally, reason=part.reason)
            else:
                ready.append((message, part))
        if ready:
            _send(ready, known, wire, clock, tally)


def _shared(held: list[Message]) -> list[list[Message]]:
    """Rows that may share one mail: the limited ones of one person; each other row alone. Essential ones first."""
    groups: dict[object, list[Message]] = {}
    for message in held:
        limited = message.klass in "BC" and message.recipient_id
        groups.setdefault(message.recipient_id if limited else message.pk, []).append(message)
    return list(groups.values())


def _write(message: Message, known: rules.Known) -> rendering.Part | rules.Verdict:
    """Ask the kind whether the message is needed, and render it. A fault in a kind fails that row alone."""
    kind = kinds.get(message.kind)
    try:
        # Inside a caller's transaction a savepoint, so that a statement that fails in a kind spoils nothing else.
        with kinds.one_moment(), transaction.atomic() if connection.in_atomic_block else contextlib.nullcontext():
            code = kind.still_needed(message)
            if code:
                return rules.Verdict(State.SKIPPED, code[:60])
            return rendering.render(message, kind, known.stop_url(message))
    except Exception as error:
        log.error("Message %s of kind %s could not be written: %s", message.pk, message.kind, type(error).__name__)
        alerts.tell("template")
        return rules.Verdict(State.FAILED, "template_error")


def _send(
    ready: list[tuple[Message, rendering.Part]],
    known: rules.Known,
    wire: _Wire,
    clock: Callable[[], datetime],
    tally: SenderTally,
) -> None:
    ready.sort(key=lambda pair: (kinds.PRIORITY[kinds.get(pair[0].kind).topic], pair[0].due_at))
    messages = [message for message, _part in ready]
    lead = messages[0]
    try:
        mail = rendering.mail(ready, known.stop_url(*messages))
    except Exception as error:
        log.error("The mail around %s could not be written: %s", lead.pk, type(error).__name__)
        alerts.tell("template")
        _settle(messages, State.FAILED, tally, reason="template_error")
        return
    # From here on mail may leave. Rows that were stopped or called off meanwhile do not match any more;
    # when one of several is gone, the mail is written again without it.
    marked = _mark(messages, clock())
    if marked < {message.pk for message in messages}:
        _unmark(marked, lead)
        rest = [pair for pair in ready if pair[0].pk in marked]
        if rest:
            _send(rest, known, wire, clock, tally)
        return
    try:
        wire.send(mail)
    except Exception as error:
        _failed(messages, smtp_errors.classify(error), error, clock(), tally)
        return
    tally.mails += 1
    now = clock()
    known.sent(lead, now)
    if len(messages) > 1:
        _settle(messages[1:], State.SENT, tally, sent_at=now, sent_with=lead, reason="")
    _settle([lead], State.SENT, tally, sent_at=now, reason="")


def _mark(messages: list[Message], now: datetime) -> set[uuid.UUID]:
    """Write the attempt mark, only on rows that this worker still holds. Returns their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_message SET attempt_started_at = %s, attempts = attempts + 1"
            " WHERE id = ANY(%s) AND state = 'claimed' AND claim = %s RETURNING id",
            [now, [message.pk for message in messages], messages[0].claim],
        )
        return {pk for (pk,) in cursor.fetchall()}


def _unmark(marked: set[uuid.UUID], lead: Message) -> None:
    """Take back the mark of an attempt that did not start."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_message SET attempt_started_at = NULL, attempts = attempts - 1"
            " WHERE id = ANY(%s) AND state = 'claimed' AND claim = %s",
            [list(marked), lead.claim],
        )


def _failed(
    messages: list[Message], failure: smtp_errors.Failure, error: Exception, now: datetime, tally: SenderTally
) -> None:
    log.warning("Sending %s failed (%s, %s)", messages[0].pk, failure.code, type(error).__name__)
    if failure.bounced:
        address = rendering.address_of(messages[0])
        for message in messages:
            # Optional mail stops for this address; an essential row stays in sight, as failed.
            after = State.FAILED if message.klass == "A" else State.SUPPRESSED
            _settle([message], after, tally, reason=failure.code)
        suppression.bounced(email=address)
        return
    for message in messages:
        tries = message.attempts  # before this one
        again = None
        if failure.passing and tries < len(RETRIES):
            again = now + RETRIES[tries] * random.uniform(1.0, 1.2)  # noqa: S311 - jitter, not a secret
        if again is None or (message.not_after is not None and again > message.not_after):
            _settle([message], State.FAILED, tally, reason=failure.code)
        else:
            _settle([message], State.RETRY, tally, reason=failure.code, next_at=again)


def _settle(
    messages: list[Message],
    after: State,
    tally: SenderTally,
    *,
    reason: str = "",
    next_at: datetime | None = None,
    sent_at: datetime | None = None,
    sent_with: Message | None = None,
) -> None:
    """Record how it ended, in one statement, if this worker still holds the rows."""
    fields: dict[str, Any] = {"reason": reason, "claim": None, "claimed_at": None}
    if next_at is not None:
        fields["next_at"] = next_at
    if sent_at is not None:
        fields |= {"sent_at": sent_at, "sent_with": sent_with}
    held = Q(pk__in=[message.pk for message in messages], claim=messages[0].claim)
    tally.count(after, queue_rows.move(held, before=State.CLAIMED, after=after, **fields))


class _Wire:
    """One connection to the mail server for a whole run; opened when needed, and anew after a failure."""

    def __init__(self) -> None:
        self._open: BaseEmailBackend | None = None

    def __enter__(self) -> _Wire:
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def send(self, mail: rendering.Mail) -> None:
        if self._open is None:
            backend = get_connection()
            backend.open()
            self._open = backend
        try:
            self._open.send_messages([mail])
        except Exception:
            self._close()
            raise

    def _close(self) -> None:
        backend, self._open = self._open, None
        if backend is not None:
            try:
                backend.close()
            except Exception as error:
                log.info("Closing the mail connection failed: %s", type(error).__name__)
