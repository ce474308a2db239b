"""What is read. Everything about a journal starts from its owner."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from cohort.people.models import Cohort, Membership, Role, User
from reflections.models import Commitment, Journal, Record, SharedCopy
from reflections.models.commitments import OPEN_STATES

PAGE = 200
FEWEST = 5  # below this a count would point at people


def journal_of(user: User) -> Journal | None:
    return Journal.objects.filter(owner_id=user.pk).first()


def record_page(journal: Journal, after: UUID | None = None) -> list[Record]:
    """Up to 200 records by id (which is random, so the order says nothing), after the id ``after``."""
    found = Record.objects.filter(journal=journal)
    if after is not None:
        found = found.filter(record_id__gt=after)
    return list(found.order_by("record_id")[:PAGE])


def used(journal: Journal) -> tuple[int, int]:
    """How many records and bytes a journal holds."""
    row = Record.objects.filter(journal=journal).aggregate(n=Count("record_id"), size=Sum("blob__octets"))
    return row["n"], row["size"] or 0


def totals() -> dict[str, int]:
    """For those who keep the computers running: journals and bytes, over everybody."""
    return {
        "journals": Journal.objects.count(),
        "bytes": Record.objects.aggregate(size=Sum("blob__octets"))["size"] or 0,
    }


# ------------------------------------------------------------------ shared copies
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


def cohorts_to_write_in(user: User) -> QuerySet[Cohort]:
    """The cohorts where ``user`` takes part: there they may share a copy or make a commitment."""
    held = Membership.objects.current().filter(user_id=user.pk).having(Role.PARTICIPANT, Role.FACILITATOR)
    return Cohort.objects.filter(pk__in=held.values("cohort_id")).order_by("name")


# ------------------------------------------------------------------ commitments
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
