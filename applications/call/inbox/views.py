"""Anybody asks about a call; coordinators answer, and may let everybody read it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.call.inbox import actions, queries
from applications.call.inbox.page_forms import CallAnswerForm, CallQuestionForm, EntryForm
from applications.call.page import queries as page_queries
from applications.common import access
from applications.common.access_staff import call_for
from applications.common.placeholders import facts_for
from applications.models import Call, CallQuestion
from cohort import ratelimit
from cohort.people.access import reader
from cohort.people.states import NotPossible

PER_PAGE = 25
State = CallQuestion.State


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """A question to the coordinators, with or without an account."""
    call = access.public_call(reader(request), slug)
    known = request.user.is_authenticated
    form = CallQuestionForm(request.POST or None, known=known)
    status = 200
    if request.method == "POST" and form.is_valid():
        place = ratelimit.source_of(request)
        if form.by_machine:
            return redirect("applications:inbox_asked", slug)
        if ratelimit.spend("ask", place, allowed=5, seconds=3600) and ratelimit.spend(
            "ask-call", str(call.pk), allowed=200, seconds=3600
        ):
            data = form.cleaned_data
            actions.ask(
                call=call,
                words=data["words"],
                asker=reader(request) if known else None,
                name=data.get("name", ""),
                email=data.get("email", ""),
                language=get_language() or "en",
            )
            return redirect("applications:inbox_asked", slug)
        form.add_error(
            None,
            _(
                "Many questions came from here within an hour. Your words are still below. Please send "
                "them later, or write to the contact person."
            ),
        )
        status = 429
    return render(
        request,
        "applications/call/inbox/ask.html",
        {
            "call": call,
            "form": form,
            "mine": queries.mine(reader(request), call),
            "lines": page_queries.lines(call)["question"],
            "facts": facts_for(call),
        },
        status=status,
    )


@never_cache
@require_GET
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    """Thank you, and what happens now."""
    call = access.public_call(reader(request), slug)
    return render(request, "applications/call/inbox/asked.html", {"call": call, "facts": facts_for(call)})


# ---------------------------------------------------------------- coordinators


def _question(request: HttpRequest, slug: str, pk: UUID) -> CallQuestion:
    call = call_for(reader(request), slug)
    rows = CallQuestion.objects.filter(call=call).select_related("asker", "answered_by", "item")
    found = get_object_or_404(rows, pk=pk)
    found.call = call
    return found


@login_required
@require_GET
def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """All questions about a call, by state."""
    call: Call = call_for(reader(request), slug)
    state = request.GET.get("state", State.OPEN)
    state = state if state in State.values else State.OPEN
    counted = queries.counts(call)
    paged = Paginator(queries.questions(call, state), PER_PAGE)
    paged.count = counted[state]  # type: ignore[misc]  # known already
    return render(
        request,
        "applications/call/inbox/inbox.html",
        {
            "call": call,
            "page": paged.get_page(request.GET.get("page")),
            "state": state,
            "zone": call.cohort.zone,
            "tabs": [(code, label, counted[code]) for code, label in State.choices],
            "total": sum(counted.values()),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One question, and the answer to it."""
    found = _question(request, slug, pk)
    form = CallAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.answer(question=found, actor=reader(request), words=form.cleaned_data["answer"])
            messages.success(request, _("Answered. The email is on its way.") if row.reachable else _("Answered."))
            return redirect("applications:inbox_question", slug, pk)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
            found = _question(request, slug, pk)
    return render(
        request,
        "applications/call/inbox/question.html",
        {"call": found.call, "question": found, "form": form, "zone": found.call.cohort.zone},
    )


@login_required
@require_POST
def move(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Set a question aside without an answer, or take it up again."""
    found = _question(request, slug, pk)
    to = State.OPEN if request.POST.get("to") == "open" else State.ASIDE
    try:
        actions.move_question(found, to, actor=reader(request))
        messages.success(
            request,
            _("It waits for an answer again.")
            if to == State.OPEN
            else _("Set aside. Nobody gets mail about it. You can take it up again."),
        )
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:inbox_question", slug, pk)


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Make an entry of the call page of a question: first without names, then read by a person, then public."""
    found = _question(request, slug, pk)
    if found.state != State.ANSWERED or found.item_id:
        return redirect("applications:inbox_question", slug, pk)
    form = EntryForm(
        request.POST or None,
        initial={
            "title": queries.nameless(found, " ".join(found.words.split()))[:200],
            "words": queries.nameless(found, found.answer),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            line = form.line()
            actions.make_entry(question=found, actor=reader(request), title=line["title"], words=line["words"])
            messages.success(request, _("The question and its answer stand on the call page now."))
            return redirect("applications:inbox_question", slug, pk)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(request, "applications/call/inbox/entry.html", {"call": found.call, "question": found, "form": form})
