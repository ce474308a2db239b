"""Reads of shared copies."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from cohort.people.models import Cohort, Membership, Role, User
from reflections.models import SharedCopy


def copies_for(user: User) -> QuerySet[SharedCopy]:
    """What ``user`` may read: their own copies, those for their cohort, and as facilitator those for facilitators."""
    current = Membership.objects.current().filter(user_id=user.pk)
    anyone = current.having(Role.PARTICIPANT, Role.FACILITATOR).values("cohort_id")
    facilitated = current.having(Role.FACILITATOR).values("cohort_id")
    return (
        SharedCopy.objects.filter(
            Q(author_id=user.pk)
            | Q(audience=SharedCopy.Audience.COHORT, cohort__in=anyone)
            | Q(audience=SharedCopy.Audience.FACILITATORS, cohort__in=facilitated)
        )
        .select_related("author", "cohort")
        .order_by("-shared_at")
    )


def shared_with_everybody(cohort: Cohort, since: datetime, until: datetime) -> int:
    """How many copies their writers chose to show to everyone in ``cohort``."""
    shared = SharedCopy.objects.filter(cohort=cohort, audience=SharedCopy.Audience.COHORT)
    return shared.filter(shared_at__gte=since, shared_at__lt=until).count()
