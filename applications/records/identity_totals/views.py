"""The steward's page of identity totals. Nobody else has a page that reads identity answers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from applications.common.access_staff import call_for
from applications.common.audit import look
from applications.records.identity_totals import actions, queries
from cohort.people.access import reader
from cohort.people.models import Role
from cohort.people.states import NotPossible


@login_required
def identity_totals(request: HttpRequest, slug: str) -> HttpResponse:
    """Totals of the open window, each taken by a press and then frozen."""
    call = call_for(reader(request), slug, Role.STEWARD)
    look(call, "totals", actor=reader(request))
    now = timezone.now()
    if request.method == "POST":
        try:
            actions.take(
                call=call,
                factor=request.POST.get("factor", ""),
                scope=request.POST.get("scope", ""),
                by=reader(request),
                now=now,
            )
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        return redirect("applications:identity_totals", call.slug)
    return render(
        request,
        "applications/records/identity_totals/totals.html",
        {
            "call": call,
            "rows": queries.shown(call, now),
            "open": bool(queries.windows(call, now)),
        },
    )
