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

from applications.apply import answers
from applications.apply import new_questions as apply_new_questions
from applications.apply.actions import ClosedError
from applications.common import access, form_context, placeholders
from applications.common.form_rendering import PartForm
from applications.form_editor import queries as form_editor_queries
from cohort.people.access import reader
from cohort.questions import labels
from cohort.ui import rescue


@never_cache
@rescue.signed_in
@require_GET
def changes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every new version since this application was started, newest first: why, and what is different."""
    application = access.my_application(reader(request), pk)
    call = application.call
    found = [
        (v, form_editor_queries.changes_of(call, v.number, get_language() or "en"))
        for v in form_editor_queries.versions(call)
        if v.number > 1 and v.made_at > application.created_at
    ]
    if not found:
        raise Http404
    return render(
        request,
        "applications/apply/applicant_changes.html",
        {
            "application": application,
            "call": call,
            "zone": call.cohort.zone,
            "rows": found,
            "facts": placeholders.facts_for(call),
            "again": form_editor_queries.asks_again(application),
            "open": call.takes_saves(timezone.now()),
        },
    )


@never_cache
@rescue.signed_in
@require_http_methods(["GET", "POST"])
def new_questions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The questions that a sent application must still answer. It stays sent, and as it was, until they are."""
    application = access.my_application(reader(request), pk)
    call = application.call
    newest = form_editor_queries.asks_again(application)
    if newest is None or not call.takes_saves(timezone.now()):
        messages.info(request, _("Your application is complete. There is nothing to answer."))
        return redirect("applications:application", application.pk)
    context = form_context.of_version(call, newest, get_language() or "en")
    values = answers.held(application, context.form)
    if request.method == "POST":
        posted = {name: [str(text) for text in strings] for name, strings in request.POST.lists()}
        try:
            section, cleaned = apply_new_questions.answer(
                application=application, version=newest, context=context, posted=posted
            )
        except ClosedError:
            return redirect("applications:application", application.pk)
        if cleaned.whole:
            rescue.forget(request)
            messages.success(request, _("Saved. Your application stays sent, with your new answers."))
            return redirect("applications:application", application.pk)
        form = PartForm(
            section,
            facts=context.facts,
            settings=context.settings,
            values=values,
            data=posted,
            messages=labels.messages(cleaned),
        )
    else:
        section = form_editor_queries.still_wanted(context.form, values, context.settings)
        form = PartForm(
            section, facts=context.facts, settings=context.settings, values=values, shown=rescue.kept(request)
        )
    return render(
        request,
        "applications/apply/new_questions.html",
        {
            "application": application,
            "call": call,
            "zone": call.cohort.zone,
            "form": form,
            "version": form_editor_queries.version(newest),
        },
    )
