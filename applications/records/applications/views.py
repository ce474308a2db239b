"""The list of applications of a call, for its coordinators: to find one person among many."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from applications.common import call_forms
from applications.common.access_staff import call_for, hidden_from
from applications.common.audit import look
from applications.common.paging import address
from applications.records.applications import queries
from applications.records.applications.forms import ListForm
from cohort.people.access import reader
from cohort.people.models import Role


@login_required
@require_GET
def applications(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of the sent applications, narrowed by what was asked. Who also reads for this cohort sees no names."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "applications", actor=user)
    by_name = Role.SCREENER not in call.held  # type: ignore[attr-defined]  # came with the call
    form = call_forms.form_for_call(call)
    asked = ListForm(request.GET, asked=queries.questions(form), by_name=by_name)
    wanted, cut = asked.wanted(), asked.cut()
    page = queries.page(call, wanted, cut, form, hidden=hidden_from(user, call), by_name=by_name)
    return render(
        request,
        "applications/records/applications/applications.html",
        {
            "call": call,
            "zone": call.cohort.zone,
            "asked": asked,
            "wanted": wanted,
            "page": page,
            "by_name": by_name,
            "narrowed": replace(wanted, words="").narrow or cut.newest,
            "moved": (cut.after, cut.before) != (None, None),
            "start": address(request),
            "last_reference": page.rows[-1].reference if page.rows else "",
            "earlier": address(request, before=page.rows[0].number) if page.rows and page.earlier else "",
            "later": address(request, after=page.rows[-1].number) if page.rows and page.later else "",
        },
    )
