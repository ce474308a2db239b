"""Show times in the reader's own zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def ReaderTimeZone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:  # type: ignore[type-arg]  # noqa: N802
    """Activate the zone that a signed-in reader chose; pages name the zone they show.

    ``request.user`` is lazy: a page that never asks who reads it costs no statement here.
    """

    def zone_of(name: str) -> zoneinfo.ZoneInfo | None:
        try:
            return zoneinfo.ZoneInfo(name) if name else None
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return None

    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest) -> HttpResponse:
            user = await request.auser()
            with timezone.override(zone_of(getattr(user, "time_zone", ""))):
                return await get_response(request)  # type: ignore[misc]

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_of(getattr(request.user, "time_zone", ""))):
            return get_response(request)

    return middleware
