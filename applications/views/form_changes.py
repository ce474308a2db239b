"""What an applicant sees of a new version of the form: what changed and why, and new questions after sending."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from applications import access, drawers, kept
from applications.actions import new_questions as act
from applications.actions.applying import ClosedError
from applications.forms.applying import PartForm
from applications.queries import calls
from applications.queries import editing as read
from cohort.people.access import reader


@never_cache
@kept.signed_in
@require_GET
def changes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every new version since this application was started, newest first: why, and what is different."""
    application = access.my_application(reader(request), pk)
    call = application.call
    found = [
        (v, read.changes_of(call, v.number, get_language() or "en"))
        for v in read.versions(call)
        if v.number > 1 and v.made_at > application.created_at
    ]
    if not found:
        raise Http404
    return render(
        request,
        "applications/editor/applicant_changes.html",
        {
            "application": application,
            "call": call,
            "zone": call.cohort.zone,
            "rows": found,
            "facts": calls.facts_for(call),
            "again": read.asks_again(application),
            "open": call.takes_saves(timezone.now()),
        },
    )


@never_cache
@kept.signed_in
@require_http_methods(["GET", "POST"])
def new_questions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The questions that a sent application must still answer. It stays sent, and as it was, until they are."""
    application = access.my_application(reader(request), pk)
    call, locale = application.call, get_language() or "en"
    newest, facts, on = read.asks_again(application), calls.facts_for(call), calls.settings_of(call)
    if newest is None or not call.takes_saves(timezone.now()):
        messages.info(request, _("Your application is complete. There is nothing to answer."))
        return redirect("applications:application", application.pk)
    values = drawers.held(application, calls.form_of(newest, locale))
    if request.method == "POST":
        posted = {name: [str(text) for text in strings] for name, strings in request.POST.lists()}
        try:
            section, cleaned = act.answer(application=application, posted=posted, locale=locale)
        except ClosedError:
            return redirect("applications:application", application.pk)
        if cleaned.whole:
            kept.forget(request)
            messages.success(request, _("Saved. Your application stays sent, with your new answers."))
            return redirect("applications:application", application.pk)
        form = PartForm(section, facts=facts, settings=on, values=values, data=posted, messages=cleaned.messages)
    else:
        section = read.still_wanted(calls.form_of(newest, locale), values, on)
        form = PartForm(section, facts=facts, settings=on, values=values, shown=kept.kept(request))
    return render(
        request,
        "applications/editor/new_questions.html",
        {
            "application": application,
            "call": call,
            "zone": call.cohort.zone,
            "form": form,
            "version": read.version(newest),
        },
    )
