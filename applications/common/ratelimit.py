"""How often something may be done from one place: counters in the cache that run out by themselves.

An address of the network is used as a keyed hash that nobody can turn back without the site's key, and is gone
within the window.
"""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def place_of(request: HttpRequest) -> str:
    """A name for where a request comes from: the account, or a keyed hash of the network address."""
    if request.user.is_authenticated:
        return f"u{request.user.pk}"
    return salted_hmac("applications.common.ratelimit", request.META.get("REMOTE_ADDR", "")).hexdigest()[:32]


def spend(name: str, who: str, *, allowed: int, seconds: int) -> bool:
    """Count one use of ``name`` by ``who``; False when ``allowed`` uses within ``seconds`` are over."""
    key = f"limit:{name}:{who}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return int(cache.incr(key)) <= allowed
    except ValueError:  # ran out between the two calls
        return True
