"""Who would have to apply so that every floor can be met together: worked out in the worker, once for each midnight.

What :mod:`applications.representation.outreach.queries` says target by target can be true of each one and still
not of all together. The answer stands in the cache until the next midnight, and is made again when the targets change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from applications import selection
from applications.models import Call
from applications.representation.outreach.queries import midnight
from applications.representation.policy import queries as policy_queries
from applications.representation.pool import problem as pool_problem
from applications.representation.targets import disclosure
from cohort.celery import hint

KEPT, ASKED_AGAIN = timedelta(hours=26), timedelta(minutes=3)


def _key(call: Call, now: datetime) -> str:
    return f"missing-together:{call.pk}:{midnight(call, now):%Y-%m-%d}:{policy_queries.targets_version(call)}"


def missing_together(call: Call, now: datetime) -> dict[str, Any] | None:
    """The answer for the last midnight, or None while the worker is asked for it (one statement).

    ``status``: ``few`` (too few have applied to say), ``infeasible`` (not even ten more would do), ``trouble`` (the
    targets do not fit together), else how many ``more`` and what each of them would bring (``asks``: factor, code).
    """
    key = _key(call, now)
    found: dict[str, Any] | None = cache.get(key)
    if found is None and cache.add(f"{key}:asked", True, ASKED_AGAIN.total_seconds()):
        hint("applications.missing_together", str(call.pk))
    return found


def work_out(call_id: str) -> dict[str, Any] | None:
    """Work the answer out and keep it; None when the call takes no more applications."""
    now = timezone.now()
    call = Call.objects.select_related("cohort").filter(pk=call_id).first()
    if call is None or disclosure.exact(call, now):
        return None
    answer = _answer(call, midnight(call, now))
    cache.set(_key(call, now), answer, KEPT.total_seconds())
    return answer


def _answer(call: Call, since: datetime) -> dict[str, Any]:
    try:
        problem = pool_problem.early_problem(call, since)
    except selection.BadInput:
        return {"status": "trouble"}
    if problem is None:
        return {"status": "few"}
    found = selection.recruit(problem)
    return {"status": found.status, "more": found.more, "asks": [[list(one) for one in asks] for asks in found.asks]}
