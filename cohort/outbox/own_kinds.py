"""Registration of the kinds of email that the outbox itself owns."""

from __future__ import annotations

from cohort.outbox.digest import DIGEST
from cohort.outbox.messages import UNREACHABLE
from cohort.outbox.monitoring.kinds import UNWELL
from cohort.outbox.registry import kinds


def register() -> None:
    for kind in (UNREACHABLE, DIGEST, UNWELL):
        kinds.register(kind)
