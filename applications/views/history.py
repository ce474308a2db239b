"""Who looked, scored, decided and told: the history of one application, and of a call. For coordinators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from applications.access_review import application_for, call_for
from applications.actions.looking import look
from applications.queries import happened
from cohort.people.access import reader

PER_PAGE = 50


@login_required
@require_GET
def application(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Everything that happened to one application, newest first."""
    user = reader(request)
    call = call_for(user, slug)
    found = application_for(user, call, number)
    look(found, "history", actor=user)
    kind = request.GET.get("what", "")
    page = Paginator(happened.of_application(found, kind), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "applications/history/application.html",
        {
            "call": call,
            "application": found,
            "page": page,
            "kind": kind,
            "rows": happened.told(page.object_list, applicant=found.applicant_id),
        },
    )


@login_required
@require_GET
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that happened to a call as a whole, newest first."""
    user = reader(request)
    found = call_for(user, slug)
    look(found, "history", actor=user)
    kind = request.GET.get("what", "")
    page = Paginator(happened.of_call(found, kind), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "applications/history/call.html",
        {"call": found, "page": page, "kind": kind, "rows": happened.told(page.object_list)},
    )
