"""Asking one applicant for more (coordinators), and answering (the applicant)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.call.inbox.forms import InquiryAnswerForm, InquiryForm
from applications.common import inquiries
from applications.common.access_staff import application_for, call_for
from applications.common.audit import look
from applications.decisions.information_requests import access, actions, queries
from applications.models import Inquiry
from cohort.people.access import reader
from cohort.people.states import NotPossible
from cohort.ui import rescue

USUAL = timedelta(days=7)


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Write one question to an applicant; it goes out as a letter with a link to answer."""
    user = reader(request)
    call = call_for(user, slug)
    application = application_for(user, call, number)
    look(application, "ask", actor=user)
    usual = timezone.localdate(timezone=call.cohort.zone) + USUAL
    form = InquiryForm(request.POST or None, initial={"due_on": usual, "readers": Inquiry.Readers.REVIEWER})
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(application=application, actor=user, **form.cleaned_data)
            messages.success(request, _("Asked. The letter is on its way."))
            return redirect("applications:decision", slug, number)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(
        request,
        "applications/decisions/information_requests/ask.html",
        {
            "call": call,
            "application": application,
            "form": form,
        },
    )


@login_required
@require_POST
def take_back(request: HttpRequest, slug: str, number: int, asked: int) -> HttpResponse:
    user = reader(request)
    found = access.inquiry_for(user, slug, number, asked)
    try:
        actions.take_back(inquiry=found, actor=user)
        messages.success(request, _("Taken back. The applicant cannot answer it any more."))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:decision", slug, number)


@never_cache
@rescue.signed_in
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: UUID, asked: int) -> HttpResponse:
    """A question to me, and my answer. What I type outlives an expired sign-in."""
    user = reader(request)
    found = access.own_inquiry(user, pk, asked)
    application, said = found.application, queries.answer_to(found)
    waiting = rescue.kept(request) if request.method == "GET" else None
    words = waiting.get("words", [""])[0] if waiting else said.value if said else ""
    form = InquiryAnswerForm(request.POST or None, readers=found.readers, initial={"words": words})
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(inquiry=found, words=form.cleaned_data["words"], actor=user)
            rescue.forget(request)
            messages.success(request, _("Thank you. Your answer is with your application."))
            return redirect("applications:information_answer", pk, asked)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    late = inquiries.until(found) < timezone.now()
    return render(
        request,
        "applications/decisions/information_requests/asked.html",
        {
            "application": application,
            "call": application.call,
            "cohort": application.call.cohort,
            "inquiry": found,
            "form": form,
            "said": said,
            "until": inquiries.until(found),
            "zone": inquiries.zone_of(found),
            "late": late,
            "open": not late and found.state != Inquiry.State.TAKEN_BACK,
        },
    )
