"""The demo's shared stage: each app registers a loader, and they run in order in one transaction."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cohort.people.models import Cohort, Membership, Organization, User
from cohort.registers import Register

PASSWORD = "cohort-demo-2026"
Loader = Callable[["Stage"], None]
#: ``(order, name, loader)``, lower orders first.
LOADERS: Register[tuple[int, str, Loader]] = Register(
    "loaders of the demo", key=lambda row: row[1], order=lambda row: row[:2]
)


@dataclass
class Stage:
    """What loaders share. ``random`` is seeded; ``now`` is the one moment that dates hang from."""

    now: datetime
    random: random.Random
    recruiting: Cohort  # Northwest Washington, choosing people now
    running: Cohort  # fourteen participants, mid-season
    people: dict[str, User] = field(default_factory=dict)  # by e-mail name: coordinator, screener1, participant3 …
    organizations: list[Organization] = field(default_factory=list)

    def members(self, cohort: Cohort, role: str) -> list[Membership]:
        """Members of a cohort in one role, in a fixed order."""
        return list(Membership.objects.filter(cohort=cohort, role=role).select_related("user").order_by("user__email"))


def register(order: int, name: str, loader: Loader) -> None:
    """Have ``loader(stage)`` run in the demo; lower orders first. Loaders must be idempotent and deterministic.

    :raises ValueError: another loader has this name.
    """
    LOADERS.register((order, name, loader))
