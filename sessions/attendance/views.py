"""Checking in by code, and the register."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cohort.people.access import reader
from cohort.people.models import Membership, Role
from cohort.people.states import NotPossible
from sessions.attendance import actions, codes, queries
from sessions.attendance.forms import CloseRegisterForm, CodeForm, RegisterForm
from sessions.common import access
from sessions.models import Session

#: Somebody who scans a fresh code and must sign in first may take this long; the code itself is gone by then.
SCANNED, SCANNED_FOR = "scanned", 15 * 60
_SALT = "sessions.scanned"


@never_cache
def type_code(request: HttpRequest) -> HttpResponse:
    """For those who cannot scan: type the code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("program_sessions:check_in", codes.tidy(form.cleaned_data["code"]))
    return render(request, "sessions/attendance/check_in_code.html", {"form": form})


@never_cache
def check_in(request: HttpRequest, code: str) -> HttpResponse:
    """Behind the QR code: one button, "I am here". Looking at the page changes nothing."""
    session = codes.session_with(code) or _scanned(request, code)
    if session is None:
        return render(request, "sessions/attendance/check_in_gone.html", {"form": CodeForm()}, status=404)
    if not request.user.is_authenticated:
        response: HttpResponse = redirect_to_login(request.get_full_path())
        ticket = signing.dumps([codes.tidy(code), str(session.pk)], salt=_SALT)
        response.set_cookie(
            SCANNED, ticket, max_age=SCANNED_FOR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
        return response
    found, roles = access.session_for(reader(request), session.pk, *Role.values)
    if Role.PARTICIPANT not in roles:
        return render(request, "sessions/attendance/check_in_not_needed.html", {"session": found, "roles": roles})
    membership = access.own_membership(reader(request), found)
    if request.method == "POST":
        return _checked_in(request, found, membership)
    presence = found.attendance.filter(membership=membership).first()
    return render(
        request,
        "sessions/attendance/check_in.html",
        {"session": found, "presence": presence, "zone": found.cohort.zone},
    )


def _scanned(request: HttpRequest, code: str) -> Session | None:
    """The open session that this phone scanned a little while ago with this very code."""
    try:
        seen, pk = signing.loads(request.COOKIES[SCANNED], salt=_SALT, max_age=SCANNED_FOR)
    except (KeyError, ValueError, signing.BadSignature):
        return None
    if seen != codes.tidy(code):
        return None
    return Session.objects.select_related("cohort").filter(pk=pk, state=Session.State.RUNNING).first()


def _checked_in(request: HttpRequest, session: Session, membership: Membership) -> HttpResponse:
    response: HttpResponse = redirect("program_sessions:now", session.pk)
    try:
        actions.check_in(session=session, membership=membership, online=request.POST.get("how") == "online")
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return response
    messages.success(request, _("You are checked in."))
    codes.leave_mark(response, session, membership)
    response.delete_cookie(SCANNED)
    return response


@login_required
def register(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everybody with one choice each."""
    found = access.hosted(reader(request), pk)
    if found.state in (Session.State.DRAFT, Session.State.CANCELLED):
        return redirect("program_sessions:session", found.pk)
    presences = queries.register_of(found)
    form = RegisterForm(request.POST or None, presences=presences)
    if request.method == "POST" and form.is_valid():
        changed = actions.mark(session=found, by=reader(request), marks=form.values())
        messages.success(request, _("Saved. %(n)s changed.") % {"n": changed})
        return redirect("program_sessions:register", found.pk)
    context: dict[str, Any] = {"session": found, "form": form, "rows": form.rows(), "zone": found.cohort.zone}
    context["unmarked"] = sum(presence.state == "expected" for presence in presences)
    return render(request, "sessions/attendance/register.html", context, status=422 if form.is_bound else 200)


@login_required
def close_register(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say who is not marked, and what becomes of them, before the register is closed."""
    found = access.hosted(reader(request), pk)
    unmarked = [presence for presence in queries.register_of(found) if presence.state == "expected"]
    data = request.POST if unmarked else {"rest": "leave"}
    form = CloseRegisterForm(data if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_register(
                session=found, by=reader(request), mark_rest_absent=form.cleaned_data["rest"] == "absent"
            )
            messages.success(request, _("The register is closed."))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        return redirect("program_sessions:register", found.pk)
    context = {
        "session": found,
        "unmarked": unmarked,
        "form": form if unmarked else None,
        "back": reverse("program_sessions:register", args=[found.pk]),
    }
    return render(request, "sessions/attendance/close_register.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def open_register(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.hosted(reader(request), pk)
    actions.open_register(session=found, by=reader(request))
    return redirect("program_sessions:register", found.pk)
