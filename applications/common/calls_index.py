"""The way to one call, or a list of calls, for pages that exist once a call."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications.common.access_staff import calls_of
from applications.models import Call
from cohort.people.access import reader
from cohort.people.models import Role


def to_one_call(request: HttpRequest, page: str, title: str) -> HttpResponse:
    """To the one call that I coordinate, or a list of them."""
    calls = [call for call in calls_of(reader(request), Role.COORDINATOR) if call.state != Call.State.DRAFT]
    if not calls:
        raise PermissionDenied
    if len(calls) == 1:
        return redirect(f"applications:{page}", calls[0].slug)
    return render(
        request, "applications/common/index.html", {"calls": calls, "page": f"applications:{page}", "title": title}
    )
