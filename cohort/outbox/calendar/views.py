"""The page about one's own calendar address, and the calendar itself for programs that read it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cohort.outbox.calendar import feeds
from cohort.people.access import reader


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Show the address, or make the first one."""
    user = reader(request)
    feed = feeds.feed_of(user)
    if request.method == "POST":
        if feed is None:
            feeds.renew(user=user)
        return redirect("outbox:calendar")
    address = feeds.address_of(feed) if feed else ""
    context = {"feed": feed, "address": address, "open_address": address.replace("https://", "webcal://", 1)}
    return render(request, "outbox/calendar/calendar.html", context)


def _ask_then(request: HttpRequest, page: str, act: Callable[..., object], done: str) -> HttpResponse:
    """A page that says what will happen, and then the act, for somebody who has an address."""
    user = reader(request)
    if feeds.feed_of(user) is None:
        return redirect("outbox:calendar")
    if request.method == "POST":
        act(user=user)
        messages.success(request, done)
        return redirect("outbox:calendar")
    return render(request, page)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """A new address in place of the old one."""
    done = _("This is your new address. The old one no longer works.")
    return _ask_then(request, "outbox/calendar/calendar_renew.html", feeds.renew, done)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """No address any more."""
    done = _("The address no longer works. Calendars that used it stop getting news.")
    return _ask_then(request, "outbox/calendar/calendar_stop.html", feeds.stop, done)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """One person's sessions. Whoever has the address may read it; it sets no cookie and looks at none."""
    if feeds.asked_too_often(token):
        return HttpResponse(status=429, headers={"Retry-After": str(feeds.HOUR)}, content_type="text/plain")
    found = feeds.find(token)
    if found is None:
        raise Http404
    file = feeds.file_of(found)
    tag, changed = f'"{file.tag}"', int(file.changed_at.timestamp())
    response = get_conditional_response(request, etag=tag, last_modified=changed)
    if response is None:
        response = HttpResponse(file.content, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="sessions.ics"'
    response.headers["ETag"], response.headers["Last-Modified"] = tag, http_date(changed)
    # No shared cache may keep it: an address that was stopped must stop everywhere at once.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
