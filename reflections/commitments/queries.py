"""Reads of commitments."""

from __future__ import annotations

from django.db.models import QuerySet

from cohort.people.models import Cohort, User
from reflections.common.queries import cohorts_to_write_in
from reflections.journal.queries import FEWEST
from reflections.models import Commitment
from reflections.models.commitments import OPEN_STATES


def commitments_of(user: User) -> QuerySet[Commitment]:
    """A person's own commitments, the ones to look back on first."""
    return Commitment.objects.filter(author_id=user.pk).select_related("cohort").order_by("look_back_on", "made_at")


def commitments_shown_to(user: User) -> QuerySet[Commitment]:
    """What other people chose to show to a cohort in which ``user`` takes part."""
    return (
        Commitment.objects.filter(reader=Commitment.Reader.COHORT, cohort__in=cohorts_to_write_in(user).values("pk"))
        .exclude(author_id=user.pk)
        .select_related("author", "cohort")
        .order_by("-made_at")
    )


def open_commitments() -> QuerySet[Commitment]:
    return Commitment.objects.filter(state__in=OPEN_STATES)


def commitments_made(cohort: Cohort) -> int | None:
    """How many people in ``cohort`` made a commitment; None below five, so that a count never points at anyone."""
    count = Commitment.objects.filter(cohort=cohort).values("author_id").distinct().count()
    return count if count >= FEWEST else None
