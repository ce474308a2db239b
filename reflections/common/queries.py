"""Cohorts that a person may write in."""

from __future__ import annotations

from django.db.models import QuerySet

from cohort.people.models import Cohort, Membership, Role, User


def cohorts_to_write_in(user: User) -> QuerySet[Cohort]:
    """The cohorts where ``user`` takes part: there they may share a copy or make a commitment."""
    held = Membership.objects.current().filter(user_id=user.pk).having(Role.PARTICIPANT, Role.FACILITATOR)
    return Cohort.objects.filter(pk__in=held.values("cohort_id")).order_by("name")
