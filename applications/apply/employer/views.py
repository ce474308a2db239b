"""The short form for the person who can confirm an organization's support. They never see the application."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.apply.employer import actions
from applications.common import access, call_forms, placeholders
from applications.common.form_rendering import PartForm
from applications.form_definition.asking import clean
from applications.models import EmployerConfirmation
from cohort.questions import labels
from cohort.questions.cleaning import Cleaned


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Five questions, answered once, within 21 days."""
    found = access.confirmation_for(token)
    application = found.application
    section = call_forms.form_of(application.form_version_id, get_language() or "en").employer
    person = application.applicant
    facts = {**placeholders.facts_for(application.call), "applicant_name": person.get_full_name()}
    context = {
        "confirmation": found,
        "call": application.call,
        "cohort": application.call.cohort,
        "zone": application.call.cohort.zone,
        "person": person,
        "token": token,
        "facts": facts,
    }
    if found.state in (EmployerConfirmation.State.ANSWERED, EmployerConfirmation.State.DECLINED):
        return render(request, "applications/apply/employer/done.html", context)
    over = found.state == EmployerConfirmation.State.LAPSED or timezone.now() >= found.expires_at
    if section is None or over or application.state != application.State.SUBMITTED:
        return render(request, "applications/apply/employer/over.html", context, status=410)
    cleaned: Cleaned | None = None
    data = dict(request.POST.lists()) if request.method == "POST" else None
    if data is not None:
        cleaned = clean(section, data)
        if cleaned.whole:
            try:
                actions.answer(confirmation=found, cleaned=cleaned)
            except actions.NotOpenError:
                found.refresh_from_db()
            return render(request, "applications/apply/employer/done.html", context)
    form = PartForm(section, facts=facts, data=data, messages=labels.messages(cleaned) if cleaned else None)
    form.lock, form.locks = "", {}
    return render(request, "applications/apply/employer/form.html", {**context, "form": form, "section": section})


@never_cache
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """I would rather not answer: a page that says what that means, and one button."""
    found = access.confirmation_for(token)
    context = {
        "confirmation": found,
        "call": found.application.call,
        "person": found.application.applicant,
        "cohort": found.application.call.cohort,
        "token": token,
    }
    if request.method == "POST":
        try:
            actions.decline(confirmation=found)
        except actions.NotOpenError:
            found.refresh_from_db()
        return render(request, "applications/apply/employer/done.html", context)
    return render(request, "applications/apply/employer/decline.html", context)
