"""Reading the same examples first: the reader's page of one example, and the coordinator's page of the whole start."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.common.access_staff import application_for, call_for, example_for
from applications.common.audit import look
from applications.models import Calibration, Call, Example, ExampleReading
from applications.review import queries as review_queries
from applications.review.calibration import actions, queries
from applications.review.calibration.forms import AddExampleForm, CalibrationNoteForm, StartForm
from applications.review.forms import DeskForm
from cohort.people.access import reader, roles_in
from cohort.people.models import Role, User
from cohort.people.states import NotPossible
from cohort.ui.times import clock_words


def _form(example: Example, user: User, data: Any = None) -> tuple[DeskForm, ExampleReading | None]:
    definition = review_queries.rubric_definition(example.calibration.call)
    mine = ExampleReading.objects.filter(example=example, reader=user).first()
    return DeskForm(data, rows=queries.rows_for(definition, mine), definition=definition), mine


@login_required
@require_http_methods(["GET", "POST"])
def example(request: HttpRequest, example: UUID) -> HttpResponse:
    """One example beside the rubric. POST keeps my levels, or sends them; then the spread is shown."""
    user = reader(request)
    found = example_for(user, example)
    if found.application is not None:
        look(found.application, "example", actor=user)
    form, mine = _form(found, user, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        sending = request.POST.get("then") == "send"
        try:
            if form.is_valid() and (not sending or form.check_ready()):
                act = actions.send if sending else actions.save
                act(example=found, reader=user, reading=form.reading())
                messages.success(request, _("Sent. Thank you.") if sending else _("Saved."))
                return redirect("applications:example", found.pk)
            actions.save(example=found, reader=user, reading=form.reading())
        except NotPossible as trouble:
            messages.error(request, str(trouble))
            return redirect("applications:example", found.pk)
    done = bool(mine and mine.sent_at)
    call = found.calibration.call
    start = queries.starts(user).get(call.pk)
    return render(
        request,
        "applications/review/calibration/example.html",
        {
            "example": found,
            "call": call,
            "paper": queries.paper_of(found),
            "form": form,
            "criteria": form.drawn(),
            "errors": form.error_list(),
            "done": done,
            "next": start.following if start else None,
            "start": start,
            "spread": queries.spread(found, form.definition, user) if done else [],
            "sent_count": found.readings.filter(sent_at__isnull=False).count(),
            "written": any(row["row"].comment for row in form.drawn()),
            "look_for": queries.look_for(found) if done else "",
        },
    )


@login_required
@require_POST
def save_example(request: HttpRequest, example: UUID) -> JsonResponse:
    """Keep my levels while I work."""
    user = reader(request)
    found = example_for(user, example)
    form, _mine = _form(found, user, request.POST)
    whole = form.is_valid()
    try:
        actions.save(example=found, reader=user, reading=form.reading())
    except NotPossible as trouble:
        return JsonResponse({"problem": str(trouble)}, status=409)
    now = timezone.localtime() if user.time_zone else timezone.localtime(timezone=found.calibration.call.cohort.zone)
    if not whole:
        return JsonResponse({"problem": form.error_list()[0][2], "saved": clock_words(now)}, status=422)
    return JsonResponse({"saved": clock_words(now)})


# ---------------------------------------------------------------- coordinators


def _spreads(calibration: Calibration, user: User, overview: queries.Overview) -> list[dict[str, Any]]:
    """Each example with its spread; kept back from a coordinator who reads too and has not sent their own."""
    call = calibration.call
    reads = Role.SCREENER in roles_in(user, call.cohort_id)
    definition = review_queries.rubric_definition(call)
    return [
        {
            "example": one,
            "sent": sent,
            "own": reads,
            "spread": queries.spread(one, definition, user) if queries.may_see_spread(one, user, reads=reads) else None,
        }
        for one, sent in overview.examples
    ]


@login_required
@require_http_methods(["GET", "POST"])
def calibration(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the shared examples, see who has sent and how far apart readers are, keep a note, open the queues."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "calibration", actor=user)
    current = Calibration.objects.filter(call=call).select_related("call__cohort").first()
    start_form, note_form, add_form = StartForm(), CalibrationNoteForm(), AddExampleForm()
    if request.method == "POST":
        try:
            if current is None:
                start_form = StartForm(request.POST)
                if start_form.is_valid():
                    actions.start(call=call, keys=start_form.cleaned_data["examples"], actor=user)
                    messages.success(request, _("Readers find the examples at the top of their list now."))
                    return redirect("applications:calibration", slug)
            elif request.POST.get("then") == "add":
                add_form = AddExampleForm(request.POST)
                if add_form.is_valid():
                    _add(call, current, user, add_form.cleaned_data["number"])
                    messages.success(request, _("Added."))
                    return redirect("applications:calibration", slug)
            elif request.POST.get("then") == "reopen":
                actions.reopen(calibration=current, actor=user)
                return redirect("applications:calibration", slug)
            else:
                note_form = CalibrationNoteForm(request.POST)
                if note_form.is_valid():
                    actions.finish(calibration=current, note=note_form.cleaned_data["note"], actor=user)
                    messages.success(request, _("Queues are open for everybody who has sent their examples."))
                    return redirect("applications:calibration", slug)
        except NotPossible as trouble:
            messages.error(request, str(trouble))
            return redirect("applications:calibration", slug)
    overview = queries.overview(current) if current else None
    return render(
        request,
        "applications/review/calibration/calibration.html",
        {
            "call": call,
            "calibration": current,
            "start_form": start_form,
            "note_form": note_form,
            "add_form": add_form,
            "overview": overview,
            "examples": _spreads(current, user, overview) if current and overview else [],
        },
    )


def _add(call: Call, calibration: Calibration, user: User, number: int) -> None:
    try:
        application = application_for(user, call, number)
    except (Http404, PermissionDenied) as missing:
        raise NotPossible(_("No sent application has that number.")) from missing
    actions.add_real(calibration=calibration, application=application, actor=user)
