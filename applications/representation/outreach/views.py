"""Who is still missing, for coordinators while a call is open."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from applications.common.access_staff import call_for
from applications.common.audit import look
from applications.representation.outreach import queries
from applications.representation.outreach.actions import missing_together
from applications.representation.targets import disclosure
from cohort.people.access import reader


@login_required
@require_GET
def outreach(request: HttpRequest, slug: str) -> HttpResponse:
    """What kind of applicants are still missing, in words and totals. Only before the deadline."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "missing", actor=user)
    now = timezone.now()
    found = None if disclosure.exact(call, now) else queries.outreach(call, now)
    answer = missing_together(call, now) if found is not None and found.factors else None
    return render(
        request,
        "applications/representation/outreach/outreach.html",
        {
            "call": call,
            "cohort": call.cohort,
            "found": found,
            "answer": answer,
            "together": found.together(answer) if found is not None and answer else [],
        },
    )
