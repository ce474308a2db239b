"""Who looked, scored, decided and told: the history of one application, and of a call. For coordinators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from applications.common.access_staff import application_for, call_for
from applications.common.audit import look
from applications.records.audit_log import queries
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
    page = Paginator(queries.of_application(found, kind), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "applications/records/audit_log/application.html",
        {
            "call": call,
            "application": found,
            "page": page,
            "kind": kind,
            "rows": queries.told(page.object_list, applicant=found.applicant_id),
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
    page = Paginator(queries.of_call(found, kind), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "applications/records/audit_log/call.html",
        {"call": found, "page": page, "kind": kind, "rows": queries.told(page.object_list)},
    )
