"""What is read. Everything about a journal starts from its owner."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Sum

from cohort.people.models import User
from reflections.models import Journal, Record

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


# ------------------------------------------------------------------ commitments
