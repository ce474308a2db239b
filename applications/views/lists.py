"""The list of applications of a call, for its coordinators: to find one person among many."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from applications import access
from applications.access_review import hidden_from
from applications.actions.looking import look
from applications.forms.lists import ListForm
from applications.queries import calls, lists
from cohort.people.access import reader
from cohort.people.models import Role


@login_required
@require_GET
def applications(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of the sent applications, narrowed by what was asked. Who also reads for this cohort sees no names."""
    user = reader(request)
    call = access.coordinators_call(user, slug)
    look(call, "applications", actor=user)
    by_name = Role.SCREENER not in call.held  # type: ignore[attr-defined]  # came with the call
    form = calls.form_for_call(call)
    asked = ListForm(request.GET, asked=lists.questions(form), by_name=by_name)
    wanted, cut = asked.wanted(), asked.cut()
    page = lists.page(call, wanted, cut, form, hidden=hidden_from(user, call), by_name=by_name)
    return render(
        request,
        "applications/lists/applications.html",
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


def address(request: HttpRequest, **where: int) -> str:
    """This list, with the same questions, beginning elsewhere."""
    query = request.GET.copy()
    for name in ("after", "before", "page"):
        query.pop(name, None)
    for name, number in where.items():
        query[name] = str(number)
    return f"?{query.urlencode()}"
