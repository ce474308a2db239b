"""How far the letters of a release have come, by what the outbox says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from applications.models import Release
from cohort.outbox.models import Message, State


@dataclass(frozen=True)
class MailStates:
    """Letters by what became of them."""

    total: int
    sent: int
    waiting: int
    trouble: int


def mail_states(release: Release) -> MailStates:
    """Counts over the letters of ``release`` (one statement); letters that were called off are left out."""
    counts = Counter(
        Message.objects.filter(refs__contains={"release": str(release.pk)})
        .exclude(state=State.CANCELLED)
        .values_list("state", flat=True)
    )
    waiting = counts[State.PLANNED] + counts[State.CLAIMED] + counts[State.RETRY]
    return MailStates(
        total=sum(counts.values()), sent=counts[State.SENT], waiting=waiting,
        trouble=counts[State.FAILED] + counts[State.UNKNOWN] + counts[State.EXPIRED],
    )  # fmt: skip
