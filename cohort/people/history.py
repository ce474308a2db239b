"""The append-only log that every action writes to."""

from __future__ import annotations

from typing import Any

from django.db import models

from cohort.people.models import Cohort, HistoryEntry, User


def record(
    verb: str,
    thing: models.Model,
    *,
    actor: User | None,
    cohort: Cohort | None = None,
    **details: Any,
) -> HistoryEntry:
    """Write that ``actor`` did ``verb`` to ``thing``, inside the caller's transaction.

    ``verb`` reads like ``"application.submitted"``. ``details`` are ids, codes and
    counts that JSON can hold, never what a person wrote.
    """
    return HistoryEntry.objects.create(
        verb=verb,
        actor_id=actor.pk if actor else None,
        cohort_id=cohort.pk if cohort else None,
        object_type=thing._meta.label_lower,
        object_id=str(thing.pk),
        details=details,
    )


def of(thing: models.Model) -> models.QuerySet[HistoryEntry]:
    """All that happened to ``thing``, oldest first."""
    return HistoryEntry.objects.filter(object_type=thing._meta.label_lower, object_id=str(thing.pk))
