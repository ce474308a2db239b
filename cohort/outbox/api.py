"""Queue and call off messages, and keep what people chose about getting them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohort.outbox.models import Message, State
from cohort.outbox.queue import rows as queue_rows
from cohort.outbox.queue.call_off import call_off_where
from cohort.outbox.queue.wake import wake
from cohort.outbox.registry import kinds
from cohort.people import history
from cohort.people.models import Cohort, User


def queue(
    *,
    kind: str,
    key: str,
    recipient: User | None = None,
    email: str = "",
    cohort: Cohort | None = None,
    refs: Mapping[str, str | int] | None = None,
    due_at: datetime | None = None,
    not_after: datetime | None = None,
    weekends: bool = False,
    any_hour: bool = False,
) -> bool:
    """Put one message in the outbox, inside the caller's transaction, and wake the sender when that commits.

    :param key: says the same thing only once, for ever: a second call with it does nothing
        (unless the first was cancelled, which brings the message back).
    :param refs: ids that the kind's ``context`` reads; never words.
    :param due_at: now when not given.
    :param any_hour: may go in quiet hours (a change or a cancellation within 24 hours of the start).
    :param weekends: may go on a weekend, because the session is on one.
    :return: whether a row was added.
    :raises LookupError: no kind has that name.
    :raises ValueError: no address, or ``refs`` hold words.
    """
    return bool(
        queue_many(
            kind=kind,
            messages=[
                kinds.Planned(
                    key=key,
                    recipient=recipient,
                    email=email,
                    cohort=cohort,
                    refs=refs or {},
                    due_at=due_at or timezone.now(),
                    not_after=not_after,
                    weekends=weekends,
                    any_hour=any_hour,
                )
            ],
        )
    )


def queue_many(*, kind: str, messages: Iterable[kinds.Planned]) -> int:
    """Like :func:`queue` for many messages of one kind, in one statement per thousand. Returns how many were added."""
    policy = kinds.get(kind)
    added, due_now, now = 0, False, timezone.now()
    batch: list[kinds.Planned] = []

    def flush() -> None:
        nonlocal added
        # Somebody decided to send these now, so whether the recipient joined late does not matter.
        added += len(queue_rows.add([(policy, item) for item in batch], from_plan=False, late_joiners=True))
        batch.clear()

    for item in messages:
        if item.recipient is None and not item.email:
            raise ValueError(f"{kind}: a message needs a recipient or an address")
        due_now = due_now or item.due_at <= now
        batch.append(item)
        if len(batch) == 1000:
            flush()
    flush()
    if added and due_now:
        wake()
    return added


def cancel(
    *,
    prefix: str = "",
    refs: Mapping[str, str | int] | None = None,
    kind: str = "",
    recipient: User | None = None,
    reason: str = "cause_gone",
) -> int:
    """Call off messages that have not been tried yet: those whose key starts with ``prefix``, whose ``refs`` hold
    all of the given ones, of one ``kind``, for one ``recipient``. At least one of prefix and refs is needed.

    A message that a worker holds but has not started to send is called off too.

    :return: how many were called off.
    """
    if not prefix and not refs:
        raise ValueError("say which messages: a key prefix or refs")
    which = Q()
    if prefix:
        which &= Q(key__startswith=prefix)
    if refs:
        which &= Q(refs__contains=queue_rows.check_refs(refs))
    if kind:
        which &= Q(kind=kind)
    if recipient is not None:
        which &= Q(recipient=recipient)
    return call_off_where(which, State.CANCELLED, reason)


def forget(*, refs: Mapping[str, str | int]) -> int:
    """Delete the rows whose ``refs`` hold all of the given ones, once nothing may come of them any more.

    For when the thing they were about was really deleted. A message that a worker holds stays until a later call.

    :raises ValueError: no refs, which would be every row.
    """
    if not refs:
        raise ValueError("say which messages: refs")
    rows = Message.objects.filter(refs__contains=queue_rows.check_refs(refs)).exclude(state=State.CLAIMED)
    return rows.delete()[1].get(Message._meta.label, 0)


def send_again(*, message: Message, actor: User) -> bool:
    """A person says: send this one now, although it failed, came too late, or nobody knows whether it went.

    The kind is asked once more whether it is needed. Works for a day. Returns whether the row was in such a state.
    """
    now = timezone.now()
    with transaction.atomic():
        for before in (State.FAILED, State.EXPIRED, State.UNKNOWN):
            moved = queue_rows.move(
                Q(pk=message.pk),
                before=before,
                after=State.PLANNED,
                next_at=now,
                not_after=now + timedelta(days=1),
                attempts=0,
                reason="sent_by_hand",
                attempt_started_at=None,
                claim=None,
                claimed_at=None,
            )
            if moved:
                history.record("message.sent_by_hand", message, actor=actor, cohort=message.cohort, kind=message.kind)
                wake()
                return True
    return False


# ---------------------------------------------------------------- what people chose


# ---------------------------------------------------------------- addresses that mail does not reach
