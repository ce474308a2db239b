"""Seats of a call: how many there are, are offered, and are taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from applications.models import Offer
from cohort.people.models import Cohort, Membership, Role


@dataclass(frozen=True)
class Seats:
    """Places of a cohort. ``offered`` are open offers; a place is free when nobody has it and nobody was offered it."""

    total: int
    taken: int
    offered: int

    @property
    def free(self) -> int:
        return max(0, self.total - self.taken - self.offered)


def seats(cohort: Cohort) -> Seats:
    """Places of ``cohort`` (one statement). Ask under a lock on the cohort before giving one away."""
    participants = Membership.objects.current().filter(cohort=OuterRef("pk"), role=Role.PARTICIPANT)
    offered = Offer.objects.filter(cohort=OuterRef("pk"), state=Offer.State.OPEN)
    total, taken, waiting = (
        Cohort.objects.filter(pk=cohort.pk)
        .annotate(taken=_count(participants), waiting=_count(offered))
        .values_list("seats", "taken", "waiting")
        .get()
    )
    return Seats(total=total, taken=taken, offered=waiting)


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many ``rows`` there are, as a column of another statement."""
    counted = rows.order_by().values("cohort").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
