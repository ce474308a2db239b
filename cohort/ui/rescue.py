"""Typing that survives: what was posted after a sign-in had ended, or with an old token, is put aside, not thrown away.

It waits in the session for the same browser and the same page, until it is saved, thrown away, or a day old. Nothing
is done with it before its writer has seen it again. A token grows old when somebody signs in or out in another window.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views import csrf

_KEY = "typed"
_LIMIT = 120_000  # characters; a page of the longest form holds far less
_HOURS = 24

View = Callable[..., HttpResponse]
Why = Literal["signed_out", "old_token"]


def signed_in(view: View) -> View:
    """Ask for sign-in first; what was posted meanwhile is kept for the same address and the same browser."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            keep(request, "signed_out")
        return redirect_to_login(request.path)

    return wrapper


def keeps_typing(view: View) -> View:
    """As :func:`signed_in`; what comes with an old token is kept too, and the page is shown again with it.

    The view shows what :func:`kept` returns and calls :func:`forget` once it is saved.
    """
    wrapper = signed_in(view)
    wrapper.keeps_typing = True  # type: ignore[attr-defined]
    return wrapper


def keep(request: HttpRequest, why: Why) -> None:
    """Put what was posted aside. Later typing replaces it."""
    data = {name: strings for name, strings in request.POST.lists() if name != "csrfmiddlewaretoken"}
    if sum(len(text) for strings in data.values() for text in strings) <= _LIMIT:
        request.session[_KEY] = {"path": request.path, "data": data, "at": timezone.now().timestamp(), "why": why}


def kept(request: HttpRequest) -> dict[str, list[str]] | None:
    """What was put aside for this page, if anything. It stays until :func:`forget`, so that a reload loses nothing."""
    found = _found(request)
    return found and {name: [str(text) for text in strings] for name, strings in found["data"].items()}


def why_kept(request: HttpRequest) -> Why | None:
    """Why something was put aside for this page; None when nothing was."""
    found = _found(request)
    return found["why"] if found else None


def forget(request: HttpRequest) -> None:
    """It is saved, or its writer threw it away."""
    request.session.pop(_KEY, None)


def _found(request: HttpRequest) -> dict[str, Any] | None:
    found: dict[str, Any] | None = request.session.get(_KEY)
    if not found or found["path"] != request.path or timezone.now().timestamp() - found["at"] > _HOURS * 3600:
        return None
    return found


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The answer to an old or missing token: back to the page with the words, or the page that says what to do.

    Words are kept only when the post came from a page of ours, so no other site can put words into a form here.
    """
    if request.method == "POST" and _keeps_typing(request) and _from_here(request):
        keep(request, "old_token")
        return HttpResponseRedirect(request.path)
    return csrf.csrf_failure(request, reason=reason)


def _keeps_typing(request: HttpRequest) -> bool:
    try:
        return bool(getattr(resolve(request.path_info).func, "keeps_typing", False))
    except Resolver404:
        return False


def _from_here(request: HttpRequest) -> bool:
    """Whether the browser says that the form was on a page of ours. Browsers set these headers; pages cannot."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    parts = urlsplit(said)
    return bool(parts.netloc) and (parts.scheme, parts.netloc) == (request.scheme, request.get_host())
