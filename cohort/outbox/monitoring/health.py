"""Is the machinery alive? For load balancers and watchmen, so without sessions, languages, templates or models."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from cohort.server.valkey import once

LATE = {"worker": timedelta(minutes=2), "beat": timedelta(minutes=2)}
LATE_REMINDERS = {"planner": timedelta(minutes=15), "sender": timedelta(minutes=15)}
PARTS = ("planner", "sender", "worker", "beat")
SILENT_FOR = timedelta(minutes=15)  # until the operators hear of it
STARTED = timezone.now()  # of this process: nothing can have been silent for longer that never yet spoke


def heartbeats() -> dict[str, Any] | None:
    """When each part last said that it lives; None when the database does not answer.

    Asked in the way in which pages ask, so that a page works where this does.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, at FROM outbox_heartbeat")
            return dict(cursor.fetchall())
    except DatabaseError:
        return None


def silent(now: datetime | None = None) -> list[str]:
    """The parts that have not been heard of for fifteen minutes.

    Empty while this process is younger than that: after a restart everybody needs a moment to speak.
    """
    now = now or timezone.now()
    if now - STARTED < SILENT_FOR:
        return []
    seen = heartbeats()
    if seen is None:
        return []  # not known; /healthz tells that the database is away
    return [name for name in PARTS if seen.get(name) is None or now - seen[name] > SILENT_FOR]


def broker_answers() -> bool:
    """Whether the broker answers a ping."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **once()) as client:
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


def health_first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer health questions before anything else, so that a session that cannot be read does not spoil them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        door = DOORS.get(request.path)
        return door(request) if door is not None else get_response(request)

    return middleware
