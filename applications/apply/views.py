"""The applicant's pages: start, parts, check, send, receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.apply import actions, answers, conflict_forms, queries
from applications.call import queries as call_queries
from applications.call.partners import views as partners_views
from applications.common import access, call_forms, form_context
from applications.common.form_context import FormContext
from applications.common.form_rendering import PartForm, minutes
from applications.form_definition import eligibility
from applications.form_definition.definition import Form, FormQuestion, Section
from applications.form_editor import queries as form_editor_queries
from applications.models import Application
from cohort import ratelimit
from cohort.people.access import reader
from cohort.questions import labels
from cohort.questions.values import names_of
from cohort.ui import rescue, times

SENDS_AN_HOUR = 20


@never_cache
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """The door: make an account or sign in, then start. Somebody who started before goes on."""
    call = access.public_call(reader(request), slug)
    door = call_queries.door(call, timezone.now())
    if not request.user.is_authenticated:
        return render(request, "applications/apply/door.html", {"call": call, "cohort": call.cohort, "door": door})
    mine = access.my_applications(reader(request)).filter(call=call).exclude(state=Application.State.WITHDRAWN).first()
    if mine is None and request.method == "POST":
        try:
            mine = actions.start(call=call, applicant=reader(request), language=get_language() or "en")
            partners_views.remember(request, mine)
        except actions.ClosedError:
            messages.error(request, _("This call does not take new applications now."))
            return redirect("applications:call", call.slug)
    if mine is not None:
        return redirect("applications:application", mine.pk)
    return render(
        request,
        "applications/apply/start.html",
        {
            "call": call,
            "cohort": call.cohort,
            "door": door,
            "form": call_forms.form_for_call(call, get_language() or "en"),
        },
    )


@never_cache
@rescue.signed_in
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """All my applications."""
    return render(request, "applications/apply/mine.html", {"rows": queries.mine(reader(request), timezone.now())})


def _open(request: HttpRequest, pk: UUID) -> tuple[Application, FormContext]:
    """My application with its form in my language; 404 for anybody else's."""
    application = access.my_application(reader(request), pk)
    return application, form_context.of_application(application, get_language() or "en")


def _around(
    application: Application, form: Form, values: dict[str, Any], lacking: Mapping[str, list[FormQuestion]]
) -> dict[str, Any]:
    """What every page of an application shows around its content."""
    call = application.call
    return {
        "application": application,
        "call": call,
        "cohort": call.cohort,
        "zone": call.cohort.zone,
        "tasks": queries.tasks(application, form, values, lacking),
        "open": call.takes_saves(timezone.now()),
        "sent": application.state == Application.State.SUBMITTED,
    }


@never_cache
@rescue.signed_in
@require_GET
def tasks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The task list: every part with how far it is, the deadline, and what else can be done."""
    application, context = _open(request, pk)
    if application.state == Application.State.WITHDRAWN:
        gone = {"application": application, "call": application.call}
        return render(request, "applications/apply/withdrawn.html", gone)
    form, values = context.form, answers.held(application, context.form)
    around = _around(application, form, values, queries.lacking(context, values))
    done = sum(task.state == "done" for task in around["tasks"])
    came_from = request.GET.get("from", "")
    return render(
        request,
        "applications/apply/tasks.html",
        {
            **around,
            "came_from": came_from if form.part(came_from) else "",
            "done": done,
            "all": len(around["tasks"]),
            "ready": done == len(around["tasks"]),
            "minutes": sum(minutes(form, t.section) for t in around["tasks"] if t.state != "done"),
        },
    )


def _part(request: HttpRequest, pk: UUID, section_id: str) -> tuple[Application, FormContext, Section]:
    application, context = _open(request, pk)
    section = _page_posted(request, application, context, section_id) or context.form.part(section_id)
    if section is None or application.state == Application.State.WITHDRAWN:
        raise Http404
    return application, context, section


def _page_posted(
    request: HttpRequest, application: Application, context: FormContext, section_id: str
) -> Section | None:
    """The page that was posted, when a new version of the form was published since it was shown."""
    shown = request.POST.get("form", "")
    if shown in ("", str(application.form_version_id)):
        return None
    earlier = form_editor_queries.earlier_form(application.call, shown, context.language)
    page = earlier.part(section_id) if earlier else None
    return actions.as_asked_now(context.form, page) if page else None


def _posted(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(text) for text in strings] for name, strings in request.POST.lists()}


def _base(request: HttpRequest) -> int:
    """The revision that the page showed; -1 when it does not say, which never matches."""
    text = request.POST.get("base", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@never_cache
@rescue.keeps_typing
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, pk: UUID, section_id: str) -> HttpResponse:
    """One part of the form: read, save, or settle a conflict between two windows."""
    application, context, section = _part(request, pk, section_id)
    if request.method == "GET":
        return _show_part(request, application, context, section)
    posted = _posted(request)
    if "skip" in posted and section.optional:
        actions.skip_part(application=application, context=context, section=section)
        return _onward(application, context.form, section, posted)
    choices = conflict_forms.chosen(section, posted)
    if choices:
        posted = conflict_forms.settle(section, posted, answers.held(application, context.form), choices)
    try:
        outcome = actions.save_part(
            application=application,
            context=context,
            section=section,
            posted=posted,
            base=_base(request),
            whole=True,
        )
    except actions.ClosedError:
        return _closed(request, application, section, posted)
    if outcome.state == "conflict":
        return render(
            request,
            "applications/apply/conflict.html",
            {
                "application": application,
                "call": application.call,
                "section": section,
                "base": outcome.revision,
                "rows": conflict_forms.rows(section, outcome, posted, context.facts),
                "shown_version": posted.get("form", [""])[-1],
                "hidden": conflict_forms.hidden(section, posted),
            },
            status=409,
        )
    if outcome.state == "unfinished" and "later" not in posted:
        return _show_part(request, application, context, section, posted=posted, outcome=outcome)
    rescue.forget(request)
    if "form" in posted and posted["form"][-1] != str(application.form_version_id):
        messages.info(request, _("The form changed while you were writing. Everything you wrote is kept."))
    if outcome.cleaned.refused:
        why = " ".join(labels.words(refusal) for found in outcome.cleaned.refused.values() for refusal in found)
        messages.warning(request, _("Saved, except what could not be kept: %(why)s") % {"why": why})
    return _onward(application, outcome.form, section, posted)


def _onward(application: Application, form: Form, section: Section, posted: dict[str, list[str]]) -> HttpResponse:
    """After saving: the eligibility page explains itself when an answer does not fit, else on to the next part."""
    if "later" in posted:
        return redirect(reverse("applications:application", args=[application.pk]) + f"?from={section.id}")
    if application.state == Application.State.SUBMITTED:
        return redirect("applications:check_answers", application.pk)
    if any(q.gate for q in section.questions):
        verdict = eligibility.verdict(form, answers.held(application, form), section.id)
        if verdict.result in (eligibility.FAIL, eligibility.CHECK):
            return redirect("applications:fit", application.pk)
    parts = list(form.parts)
    here = next((place for place, part in enumerate(parts) if part.id == section.id), None)
    if here is None:  # this part was taken out of the form while it was being written
        return redirect("applications:application", application.pk)
    after = parts[here + 1 :]
    return (
        redirect("applications:application_part", application.pk, after[0].id)
        if after
        else redirect("applications:check_answers", application.pk)
    )


def _show_part(
    request: HttpRequest,
    application: Application,
    context: FormContext,
    section: Section,
    *,
    posted: dict[str, list[str]] | None = None,
    outcome: actions.SaveOutcome | None = None,
) -> HttpResponse:
    form = context.form
    values = answers.held(application, form) if outcome is None or outcome.state != "conflict" else outcome.values
    waiting = rescue.kept(request) if posted is None else None
    known = application.sections.get(section.id) or {}
    call, sent = application.call, application.state == Application.State.SUBMITTED
    if not known and section.id == "about_you":
        values = {
            "full_name": application.applicant.name or None,
            "email": application.applicant.email,
            "preferred_name": application.applicant.preferred_name or None,
            "contact_language": application.language if application.language in ("en", "es") else None,
            **values,
        }
    page = PartForm(
        section,
        facts=context.facts,
        values=values,
        settings=context.settings,
        data=posted,
        shown=waiting,
        messages=labels.messages(outcome.cleaned) if outcome else None,
        suggestions=call.facts.get("known_organizations") or (),
    )
    places = [p.id for p in form.parts]
    base = waiting["base"][0] if waiting and waiting.get("base") else known.get("revision", 0)
    return render(
        request,
        "applications/apply/part.html",
        {
            **_around(application, form, values, queries.lacking(context, values)),
            "section": section,
            "form": page,
            "facts": context.facts,
            "count": len(places),
            "number": places.index(section.id) + 1 if section.id in places else len(places),
            "minutes": minutes(form, section),
            "base": base,
            "shown_version": (posted or {}).get("form", [application.form_version_id])[-1],
            "saved_at": _clock(application, known.get("at")),
            "waiting": bool(waiting),
            "autosave": not sent,
        },
        status=200,
    )


def _clock(application: Application, at: Any) -> str:
    """Hours and minutes of a saved moment, in the applicant's zone or else the cohort's."""
    if not at:
        return ""
    moment = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    return times.clock_words(times.local(moment, application.applicant.time_zone or application.call.cohort.zone))


def _closed(
    request: HttpRequest, application: Application, section: Section | None, posted: dict[str, list[str]]
) -> HttpResponse:
    """Too late to save: show what was typed, so that it can be copied, and whom to ask."""
    names = [
        (q.label, text)
        for q in (section.questions if section else ())
        for name in names_of(q)
        for text in posted.get(name, [])
        if text.strip() and q.type in ("text", "textarea", "email", "tel")
    ]
    return render(
        request,
        "applications/apply/closed.html",
        {
            "application": application,
            "call": application.call,
            "cohort": application.call.cohort,
            "zone": application.call.cohort.zone,
            "section": section,
            "typed": names,
        },
        status=409,
    )


@never_cache
@require_POST
def autosave(request: HttpRequest, pk: UUID, section_id: str) -> HttpResponse:
    """Save as the page asks by itself. JSON: when it was saved, or why not. Nothing is ever thrown away here."""
    if not request.user.is_authenticated:
        return JsonResponse({"signin": reverse("account_login")}, status=401)
    application, context, section = _part(request, pk, section_id)
    if application.state == Application.State.SUBMITTED:
        return JsonResponse({"sent": True}, status=409)
    try:
        outcome = actions.save_part(
            application=application,
            context=context,
            section=section,
            posted=_posted(request),
            base=_base(request),
            whole=False,
        )
    except actions.ClosedError:
        return JsonResponse({"closed": True}, status=410)
    if outcome.state == "conflict":
        return JsonResponse({"conflict": True}, status=409)
    rescue.forget(request)
    return JsonResponse(
        {
            "saved": _clock(application, outcome.at),
            "revision": outcome.revision,
            "problems": labels.in_words(outcome.cleaned.refused),
        }
    )


@never_cache
@rescue.signed_in
@require_GET
def fit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the eligibility answers mean, kindly, with other ways."""
    application, context = _open(request, pk)
    form = context.form
    if not form.parts:
        raise Http404
    values = answers.held(application, form)
    verdict = eligibility.verdict(form, values)
    parts = [p.id for p in form.parts]
    place = next((i for i, p in enumerate(form.parts) if any(q.gate for q in p.questions)), 0)
    return render(
        request,
        "applications/apply/fit.html",
        {
            **_around(application, form, values, queries.lacking(context, values)),
            "verdict": verdict,
            "facts": context.facts,
            "next": parts[place + 1] if place + 1 < len(parts) else "",
            "here": parts[place],
        },
    )


@never_cache
@rescue.signed_in
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Check your answers, and send. Identity and access answers are only said to be there or not."""
    application, context = _open(request, pk)
    if application.state == Application.State.WITHDRAWN:
        return redirect("applications:application", application.pk)
    pressed = False
    if request.method == "POST":
        if not ratelimit.spend("application_send", str(application.applicant_id), allowed=SENDS_AN_HOUR, seconds=3600):
            again = {"back": reverse("applications:check_answers", args=[application.pk])}
            return render(request, "applications/apply/too_often.html", again, status=429)
        try:
            actions.send(application=application, context=context)
            return redirect("applications:receipt", application.pk)
        except actions.NotReadyError:
            pressed = True
        except actions.ClosedError:
            return _closed(request, application, None, {})
    form, values = context.form, answers.held(application, context.form)
    lacking = queries.lacking(context, values)
    pages = queries.summary(application, context, values, lacking)
    wanted = [(page, line) for page in pages for line in page.lines if line.kind == "wanting"]
    unused = any(
        values.get(q.id) is not None for p in form.parts if p.private == "equity_data" for q in p.questions
    ) and not values.get("consent_demographics")
    return render(
        request,
        "applications/apply/review.html",
        {
            **_around(application, form, values, lacking),
            "pages": pages,
            "wanted": wanted,
            "pressed": pressed,
            "unused": unused,
            "facts": context.facts,
        },
        status=422 if pressed else 200,
    )


@never_cache
@rescue.signed_in
@require_GET
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It arrived: the reference number, what happens next and when, and what can still be done."""
    application, context = _open(request, pk)
    if application.state != Application.State.SUBMITTED:
        return redirect("applications:application", application.pk)
    call, now = application.call, timezone.now()
    return render(
        request,
        "applications/apply/receipt.html",
        {
            "application": application,
            "call": call,
            "cohort": call.cohort,
            "zone": call.cohort.zone,
            "open": call.takes_saves(now),
            "timeline": call_queries.timeline(call, now),
            "facts": context.facts,
            "confirmation": queries.confirmation_of(application),
            "user": application.applicant,
        },
    )
