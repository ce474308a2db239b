"""How often something may be done: counters in the cache that run out by themselves.

A window begins with its first use. Where a request comes from is judged by the one setting
``TRUSTED_PROXIES``, for our limits and for those of the sign-in alike.
"""

from __future__ import annotations

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def source_of(request: HttpRequest) -> str:
    """A name for where a request comes from: the account, or a keyed hash of the network address.

    Nobody can turn the hash back without the site's key, and it is gone within the window.
    """
    if request.user.is_authenticated:
        return f"u{request.user.pk}"
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:  # no address at all, as behind a socket in the file system
        address = ""
    return salted_hmac("cohort.ratelimit", address).hexdigest()[:32]


def spend(name: str, who: str, *, allowed: int, seconds: int) -> bool:
    """Count one use of ``name`` by ``who``; False when ``allowed`` uses within ``seconds`` are over."""
    key = _key(name, who)
    if cache.add(key, 1, seconds):
        cache.set(f"{key}:until", time.time() + seconds, seconds)
        return True
    try:
        return int(cache.incr(key)) <= allowed
    except ValueError:  # ran out between the two calls
        return True


def retry_after(name: str, who: str) -> int:
    """How many seconds are left until ``who`` may do ``name`` again, after :func:`spend` said no; at least one."""
    until: float = cache.get(f"{_key(name, who)}:until", 0.0)
    return max(1, round(until - time.time()))


def _key(name: str, who: str) -> str:
    return f"limit:{name}:{who}"
