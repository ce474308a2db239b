"""Publish the next version of a form: what changed, who is concerned, and why."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from applications.common import placeholders
from applications.common.access_staff import call_for
from applications.form_editor import actions, presenters, queries
from applications.form_editor.part_forms import PublishForm
from applications.models import Call
from cohort.people.access import reader
from cohort.people.states import NotPossible


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of changes in words, the counts, and a note; then the new version."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
    changes = presenters.changes(work)
    if call.state != Call.State.OPEN or changes is None:
        messages.info(request, _("There is nothing to publish now."))
        return redirect("applications:form_editor", slug)
    form = PublishForm(request.POST or None, initial={"revision": work.revision})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.publish(call=call, actor=reader(request), **form.cleaned_data)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, _("Version %(n)s is published.") % {"n": made.number})
            return redirect("applications:form_version", slug, made.number)
    if request.method == "POST":  # what stands on the page is today's draft: looking again is enough to publish it
        today = request.POST.copy()
        today["revision"] = str(work.revision)
        form.data = today
    return render(
        request,
        "applications/form_editor/publish.html",
        {
            "call": call,
            "cohort": call.cohort,
            "work": work,
            "changes": changes,
            "form": form,
            "impact": queries.impact(call, changes),
            "facts": placeholders.facts_for(call),
        },
    )


@login_required
@require_GET
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One published version: when, by whom, why, and what it changed."""
    call = call_for(reader(request), slug)
    found = get_object_or_404(call.form_versions.select_related("made_by").defer("definition"), number=number)
    changes = queries.changes_of(call, number, get_language() or "en")
    if number > 1 and changes is None:
        raise Http404
    return render(
        request,
        "applications/form_editor/version.html",
        {
            "call": call,
            "cohort": call.cohort,
            "zone": call.cohort.zone,
            "version": found,
            "changes": changes,
            "facts": placeholders.facts_for(call),
            "using": queries.using(call, found.pk),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, slug: str) -> HttpResponse:
    """Throw away what is not published."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
    if request.method == "POST":
        try:
            actions.discard(call=call, actor=reader(request))
            messages.success(request, _("Thrown away. The form is as it was before."))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        return redirect("applications:form_editor", slug)
    if work.draft is None:
        return redirect("applications:form_editor", slug)
    return render(request, "applications/form_editor/discard.html", {"call": call, "work": work, "danger": True})
