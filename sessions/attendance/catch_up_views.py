"""Catching up on a session: facilitators say how, and those who were away say when they have."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cohort.people.access import reader
from cohort.people.models import Membership, Role
from cohort.people.states import NotPossible
from sessions.attendance import actions
from sessions.attendance.forms import CatchUpForm
from sessions.common import access
from sessions.models import Attendance, Session

A = Attendance.State


@login_required
def catch_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One address, for the page of a mail: facilitators write, participants read and answer."""
    found, roles = access.session_for(reader(request), pk, Role.FACILITATOR, Role.PARTICIPANT)
    if found.state != Session.State.ENDED:
        raise Http404
    if Role.FACILITATOR in roles:
        return _write(request, found)
    member = access.own_membership(reader(request), found)
    if request.method == "POST":
        return _answer(request, found, member)
    presence = found.attendance.filter(membership=member).first()
    return render(
        request,
        "sessions/attendance/catch_up.html",
        {"session": found, "presence": presence, "zone": found.cohort.zone},
    )


def _write(request: HttpRequest, session: Session) -> HttpResponse:
    form = CatchUpForm(request.POST or None, initial={"words": session.catch_up, "until": session.catch_up_by})
    if request.method == "POST" and form.is_valid():
        actions.offer_catching_up(session=session, by=reader(request), **form.cleaned_data)
        messages.success(request, _("Saved. It stands on the page that people who were away open."))
        return redirect("program_sessions:catch_up", session.pk)
    states = list(session.attendance.filter(state__in=[*Attendance.AWAY, A.MADE_UP]).values_list("state", flat=True))
    context: dict[str, Any] = {
        "session": session,
        "form": form,
        "away": len(states),
        "caught_up": states.count(A.MADE_UP),
        "zone": session.cohort.zone,
    }
    return render(request, "sessions/attendance/catch_up_write.html", context, status=422 if form.is_bound else 200)


def _answer(request: HttpRequest, session: Session, member: Membership) -> HttpResponse:
    answer = request.POST.get("answer")
    try:
        if answer == "done":
            actions.caught_up(session=session, membership=member)
            messages.success(request, _("Thank you. The register says now that you have caught up."))
        elif answer in ("no", "undo"):
            actions.will_not_catch_up(session=session, membership=member, undo=answer == "undo")
            messages.success(
                request,
                _("All right. We will not ask again.") if answer == "no" else _("All right. You can still do it."),
            )
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("program_sessions:catch_up", session.pk)
