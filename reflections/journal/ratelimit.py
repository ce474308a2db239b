"""How often one person may do a thing: a counter per window in the cache."""

from __future__ import annotations

import time

from django.core.cache import cache

from cohort.people.models import User
from reflections.journal.wire_format import Refused

WRITES = ("writes", 120, 60)  # name, how many, in how many seconds
KEYS = ("keys", 20, 3600)


def spend(user: User, limit: tuple[str, int, int]) -> None:
    """Count one use; 429 when the window is full."""
    name, allowed, seconds = limit
    window, left = divmod(int(time.time()), seconds)
    key = f"journal:{name}:{user.pk}:{window}"
    cache.add(key, 0, seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # the key ran out between the two calls
        count = 1
    if count > allowed:
        raise Refused(429, "too-often", retry_after=seconds - left)
