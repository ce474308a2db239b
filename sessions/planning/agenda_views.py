"""The agenda builder."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohort.people.access import reader
from cohort.people.states import NotPossible
from sessions.common import access
from sessions.library.access import usable_activity
from sessions.library.views import search
from sessions.models import Block, Session
from sessions.planning import block_actions
from sessions.planning.forms import BlockForm, MinutesForm, OwnBlockForm, prompt_forms
from sessions.planning.views import desk

#: Activities listed under an agenda before anything is searched for.
SHOWN = 8


@login_required
def builder(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The agenda with its clock times, what is missing, and the library to add from."""
    found = access.hosted(reader(request), pk)
    own = OwnBlockForm(request.POST or None)
    if request.method == "POST":
        if own.is_valid():
            try:
                block_actions.add_own(session=found, by=reader(request), **own.cleaned_data)
            except NotPossible as trouble:
                messages.error(request, str(trouble))
            return redirect("program_sessions:agenda", found.pk)
    elif not found.editable:
        return redirect("program_sessions:session", found.pk)
    context = {**desk(found), **search(request), "own": own}
    context["more"] = 0
    if not (context["q"] or context["phase"] or "all" in request.GET):
        context["more"] = max(len(context["activities"]) - SHOWN, 0)
        context["activities"] = context["activities"][:SHOWN]
    context["taken_out"] = found.blocks.filter(position__isnull=True, inserted_live=False).order_by("taken_from")
    return render(request, "sessions/planning/agenda.html", context, status=422 if own.is_bound else 200)


@login_required
@require_POST
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.hosted(reader(request), pk)
    activity = usable_activity(request.POST.get("activity", ""))
    try:
        block = block_actions.add_from_library(session=found, activity=activity, by=reader(request))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return redirect("program_sessions:session", found.pk)
    return _back(found, block)


def _back(session: Session, block: Block | None = None) -> HttpResponse:
    where = reverse("program_sessions:agenda", args=[session.pk])
    return redirect(f"{where}#block-{block.pk}" if block else where)


def _block(request: HttpRequest, pk: UUID, block: UUID) -> tuple[Session, Block]:
    """A block of a session that the reader facilitates; 404 for blocks of other sessions and of live runs."""
    found = access.hosted(reader(request), pk)
    one = found.blocks.filter(pk=block, inserted_live=False).first()
    if one is None:
        raise Http404
    one.session = found
    return found, one


@login_required
@require_POST
def act(request: HttpRequest, pk: UUID, block: UUID, verb: str) -> HttpResponse:
    """Move, take out, put back, copy, or set the minutes of one block."""
    found, one = _block(request, pk, block)
    user, shown = reader(request), one
    try:
        if verb in ("up", "down"):
            block_actions.move(block=one, by=user, steps=-1 if verb == "up" else 1)
        elif verb == "take-out":
            block_actions.take_out(block=one, by=user)
            undo = _("“%(title)s” is taken out. You can put it back from the list under the agenda.")
            messages.info(request, undo % {"title": one.title})
            return _back(found)
        elif verb == "put-back":
            block_actions.put_back(block=one, by=user)
        elif verb == "copy":
            shown = block_actions.duplicate(block=one, by=user)
        elif verb == "minutes":
            form = MinutesForm(request.POST)
            if form.is_valid():
                block_actions.set_minutes(block=one, by=user, minutes=form.cleaned_data["minutes"])
            else:
                messages.error(request, _("Give between 1 and 480 minutes."))
        else:
            raise Http404
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return _back(found, shown)


@login_required
def change(request: HttpRequest, pk: UUID, block: UUID) -> HttpResponse:
    """One block in full: minutes, people, decision, words, questions."""
    found, one = _block(request, pk, block)
    if not found.editable:
        return redirect("program_sessions:session", found.pk)
    data = request.POST or None
    form, questions = BlockForm(data, instance=one), prompt_forms(one, data)
    if request.method == "POST" and all([form.is_valid(), *[question.is_valid() for question in questions]]):
        try:
            block_actions.change(
                block=one, by=reader(request), prompts=[question.values() for question in questions], **form.values()
            )
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        else:
            messages.success(request, _("Saved."))
        return _back(found, one)
    context: dict[str, Any] = {"form": form, "questions": questions, "item": one, "session": found}
    return render(request, "sessions/planning/block.html", context, status=422 if form.is_bound else 200)
