"""Show times in the reader's own zone, and words in the reader's own language."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cohort.people import languages


def ReaderTimeZone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:  # noqa: N802
    """Activate the zone and the language that a signed-in reader chose; pages name the zone they show."""

    def zone_of(name: str) -> zoneinfo.ZoneInfo | None:
        try:
            return zoneinfo.ZoneInfo(name) if name else None
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return None

    def middleware(request: HttpRequest) -> HttpResponse:
        languages.speak(request, request.user)
        with timezone.override(zone_of(getattr(request.user, "time_zone", ""))):
            return get_response(request)

    return middleware
