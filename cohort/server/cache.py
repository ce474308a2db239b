"""A cache that is an aid and no must: Valkey, and the database while Valkey is refused or silent.

Rate limits count on in the database, so nobody gets more tries because a part is away. What was counted in Valkey
before is not known there, and what was counted in the database meanwhile is not known in Valkey afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import connections, router, transaction

from cohort.server.valkey import Pause, once

log = logging.getLogger(__name__)
TABLE = "server_cache"
MOST_ROWS = 100_000
_pause = Pause()  # what one request found counts for all
_clients: dict[str, Any] = {}


class Kept(DatabaseCache):
    """Django's cache in a table, which counts exactly when many count at once."""

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add ``delta`` and return the sum.

        :raises ValueError: the key is not there.
        """
        using = router.db_for_write(self.cache_model_class)
        with transaction.atomic(using), connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self.make_key(key, version)])
            cursor.execute(
                "SELECT extract(epoch FROM expires - now()) FROM server_cache WHERE cache_key = %s",
                [self.make_and_validate_key(key, version)],
            )
            left, value = cursor.fetchone(), self.get(key, version=version)
            if left is None or value is None:
                raise ValueError(f"Key '{key}' not found")
            self.set(key, value + delta, timeout=max(1.0, float(left[0])), version=version)
            return int(value + delta)


class Cache(RedisCache):
    """Valkey; what it does not take in ``VALKEY_SECONDS`` goes to the table of :class:`Kept`."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        # The default of 300 rows would throw counters away that still count.
        self._kept = Kept(TABLE, {**params, "OPTIONS": {"MAX_ENTRIES": MOST_ROWS}})
        self._server = str(server)

    @property
    def _cache(self) -> Any:
        """One client a server and process: a request has a cache object of its own, and must not connect anew."""
        if self._server not in _clients:
            _clients[self._server] = RedisCacheClient([self._server], **once())
        return _clients[self._server]

    def _first(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of Valkey's cache, or of the table's when Valkey is away."""
        if not _pause:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except (redis.RedisError, OSError) as error:  # also one that is full, or a copy that takes no writes
                _pause.begin()
                log.warning("Valkey is away (%s); the cache is in the database", type(error).__name__)
        return getattr(self._kept, name)(*args, **kwargs)


def _through(name: str) -> Callable[..., Any]:
    def method(self: Cache, *args: Any, **kwargs: Any) -> Any:
        return self._first(name, *args, **kwargs)

    method.__name__ = name
    return method


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "set_many",
    "delete_many",
    "has_key",
    "incr",
    "clear",
):
    setattr(Cache, _name, _through(_name))
