"""Partners share a call: their links for coordinators, and the address that visitors come by."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.call.partners import actions, queries
from applications.call.partners.forms import PartnerForm
from applications.common import access
from applications.common.access_staff import call_for
from applications.models import Application, Call, Partner
from cohort.people.access import reader
from cohort.people.states import NotPossible

_SESSION = "applications.from"


@never_cache
@require_GET
def come(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A visitor comes by a partner's link: count the visit, remember the code for this browser, show the call."""
    call = access.public_call(reader(request), slug)
    partner = Partner.objects.filter(call=call, code=code, ended_at__isnull=True).first()
    if partner is not None and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        actions.count_visit(partner=partner, day=timezone.now().astimezone(call.cohort.zone).date())
        request.session[_SESSION] = {**request.session.get(_SESSION, {}), str(call.pk): code}
    return redirect("applications:call", slug)


def remember(request: HttpRequest, application: Application) -> None:
    """Tell the application by which link its writer came, and forget it in the session."""
    codes = request.session.get(_SESSION)
    code = codes.pop(str(application.call_id), "") if codes else ""
    if code:
        request.session[_SESSION] = codes
        actions.remember_source(application=application, code=code)


# ---------------------------------------------------------------- coordinators


@login_required
@require_http_methods(["GET", "POST"])
def partners(request: HttpRequest, slug: str) -> HttpResponse:
    """All partners of a call, and a new one."""
    call = call_for(reader(request), slug)
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_partner(call=call, name=form.cleaned_data["name"], actor=reader(request))
            return redirect("applications:partner", slug, made.pk)
        except NotPossible as trouble:
            form.add_error("name", str(trouble))
    return render(
        request,
        "applications/call/partners/partners.html",
        {"call": call, "form": form, "partners": queries.partners(call)},
    )


def _partner(request: HttpRequest, slug: str, pk: UUID) -> tuple[Call, Partner]:
    call = call_for(reader(request), slug)
    found = get_object_or_404(Partner, call=call, pk=pk)
    found.call = call
    return call, found


@login_required
@require_GET
def partner(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One partner: the link, its picture, and words to send along. Made to be printed too."""
    call, found = _partner(request, slug, pk)
    url = queries.link(found)
    picture = segno.make(url, error="m").svg_inline(scale=6, border=2, dark="#000", light="#fff", omitsize=True)
    return render(
        request,
        "applications/call/partners/partner.html",
        {
            "call": call,
            "cohort": call.cohort,
            "zone": call.cohort.zone,
            "partner": found,
            "url": url,
            "qr": mark_safe(picture),  # noqa: S308  made of our own address
        },
    )


@login_required
@require_GET
def qr(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The code as an SVG file, for posters and slides."""
    _call, found = _partner(request, slug, pk)
    picture = BytesIO()
    segno.make(queries.link(found), error="m").save(picture, kind="svg", scale=10, border=4, light="#fff")
    answer = HttpResponse(picture.getvalue(), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="call-{found.code}.svg"'
    return answer


@login_required
@require_POST
def end(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Stop counting a link, or count it again."""
    _call, found = _partner(request, slug, pk)
    ended = request.POST.get("to") != "back"
    actions.end_partner(partner=found, actor=reader(request), ended=ended)
    messages.success(
        request,
        _("The link still leads to the call. Visits by it are not counted any more.")
        if ended
        else _("Visits by this link are counted again."),
    )
    return redirect("applications:partner", slug, pk)
