"""Is the machinery alive? For load balancers and watchmen, so without sessions, languages, templates or models."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import redis
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware
from django.views.decorators.cache import never_cache

LATE = {"worker": timedelta(minutes=2), "beat": timedelta(minutes=2)}
LATE_REMINDERS = {"planner": timedelta(minutes=15), "sender": timedelta(minutes=15)}
PATIENCE = 2  # seconds for the database and the broker to answer
STARTED = timezone.now()  # of this process: nothing can have been silent for longer that never yet spoke


def heartbeats() -> dict[str, Any] | None:
    """When each part last said that it lives; None when the database does not answer in two seconds.

    A connection of its own, because Django's would wait as long as the network likes.
    """
    wanted = {"dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey"}
    parameters = {key: value for key, value in connection.get_connection_params().items() if key in wanted}
    try:
        with psycopg.connect(
            **parameters, connect_timeout=PATIENCE, options=f"-c statement_timeout={PATIENCE * 1000}", autocommit=True
        ) as link:
            return dict(link.execute("SELECT name, at FROM outbox_heartbeat").fetchall())
    except psycopg.Error:
        return None


def broker_answers() -> bool:
    """Whether the broker answers a ping in two seconds."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        ) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError, ValueError):
        return False


def _judge(seen: dict[str, Any] | None, limits: dict[str, timedelta]) -> dict[str, str]:
    now = timezone.now()
    found = {}
    for name, limit in limits.items():
        at = (seen or {}).get(name)
        if seen is None:
            found[name] = "not known"
        elif at is None:
            found[name] = "starting" if now - STARTED <= limit else "missing"
        else:
            found[name] = "ok" if now - at <= limit else f"missing since {at:%Y-%m-%dT%H:%M:%SZ}"
    return found


def _answer(parts: dict[str, str]) -> HttpResponse:
    missing = [name for name, words in parts.items() if words not in ("ok", "starting")]
    return JsonResponse(
        {"status": "unwell" if missing else "ok", **parts, "missing": missing}, status=503 if missing else 200
    )


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database, the broker, a worker and beat all live; else 503 with the names of those that do not.

    A worker or beat counts as missing when it has been silent for over two minutes; one that has never spoken is
    "starting" in the first two minutes of this process.
    """
    seen = heartbeats()
    parts = {"database": "ok" if seen is not None else "missing", "broker": "ok" if broker_answers() else "missing"}
    return _answer({**parts, **_judge(seen, LATE)})


@never_cache
def reminders(request: HttpRequest) -> HttpResponse:
    """200 while planner and sender ran within fifteen minutes; else 503. For a watchman outside of this machine."""
    seen = heartbeats()
    return _answer({"database": "ok" if seen is not None else "missing", **_judge(seen, LATE_REMINDERS)})


DOORS: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": healthz, "/healthz/reminders": reminders}


@sync_and_async_middleware
def health_first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., Any]:
    """Answer health questions before anything else, so that a session that cannot be read does not spoil them."""
    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest) -> HttpResponse:
            door = DOORS.get(request.path)
            if door is not None:
                return await sync_to_async(door, thread_sensitive=False)(request)
            return await get_response(request)  # type: ignore[misc,no-any-return]

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponse:
        door = DOORS.get(request.path)
        return door(request) if door is not None else get_response(request)

    return middleware
