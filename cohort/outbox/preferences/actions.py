"""What a person chooses to get, and the link that stops it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohort.outbox.models import Preference, State, StopToken
from cohort.outbox.queue.call_off import call_off_where
from cohort.outbox.registry import kinds
from cohort.people.models import User


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
            call_off_where(Q(recipient=user, kind__in=stopped), State.SUPPRESSED, "stopped")


def stop_by_token(*, token: str) -> bool:
    """One click in a mail: stop the kinds of that mail for that person, at once. Safe to repeat.

    :return: False when the token is unknown or older than 90 days.
    """
    found = StopToken.objects.filter(token=token, expires_at__gt=timezone.now()).select_related("user").first()
    if found is None:
        return False
    choose(user=found.user, wanted=dict.fromkeys(found.scope.split("+"), False))
    return True
