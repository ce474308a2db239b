"""An honest page when the database does not answer."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views import defaults

AGAIN_AFTER = 5  # seconds after which a program may try again
#: Beginnings of PostgreSQL's codes for a connection that broke, a server that stops, and one that is full.
STATES = ("08", "57P", "53")


def is_away(error: BaseException | None) -> bool:
    """Whether this error says that there is no database to talk to, rather than that a statement was wrong."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(STATES)


def page(request: HttpRequest) -> HttpResponse:
    """What people read meanwhile. Reads nothing from the database, not even who asks."""
    text = loader.render_to_string("503.html", {"again": request.method in ("GET", "HEAD")})
    return HttpResponse(text, status=503, headers={"Retry-After": str(AGAIN_AFTER), "Cache-Control": "no-store"})


def server_error(request: HttpRequest) -> HttpResponse:
    """The page after an error that nothing else took: of the database that is away, or of ours."""
    if is_away(sys.exc_info()[1]):
        return page(request)
    return defaults.server_error(request)


class DatabaseAway:
    """Answers with :func:`page` when the look-up of the reader, or a view, finds no database; in DEBUG as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            bool(request.user.is_authenticated)  # every page needs to know, and here its failure can be answered
        except (OperationalError, InterfaceError) as error:
            if is_away(error):
                return page(request)
            raise
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return page(request) if is_away(error) else None
