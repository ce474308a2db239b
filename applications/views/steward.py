"""The steward's page of identity totals. Nobody else has a page that reads identity answers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from applications.actions import totals as actions
from applications.actions.looking import look
from applications.models import Call
from applications.queries import totals
from cohort.people.access import reader, require_role
from cohort.people.actions import NotPossible
from cohort.people.models import Role


def _call(request: HttpRequest, slug: str) -> Call:
    call = Call.objects.select_related("cohort").filter(slug=slug).first()
    if call is None:
        raise Http404
    require_role(reader(request), call.cohort, Role.STEWARD)
    return call


@login_required
def identity_totals(request: HttpRequest, slug: str) -> HttpResponse:
    """Totals of the open window, each taken by a press and then frozen."""
    call = _call(request, slug)
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
        "applications/totals/totals.html",
        {
            "call": call,
            "rows": totals.shown(call, now),
            "open": bool(totals.windows(call, now)),
        },
    )
