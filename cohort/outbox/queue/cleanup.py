"""Once a day: let go of what nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from cohort.outbox.models import WAITING, Message, State, StopToken

KEEP_ADDRESSES = timedelta(days=30)  # of people without an account, after their message is done


def tidy() -> None:
    """Remove run-out stop tokens, and addresses of people without an account from finished rows.

    Rows themselves stay for the life of the cohort: their keys are what keeps a message from being sent again.
    """
    now = timezone.now()
    StopToken.objects.filter(expires_at__lt=now).delete()
    unfinished = Q(state__in=[*WAITING, State.CLAIMED])
    Message.objects.exclude(unfinished).filter(due_at__lt=now - KEEP_ADDRESSES).exclude(email="").update(email="")
