"""The append-only log that every action writes to."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

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


#: Somebody who opens the same page again within this time is still looking at it.
ONE_LOOK = timedelta(minutes=10)

_SEEN = """
    INSERT INTO people_historyentry (object_type, object_id, verb, actor_id, at, cohort_id, details)
    SELECT %s, %s, %s, %s::uuid, %s, %s::uuid, %s::jsonb
    WHERE NOT EXISTS (
        SELECT 1 FROM people_historyentry
        WHERE object_type = %s AND object_id = %s AND verb = %s AND actor_id = %s::uuid AND at > %s
          AND details ->> 'page' = %s
    )
"""


def seen(thing: models.Model, *, page: str, actor: User, cohort: Cohort, **details: Any) -> None:
    """Write that ``actor`` opened ``page`` about ``thing``: one statement, which adds nothing within :data:`ONE_LOOK`.

    Two requests at the same instant may both be written: a look too many is no harm, a lock on every page would be.
    """
    now = timezone.now()
    kind = (thing._meta.label_lower, str(thing.pk), f"{thing._meta.model_name}.seen", str(actor.pk))
    with connection.cursor() as cursor:
        said = json.dumps({"page": page, **details})
        cursor.execute(_SEEN, [*kind, now, str(cohort.pk), said, *kind, now - ONE_LOOK, page])


def of(thing: models.Model) -> models.QuerySet[HistoryEntry]:
    """All that happened to ``thing``, oldest first."""
    return HistoryEntry.objects.filter(object_type=thing._meta.label_lower, object_id=str(thing.pk))
