"""The survey for people who were there, and its pages for facilitators."""

from __future__ import annotations

from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cohort.people.access import reader
from cohort.people.states import NotPossible
from sessions.common.access import hosted, session_for
from sessions.models import Session, Survey, SurveyTicket
from sessions.surveys import access, actions, queries
from sessions.surveys.forms import AnswerForm, NoteForm

# ---------------------------------------------------------------- people who were there


@never_cache
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A personal link from a mail: keep the pass on this phone and go on to an address without it."""
    pair = access.read_link(token)
    if pair is None:
        return render(
            request,
            "sessions/surveys/gone.html",
            {"trouble": _("This link is not complete, or the survey is over. Your first page also opens it.")},
            status=410,
        )
    response = redirect("program_sessions:survey", pair[0].code)
    access.remember(response, request, token)
    return response


@never_cache
def survey(request: HttpRequest, code: str) -> HttpResponse:
    """One page, no script needed, nothing saved until sent."""
    found = access.survey_at(code)
    if found.state != Survey.State.OPEN:
        return render(
            request,
            "sessions/surveys/gone.html",
            {"trouble": _("This survey is closed. Thank you for wanting to answer.")},
            status=410,
        )
    membership = access.member(request, found)
    if membership is None:
        login = f"{reverse('account_login')}?next={request.path}"
        return render(request, "sessions/surveys/who.html", {"survey": found, "login": login}, status=403)
    form = AnswerForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(survey=found, membership=membership, payload=form.payload())
        except actions.AlreadyAnswered:
            pass  # sent again after a lost signal: the thanks page is the true answer
        except NotPossible as trouble:
            return render(request, "sessions/surveys/gone.html", {"trouble": str(trouble)}, status=410)
        return redirect("program_sessions:survey_thanks", found.code)
    if SurveyTicket.objects.filter(survey=found, membership=membership, answered=True).exists():
        return redirect("program_sessions:survey_thanks", found.code)
    return render(request, "sessions/surveys/answer.html", {"survey": found, "form": form})


@never_cache
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    found = access.survey_at(code)
    return render(request, "sessions/surveys/thanks.html", {"survey": found})


def type_code(request: HttpRequest) -> HttpResponse:
    """For people who cannot scan: type the six characters from the screen."""
    code = (request.GET.get("code") or "").strip().upper().replace(" ", "")
    if code and Survey.objects.filter(code=code).exists():
        return redirect("program_sessions:survey", code)
    return render(request, "sessions/surveys/type_code.html", {"code": code, "unknown": bool(code)})


# ---------------------------------------------------------------- facilitators


def survey_address(found: Survey) -> str:
    return settings.SITE_URL + reverse("program_sessions:survey", args=[found.code])


def qr_svg(address: str) -> str:
    """A QR code as inline SVG, drawn with attributes only, so that the strict policy of the page allows it."""
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(scale=8, border=2, dark="black", light=None, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308 - made here from our own address


@login_required
def screen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For the projector: QR code, short address, how many answers are in."""
    session = hosted(reader(request), pk)
    found = access.survey_of(session)
    address = survey_address(found)
    return render(
        request,
        "sessions/surveys/screen.html",
        {
            "session": session,
            "survey": found,
            "qr": qr_svg(address),
            "address": address.partition("://")[2],
            "count": queries.answers_in(found),
        },
    )


@login_required
@require_POST
def open_now(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = hosted(reader(request), pk)
    try:
        actions.open_survey(session=session, by=reader(request))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return redirect("program_sessions:survey_results", session.pk)
    return redirect("program_sessions:survey_screen", session.pk)


@login_required
def results(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Before the close: when it closes. After: the frozen results, and the note to the group."""
    session = hosted(reader(request), pk)
    found = Survey.objects.filter(session=session).select_related("session__cohort", "pooled_into__session").first()
    note = getattr(found, "note", None) if found else None
    form = NoteForm(request.POST or None, instance=note)
    if request.method == "POST" and found and form.is_valid():
        try:
            actions.publish_note(survey=found, by=reader(request), **form.cleaned_data)
            messages.success(request, _("The group can read what you heard."))
            return redirect("program_sessions:survey_results", session.pk)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(
        request,
        "sessions/surveys/results.html",
        {
            "session": session,
            "survey": found,
            "note": note,
            "form": form,
            "can_open": session.state in (Session.State.RUNNING, Session.State.ENDED),
            "shown": queries.shown(found) if found else [],
            "comments": queries.comments(found) if found else [],
            "count": queries.answers_in(found) if found else 0,
        },
    )


@login_required
@require_POST
def comment(request: HttpRequest, pk: UUID, place: int) -> HttpResponse:
    """Hide one comment that names someone, or show it again."""
    session = hosted(reader(request), pk)
    found = access.survey_of(session)
    try:
        actions.hide_comment(survey=found, place=place, by=reader(request), hidden=request.POST.get("show") != "1")
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("program_sessions:survey_results", session.pk)


@login_required
def heard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the facilitators told the group: for everyone in the cohort."""
    session, _roles = session_for(reader(request), pk)
    found = access.survey_of(session, told=True)
    return render(request, "sessions/surveys/heard.html", {"session": session, "note": found.note})
