"""Which organizations applied, which may be the same, and merging them. For coordinators; by number, without names of
people."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.common.access_staff import call_for, hidden_from
from applications.common.audit import look
from applications.models import Call, OrganizationMatch
from applications.organizations import actions, queries
from cohort.people.access import reader
from cohort.people.models import Organization
from cohort.people.states import NotPossible


@login_required
@require_GET
def organizations(request: HttpRequest, slug: str) -> HttpResponse:
    user = reader(request)
    call = call_for(user, slug)
    look(call, "organizations", actor=user)
    rows, said = queries.rows(call, hidden_from(user, call)), queries.live(call)
    return render(
        request,
        "applications/organizations/list.html",
        {
            "call": call,
            "rows": rows,
            "suggestions": queries.suggestions(rows, said),
            "merged": [match for match in said if match.same],
            "different": [match for match in said if not match.same],
        },
    )


def _named(call: Call, text: str) -> Organization:
    """The organization of the call that an address names; 404 otherwise."""
    try:
        found = queries.in_call(call, UUID(text))
    except ValueError:
        raise Http404 from None
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, slug: str) -> HttpResponse:
    """What merging two organizations would do; POST does it."""
    user = reader(request)
    call = call_for(user, slug)
    given = request.POST if request.method == "POST" else request.GET
    if request.method == "GET" and not (given.get("from") and given.get("into")):
        messages.error(request, _("Choose two different organizations."))
        return redirect("applications:organizations", slug)
    source, target = _named(call, given.get("from", "")), _named(call, given.get("into", ""))
    if request.method == "POST":
        try:
            made = actions.merge(call=call, source=source, target=target, actor=user)
            n = len(made.moved)
            messages.success(
                request,
                ngettext(
                    "Merged. %(n)s application was moved. You can take this back below.",
                    "Merged. %(n)s applications were moved. You can take this back below.",
                    n,
                )
                % {"n": n},
            )
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        return redirect("applications:organizations", slug)
    if source == target:
        messages.error(request, _("Choose two different organizations."))
        return redirect("applications:organizations", slug)
    return render(
        request,
        "applications/organizations/merge.html",
        {"call": call, "effect": queries.effect(call, source, target, hidden_from(user, call))},
    )


@login_required
@require_POST
def differ(request: HttpRequest, slug: str) -> HttpResponse:
    user = reader(request)
    call = call_for(user, slug)
    first, second = _named(call, request.POST.get("from", "")), _named(call, request.POST.get("into", ""))
    try:
        actions.differ(call=call, first=first, second=second, actor=user)
        messages.success(request, _("Kept apart. You will not be asked about these two again."))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:organizations", slug)


@login_required
@require_POST
def undo(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    user = reader(request)
    call = call_for(user, slug)
    match = get_object_or_404(OrganizationMatch, call=call, pk=pk)
    try:
        n = actions.undo(match=match, actor=user)
        messages.success(
            request,
            ngettext("Taken back. %(n)s application went back.", "Taken back. %(n)s applications went back.", n)
            % {"n": n},
        )
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:organizations", slug)
