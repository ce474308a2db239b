"""The call: what anybody may read, the self-check that keeps nothing, and the coordinator's page."""

from __future__ import annotations

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.call import actions, opening, pool_queries, queries
from applications.call.forms import CallForm, EligibilityForm, ExtendForm
from applications.call.inbox import queries as inbox_queries
from applications.call.page.public_queries import page_context
from applications.common import access, call_forms, form_context, placeholders
from applications.common.access_staff import call_for
from applications.common.form_rendering import PartForm
from applications.form_definition import eligibility
from applications.form_definition.asking import clean
from applications.models import Call
from cohort.people.access import cohort_for, reader
from cohort.people.models import Role
from cohort.people.states import NotPossible
from cohort.questions import labels


@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """All calls that are public."""
    now = timezone.now()
    rows = [(call, queries.door(call, now)) for call in queries.listed_calls()[:50]]
    return render(request, "applications/call/list.html", {"rows": rows})


@require_GET
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole call on one page, for anybody."""
    found = access.public_call(reader(request), slug)
    return render(request, "applications/call/call.html", page_context(found, timezone.now()))


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """A minute to see whether it fits. Nothing is stored: no row, no cookie, no session."""
    found = access.public_call(reader(request), slug)
    form = call_forms.form_for_call(found, get_language() or "en")
    section = form.part("eligibility")
    facts, verdict, cleaned = placeholders.facts_for(found), None, None
    if section and request.method == "POST":
        cleaned = clean(section, dict(request.POST.lists()))
        if cleaned.whole:
            verdict = eligibility.verdict(form, cleaned.values, section.id)
    page = (
        PartForm(
            section,
            facts=facts,
            data=dict(request.POST.lists()) if cleaned else None,
            messages=labels.messages(cleaned) if cleaned else None,
        )
        if section
        else None
    )
    response = render(
        request,
        "applications/call/check.html",
        {
            "call": found,
            "cohort": found.cohort,
            "form": page,
            "verdict": verdict,
            "facts": facts,
            "door": queries.door(found, timezone.now()),
        },
    )
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every question before anybody starts, made to be printed."""
    found = access.public_call(reader(request), slug)
    form = call_forms.form_for_call(found, get_language() or "en")
    return render(
        request,
        "applications/call/questions.html",
        {"call": found, "cohort": found.cohort, "form": form, "facts": placeholders.facts_for(found)},
    )


@require_GET
def questions_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Every question as a plain text file in the reader's language: to keep, to print, or to write in."""
    found = access.public_call(reader(request), slug)
    language = get_language() or "en"
    text = render_to_string(
        "applications/call/questions.txt",
        {
            "call": found,
            "cohort": found.cohort,
            "form": call_forms.form_for_call(found, language),
            "facts": placeholders.facts_for(found),
        },
    )
    lines = re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.splitlines())).strip() + "\n"
    response = HttpResponse(lines, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-{language[:2]}.txt"'
    response["Content-Language"] = language
    return response


@require_GET
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    """How information is used: who reads what, how long it is kept, what one can do."""
    found = access.public_call(reader(request), slug)
    form = call_forms.form_for_call(found, get_language() or "en")
    return render(
        request,
        "applications/call/notice.html",
        {
            "call": found,
            "cohort": found.cohort,
            "readers": queries.who_reads_what(form),
            "days": form.kept_days,
            "identity_chooses": call_forms.identity_that_chooses(found, form),
            "facts": placeholders.facts_for(found),
            "public_agency": "operator_is_public_agency" in call_forms.settings_of(found),
        },
    )


# ---------------------------------------------------------------- coordinators


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """A new call for a cohort, from the default form."""
    cohort = cohort_for(reader(request), slug, Role.COORDINATOR)
    form = CallForm(cohort, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.create_call(cohort=cohort, actor=reader(request), **form.call_fields())
        messages.success(request, _("The call is ready to look at. Nobody else sees it until you open it."))
        return redirect("applications:call_manage", made.slug)
    return render(request, "applications/call/create.html", {"form": form, "cohort": cohort})


@login_required
@require_GET
def manage(request: HttpRequest, slug: str) -> HttpResponse:
    """The coordinator's page: totals, and what can be done now."""
    found = call_for(reader(request), slug)
    context, now = form_context.of_call(found), timezone.now()
    return render(
        request,
        "applications/call/manage.html",
        {
            "call": found,
            "cohort": found.cohort,
            "zone": found.cohort.zone,
            "pool": queries.pool(found),
            "door": queries.door(found, now),
            "can": Call.MOVES[found.state],
            "checks": queries.to_check(context),
            "because": EligibilityForm(found).fields["because"],
            "unfilled": queries.unfilled(context),
            "now": now,
            "questions": inbox_queries.counts(found)["open"],
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def open_(request: HttpRequest, slug: str) -> HttpResponse:
    found = call_for(reader(request), slug)
    if request.method == "POST":
        try:
            actions.open_call(call=found, actor=reader(request))
            messages.success(request, _("The call is open. Its form and its scoring guide are frozen."))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
            if isinstance(trouble, actions.NotSettledError):
                return redirect("applications:call_open", found.slug)
        return redirect("applications:call_manage", found.slug)
    return render(
        request,
        "applications/call/open.html",
        {
            "call": found,
            "zone": found.cohort.zone,
            "unfilled": queries.unfilled(form_context.of_call(found)),
            "missing": opening.missing(found) if found.state == Call.State.DRAFT else [],
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, slug: str) -> HttpResponse:
    found, now = call_for(reader(request), slug), timezone.now()
    if request.method == "POST":
        try:
            actions.close_call(call=found, actor=reader(request))
            messages.success(request, _("The call is closed."))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        return redirect("applications:call_manage", found.slug)
    return render(
        request,
        "applications/call/close.html",
        {
            "call": found,
            "zone": found.cohort.zone,
            "pool": queries.pool(found),
            "early": found.takes_new(now),
            "drafts": pool_queries.drafts(found, now),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    found = call_for(reader(request), slug)
    form = ExtendForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.extend_call(call=found, actor=reader(request), closes_at=form.cleaned_data["closes_at"])
            messages.success(request, _("Everyone has more time. All who started or sent an application get an email."))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        return redirect("applications:call_manage", found.slug)
    pool = queries.pool(found)
    return render(
        request,
        "applications/call/extend.html",
        {"call": found, "zone": found.cohort.zone, "form": form, "affected": pool.drafts + pool.sent},
    )


@login_required
@require_POST
def settle(request: HttpRequest, slug: str) -> HttpResponse:
    """What a person found when they looked at one application's eligibility."""
    found = call_for(reader(request), slug)
    form = EligibilityForm(found, request.POST)
    if form.is_valid():
        row = form.cleaned_data["application"]
        row.call = found
        actions.settle_eligibility(application=row, actor=reader(request), because=form.cleaned_data["because"])
        messages.success(request, _("Application %(ref)s is settled.") % {"ref": row.reference})
    else:
        messages.error(request, _("Choose what you found. Nothing was changed."))
    return redirect("applications:call_manage", found.slug)
