"""Typing that survives an expired sign-in: what was posted while signed out, or with an old token, waits.

It waits in the session for the same browser and the same page, until it is saved, thrown away, or a day old.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils import timezone

from cohort.ui import rescue

_KEY = "applications.common.unsaved_input"
_LIMIT = 120_000  # characters; a page of the form holds far less
_HOURS = 24

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Ask for sign-in first; what was posted meanwhile is kept for the same address and the same browser."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            keep(request)
        return redirect_to_login(request.path)

    return wrapper


def keep(request: HttpRequest) -> None:
    """Put what was posted aside. Later typing for the same page replaces it."""
    data = {name: strings for name, strings in request.POST.lists() if name != "csrfmiddlewaretoken"}
    if sum(len(text) for strings in data.values() for text in strings) <= _LIMIT:
        request.session[_KEY] = {"path": request.path, "data": data, "at": timezone.now().timestamp()}


def kept(request: HttpRequest) -> dict[str, list[str]] | None:
    """What was put aside for this page, if anything. It stays until :func:`forget`, so that a reload loses nothing."""
    found = request.session.get(_KEY)
    if not found or found["path"] != request.path or timezone.now().timestamp() - found["at"] > _HOURS * 3600:
        return None
    return {name: [str(text) for text in strings] for name, strings in found["data"].items()}


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def _rescue(request: HttpRequest) -> HttpResponse | None:
    """A part of an application that came with an old token: put it aside, and show the page again with it."""
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return None
    if request.method != "POST" or name != "applications:application_part":
        return None
    keep(request)
    return HttpResponseRedirect(request.path)


def register() -> None:
    rescue.register(_rescue)
