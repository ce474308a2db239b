"""When a form comes with an old token: nothing is done, and nothing that was typed is thrown away.

A token grows old when somebody signs in or out in another window. An app that can keep what was typed registers a
rescuer; it is asked only when the post came from a page of ours, so no other site can put words into a form here.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views import csrf

Rescuer = Callable[[HttpRequest], HttpResponse | None]

_rescuers: list[Rescuer] = []


def register(rescuer: Rescuer) -> None:
    """Add a rescuer. It answers with a response when it kept what was typed, else with None."""
    if rescuer not in _rescuers:
        _rescuers.append(rescuer)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The answer to an old or missing token: back to the page with the words, or the page that says what to do."""
    if _from_here(request):
        for rescuer in _rescuers:
            response = rescuer(request)
            if response is not None:
                return response
    return csrf.csrf_failure(request, reason=reason)


def _from_here(request: HttpRequest) -> bool:
    """Whether the browser says that the form was on a page of ours. Browsers set these headers; pages cannot."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    parts = urlsplit(said)
    return bool(parts.netloc) and (parts.scheme, parts.netloc) == (request.scheme, request.get_host())
