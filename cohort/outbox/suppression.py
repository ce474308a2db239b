"""Addresses that get no more mail, and why."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohort.outbox.addresses import address_hash
from cohort.outbox.models import Message, State, Suppression
from cohort.outbox.preferences.actions import choose
from cohort.outbox.queue import rows as queue_rows
from cohort.outbox.queue.call_off import call_off_where
from cohort.outbox.registry import kinds
from cohort.people.models import User


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
        call_off_where(which, State.CANCELLED, "cause_gone")
        return Message.objects.filter(which).exclude(state=State.CLAIMED).update(email="")


def forget_rows(*, refs: Mapping[str, str | int]) -> int:
    """Remove the address without an account from the rows about one thing, and call off those that wait."""
    which = Q(refs__contains=queue_rows.check_refs(refs))
    with transaction.atomic():
        call_off_where(which, State.CANCELLED, "cause_gone")
        return Message.objects.filter(which).exclude(state=State.CLAIMED).exclude(email="").update(email="")
