"""Queue and call off messages, and keep what people chose about getting them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from cohort.outbox import kinds, store
from cohort.outbox.models import WAITING, Message, Preference, State, StopToken, Suppression
from cohort.people import history
from cohort.people.models import Cohort, User

log = logging.getLogger(__name__)
_SHORT_PATIENCE = {"socket_connect_timeout": 2, "socket_timeout": 2}  # seconds for the broker to take a wake-up


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
        added += len(store.add([(policy, item) for item in batch], from_plan=False, late_joiners=True))
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


def wake() -> None:
    """Ask a worker to send, once this transaction commits; once only, however many messages it queued."""
    if any(entry[1] is _wake_now for entry in connection.run_on_commit):
        return
    transaction.on_commit(_wake_now, robust=True)


def _wake_now() -> None:
    """Only a hint: when the broker is away the rows stay planned, and beat finds them within a minute."""
    from cohort.celery import app
    from cohort.outbox import tasks

    # A connection of its own that gives up: Celery's usual one would keep the caller waiting for six seconds.
    options = {**(app.conf.broker_transport_options or {}), "max_retries": 0, **_SHORT_PATIENCE}
    try:
        with app.connection_for_write(connect_timeout=2, transport_options=options) as link:
            tasks.send.apply_async(connection=link, retry=False, expires=60)  # type: ignore[call-arg]
    except Exception as error:
        log.warning("The broker did not take a wake-up (%s); beat will find the rows", type(error).__name__)


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
        which &= Q(refs__contains=store.check_refs(refs))
    if kind:
        which &= Q(kind=kind)
    if recipient is not None:
        which &= Q(recipient=recipient)
    return _call_off(which, State.CANCELLED, reason)


def forget(*, refs: Mapping[str, str | int]) -> int:
    """Delete the rows whose ``refs`` hold all of the given ones, once nothing may come of them any more.

    For when the thing they were about was really deleted. A message that a worker holds stays until a later call.

    :raises ValueError: no refs, which would be every row.
    """
    if not refs:
        raise ValueError("say which messages: refs")
    rows = Message.objects.filter(refs__contains=store.check_refs(refs)).exclude(state=State.CLAIMED)
    return rows.delete()[1].get(Message._meta.label, 0)


def _call_off(which: Q, after: State, reason: str) -> int:
    with transaction.atomic():
        count = sum(store.move(which, before=state, after=after, reason=reason) for state in WAITING)
        return count + store.move(
            which & Q(attempt_started_at__isnull=True), before=State.CLAIMED, after=after, reason=reason
        )


def send_again(*, message: Message, actor: User) -> bool:
    """A person says: send this one now, although it failed, came too late, or nobody knows whether it went.

    The kind is asked once more whether it is needed. Works for a day. Returns whether the row was in such a state.
    """
    now = timezone.now()
    with transaction.atomic():
        for before in (State.FAILED, State.EXPIRED, State.UNKNOWN):
            moved = store.move(
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


def choose(*, user: User, wanted: Mapping[str, bool]) -> None:
    """Keep what ``user`` chose for each kind named in ``wanted``; waiting messages of stopped kinds go at once.

    Kinds that nobody may stop are left alone.
    """
    chosen = {name: on for name, on in wanted.items() if (kind := kinds.find(name)) is not None and kind.stoppable}
    if not chosen:
        return
    now = timezone.now()
    with transaction.atomic():
        Preference.objects.bulk_create(
            [Preference(user=user, kind=name, wanted=on, at=now) for name, on in chosen.items()],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["wanted", "at"],
        )
        stopped = [name for name, on in chosen.items() if not on]
        if stopped:
            _call_off(Q(recipient=user, kind__in=stopped), State.SUPPRESSED, "stopped")


def stop_by_token(*, token: str) -> bool:
    """One click in a mail: stop the kinds of that mail for that person, at once. Safe to repeat.

    :return: False when the token is unknown or older than 90 days.
    """
    found = StopToken.objects.filter(token=token, expires_at__gt=timezone.now()).select_related("user").first()
    if found is None:
        return False
    choose(user=found.user, wanted=dict.fromkeys(found.scope.split("+"), False))
    return True


# ---------------------------------------------------------------- addresses that mail does not reach


def address_hash(email: str) -> str:
    """SHA-256 of the folded address, so that a list of bad addresses is not a list of addresses."""
    return hashlib.sha256(f"address:{email.strip().lower()}".encode()).hexdigest()


def bounced(*, email: str) -> None:
    """Mail to ``email`` came back for good: only essential messages go there from now on, and facilitators are told."""
    from cohort.outbox import messages

    with transaction.atomic():
        _found, created = Suppression.objects.get_or_create(
            address_hash=address_hash(email), defaults={"why": Suppression.Why.BOUNCED}
        )
        user = User.objects.filter(email__iexact=email.strip()).first()
        if created and user is not None:
            messages.tell_facilitators(user, address_hash(email))


def complained(*, email: str) -> None:
    """The owner of ``email`` marked our mail as unwanted: all that is optional stops, and no mail says so."""
    with transaction.atomic():
        Suppression.objects.update_or_create(
            address_hash=address_hash(email), defaults={"why": Suppression.Why.COMPLAINT, "at": timezone.now()}
        )
        unsubscribed(email=email)


def unsubscribed(*, email: str) -> None:
    """The owner of ``email`` wants no more mail from us: all kinds that can be stopped are, as if they had done it."""
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is not None:
        choose(user=user, wanted={kind.name: False for kind in kinds.registered() if kind.stoppable})


def forget_address(*, email: str) -> int:
    """Remove an address without an account from all rows (the person asked, or the invitation is over)."""
    which = Q(email=email.strip().lower())
    with transaction.atomic():
        _call_off(which, State.CANCELLED, "cause_gone")
        return Message.objects.filter(which).exclude(state=State.CLAIMED).update(email="")


def forget_rows(*, refs: Mapping[str, str | int]) -> int:
    """Remove the address without an account from the rows about one thing, and call off those that wait."""
    which = Q(refs__contains=store.check_refs(refs))
    with transaction.atomic():
        _call_off(which, State.CANCELLED, "cause_gone")
        return Message.objects.filter(which).exclude(state=State.CLAIMED).exclude(email="").update(email="")
