"""The screening desk: my queue, one blind application beside the rubric, stepping aside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.common.access_staff import review_for
from applications.common.review_labels import TIE_WORDS
from applications.models import ReaderProfile, Review
from applications.review import actions, blind_queries, queries
from applications.review.calibration import queries as calibration_queries
from applications.review.forms import TEXTS, AboutMeForm, DeskForm, TakeBackForm
from cohort.people.access import cohort_for, cohorts_of, reader
from cohort.people.models import Role
from cohort.people.states import NotPossible
from cohort.ui.times import clock_words


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Everything that I read, by call, in my own order."""
    user = reader(request)
    cohorts = list(cohorts_of(user, Role.SCREENER).order_by("name"))
    if not cohorts:
        raise PermissionDenied
    told = set(ReaderProfile.objects.filter(person=user, cohort__in=cohorts).values_list("cohort_id", flat=True))
    queues = queries.queues(user)
    starts = calibration_queries.starts(user)
    for one in queues:
        one.start = starts.pop(one.call.pk, None)
    queues += [queries.CallQueue(call=start.calibration.call, start=start) for start in starts.values()]
    return render(
        request,
        "applications/review/queue.html",
        {
            "queues": queues,
            "cohorts": cohorts,
            "untold": [c for c in cohorts if c.pk not in told],
            "today": timezone.localdate(),
        },
    )


def _form(review: Review, definition: dict[str, Any], data: Any = None) -> DeskForm:
    return DeskForm(
        data,
        rows=queries.criteria(definition, review),
        definition=definition,
        initial={name: getattr(review, name) for name in TEXTS},
    )


@login_required
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, review: UUID) -> HttpResponse:
    """One application beside the rubric. POST keeps the draft, or sends it."""
    user = reader(request)
    found = review_for(user, review)
    definition = queries.rubric_definition(found.application.call)
    form = _form(found, definition, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        sending = request.POST.get("then") == "send"
        try:
            if form.is_valid() and (not sending or form.check_ready()):
                act = actions.submit if sending else actions.save_draft
                act(review=found, reading=form.reading(), actor=user)
                messages.success(request, _("Sent. Thank you.") if sending else _("Saved."))
                return redirect("applications:desk", found.pk)
            if found.state != Review.State.SUBMITTED:
                actions.save_draft(review=found, reading=form.reading(), actor=user)
        except NotPossible as trouble:
            messages.error(request, str(trouble))
            return redirect("applications:desk", found.pk)
    else:
        actions.open_desk(review=found, actor=user)
    sent, total = queries.place_in_queue(user, found)
    return render(
        request,
        "applications/review/desk.html",
        {
            "review": found,
            "call": found.application.call,
            "paper": blind_queries.paper_for_reader(found.application),
            "form": form,
            "criteria": form.drawn(),
            "errors": form.error_list(),
            "sent": sent,
            "total": total,
            "done": found.state == Review.State.SUBMITTED,
            "others": queries.other_readings(found, definition),
            "next": queries.next_open(user, found),
            "ties": TIE_WORDS,
            "reason_form": TakeBackForm(),
            "open": actions.reading_is_open(found.application.call),
            "agreed": calibration_queries.agreed_note(found.application.call),
        },
    )


@login_required
@require_POST
def save(request: HttpRequest, review: UUID) -> JsonResponse:
    """Keep the draft while the reader works. Answers when it was saved, in the reader's own time zone."""
    user = reader(request)
    found = review_for(user, review)
    form = _form(found, queries.rubric_definition(found.application.call), request.POST)
    whole = form.is_valid()
    try:
        actions.save_draft(review=found, reading=form.reading(), actor=user)
    except NotPossible as trouble:
        return JsonResponse({"problem": str(trouble)}, status=409)
    now = timezone.localtime() if user.time_zone else timezone.localtime(timezone=found.application.call.cohort.zone)
    if not whole:
        return JsonResponse({"problem": form.error_list()[0][2], "saved": clock_words(now)}, status=422)
    return JsonResponse({"saved": clock_words(now)})


@login_required
@require_POST
def take_back(request: HttpRequest, review: UUID) -> HttpResponse:
    user = reader(request)
    found = review_for(user, review)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why you want to change it."))
        return redirect("applications:desk", found.pk)
    try:
        actions.take_back(review=found, reason=form.cleaned_data["reason"], actor=user)
        messages.success(request, _("You can change your scores now. Send them again when you are done."))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:desk", found.pk)


@login_required
@require_POST
def step_aside(request: HttpRequest, review: UUID) -> HttpResponse:
    """One click: I have a tie. From here on, every route to this application is closed to me."""
    user = reader(request)
    found = review_for(user, review)
    try:
        actions.step_aside(application=found.application, person=user, kind=request.POST.get("kind", ""), by=user)
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return redirect("applications:desk", found.pk)
    messages.success(request, _("Thank you for saying so. That application has left your list."))
    return redirect("applications:screening")


@login_required
@require_http_methods(["GET", "POST"])
def about_me(request: HttpRequest, slug: str) -> HttpResponse:
    """Where I work and have ties, so that I am not given applications from there."""
    user = reader(request)
    cohort = cohort_for(user, slug, Role.SCREENER)
    told = ReaderProfile.objects.filter(cohort=cohort, person=user).first()
    initial = {"employer": told.employer, "ties": "\n".join(told.ties), "languages": told.languages} if told else {}
    form = AboutMeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.tell_about_me(person=user, cohort=cohort, **form.cleaned_data)
        messages.success(request, _("Saved. You will not be given applications from these organizations."))
        return redirect("applications:screening")
    return render(request, "applications/review/about_me.html", {"form": form, "cohort": cohort})
