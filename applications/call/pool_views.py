"""The pool of a call in totals, for its coordinators."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from applications.call import extend, pool_queries, queries
from applications.call.partners import queries as partners_queries
from applications.common.access_staff import call_for
from applications.common.audit import look
from cohort.people.access import reader
from cohort.people.states import NotPossible


@login_required
@require_GET
def pool(request: HttpRequest, slug: str) -> HttpResponse:
    """Totals by state and by day, where people come from, and drafts near the deadline. Nobody's words or name."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "pool", actor=user)
    now = timezone.now()
    found, partners = queries.pool(call), partners_queries.partners(call)
    return render(
        request,
        "applications/call/pool.html",
        {
            "call": call,
            "cohort": call.cohort,
            "zone": call.cohort.zone,
            "pool": found,
            "now": now,
            "charts": pool_queries.day_charts(call, found),
            "heard": pool_queries.heard(call),
            "partners": partners,
            "sources": partners_queries.sources(call, partners),
            "drafts": pool_queries.drafts(call, now),
            "reminded_at": pool_queries.last_reminded(call),
            "open": call.takes_new(now),
        },
    )


@login_required
@require_POST
def remind(request: HttpRequest, slug: str) -> HttpResponse:
    """Remind those with a draft who asked to be reminded."""
    call = call_for(reader(request), slug)
    try:
        count = extend.remind_drafts(call=call, actor=reader(request))
        messages.success(
            request,
            ngettext("%(n)s person gets a reminder.", "%(n)s people get a reminder.", count) % {"n": count}
            if count
            else _("Nobody is left to remind."),
        )
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:pool", slug)
