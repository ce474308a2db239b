"""Show times in the reader's own zone, and words in the reader's own language."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from cohort.people import languages


@sync_and_async_middleware
def ReaderTimeZone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:  # type: ignore[type-arg]  # noqa: N802
    """Activate the zone and the language that a signed-in reader chose; pages name the zone they show."""

    def zone_of(name: str) -> zoneinfo.ZoneInfo | None:
        try:
            return zoneinfo.ZoneInfo(name) if name else None
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return None

    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest) -> HttpResponse:
            user = await request.auser()
            languages.speak(request, user)
            with timezone.override(zone_of(getattr(user, "time_zone", ""))):
                return await get_response(request)  # type: ignore[misc]

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponse:
        languages.speak(request, request.user)
        with timezone.override(zone_of(getattr(request.user, "time_zone", ""))):
            return get_response(request)

    return middleware
