"""Coordinators: share out applications to readers, see how far they are, settle ties, hide words."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from applications.common.access_staff import application_for, call_for, hidden_from
from applications.common.audit import look
from applications.common.calls_index import to_one_call
from applications.common.review_labels import TIE_WORDS
from applications.models import Call, Recusal, Review
from applications.review import actions, assign, blind_queries, progress_queries
from applications.review.forms import AssignForm, ReaderForm, RedactForm
from cohort.people.access import reader, roles_in
from cohort.people.models import Role
from cohort.people.states import NotPossible

PER_PAGE = 50


@login_required
def index(request: HttpRequest) -> HttpResponse:
    return to_one_call(request, "reading", _("Reading"))


@login_required
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Who reads, how far they are, which applications need help; POST shares out what is not shared out."""
    user = reader(request)
    call = call_for(user, slug, beside=("calibration",))
    look(call, "reading", actor=user)
    form = AssignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            plan = assign.assign_readers(call=call, actor=user, **form.cleaned_data)
            new = sum(len(chosen) for chosen in plan.readers.values())
            messages.success(
                request, ngettext("%(n)s reading shared out.", "%(n)s readings shared out.", new) % {"n": new}
            )
            if plan.short:
                messages.warning(
                    request,
                    ngettext(
                        "%(n)s application has too few readers: ties or languages leave nobody else.",
                        "%(n)s applications have too few readers: ties or languages leave nobody else.",
                        len(plan.short),
                    )
                    % {"n": len(plan.short)},
                )
            return redirect("applications:reading", slug)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    try:
        progress = progress_queries.progress(call, user)
    except LookupError:
        raise Http404
    form.initial = {"each": call.readers_per_application, "due_on": progress.due_on}
    return render(
        request,
        "applications/review/overview.html",
        {
            "call": call,
            "progress": progress,
            "form": form,
            "ties": progress_queries.waiting_ties(call),
            "tie_words": TIE_WORDS,
            "page": Paginator(progress.papers, PER_PAGE).get_page(request.GET.get("page")),
            "open": call.state == Call.State.OPEN,
            "start": getattr(call, "calibration", None),
        },
    )


@login_required
def paper(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One application: its readers, moving it to others, and the words that readers see."""
    user = reader(request)
    call = call_for(user, slug)
    application = application_for(user, call, number)
    look(application, "readers", actor=user)
    people = [row.user for row in progress_queries.readers_left(application)]
    reviews = list(
        Review.objects.filter(application=application)
        .exclude(state=Review.State.REMOVED)
        .select_related("reader")
        .order_by("assigned_at", "pk")
    )
    return render(
        request,
        "applications/review/paper.html",
        {
            "call": call,
            "application": application,
            "reviews": reviews,
            "free": people,
            "add_form": ReaderForm(people=people) if people else None,
            "move_form": ReaderForm(people=people, required=False, empty=_("Nobody, take it back"), prefix="move"),
            "away": Recusal.objects.keeping_away().filter(application=application).select_related("person"),
            "tie_words": TIE_WORDS,
            "texts": blind_queries.free_texts(application),
            "also_reads": Role.SCREENER in roles_in(user, call.cohort_id),
        },
    )


@login_required
@require_POST
def add(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    user = reader(request)
    application = application_for(user, call_for(user, slug), number)
    form = ReaderForm(request.POST, people=[row.user for row in progress_queries.readers_left(application)])
    if form.is_valid():
        try:
            assign.add_reader(application=application, reader=form.cleaned_data["reader"], actor=user)
            messages.success(request, _("Added."))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
    else:
        messages.error(request, _("Choose a reader who can take this application."))
    return redirect("applications:reading_paper", slug, number)


@login_required
@require_POST
def move(request: HttpRequest, slug: str, number: int, review: UUID) -> HttpResponse:
    user = reader(request)
    application = application_for(user, call_for(user, slug), number)
    found = Review.objects.filter(pk=review, application=application).first()
    if found is None:
        raise Http404
    people = [row.user for row in progress_queries.readers_left(application)]
    form = ReaderForm(request.POST, people=people, required=False, prefix="move")
    if form.is_valid():
        try:
            assign.reassign(review=found, to=form.cleaned_data["reader"], actor=user)
            messages.success(request, _("Done."))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
    return redirect("applications:reading_paper", slug, number)


@login_required
@require_POST
def redact(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    user = reader(request)
    application = application_for(user, call_for(user, slug), number)
    texts = {row.shown.question for row in blind_queries.free_texts(application)}
    question = request.POST.get("which", "")
    form = RedactForm(request.POST, prefix=question)
    if question not in texts or not form.is_valid():
        raise Http404
    text = "" if request.POST.get("then") == "restore" else form.cleaned_data["text"]
    assign.redact(application=application, question=question, text=text, actor=user)
    messages.success(request, _("Saved. Readers see the new words from now on."))
    return redirect("applications:reading_paper", slug, number)


@login_required
@require_POST
def settle_tie(request: HttpRequest, slug: str, recusal: UUID) -> HttpResponse:
    user = reader(request)
    call = call_for(user, slug)
    found = Recusal.objects.filter(pk=recusal, application__call=call, outcome=Recusal.Outcome.WAITING).first()
    if found is None or found.application_id in hidden_from(user, call):
        raise Http404
    try:
        actions.settle_tie(recusal=found, may_read=request.POST.get("then") == "may_read", actor=user)
        messages.success(request, _("Noted."))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:reading", slug)
