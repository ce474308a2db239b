"""The form editor: parts and questions, one step at a time, each of which can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.common import call_forms, placeholders
from applications.common.access_staff import call_for
from applications.common.form_rendering import PartForm
from applications.form_definition import edits
from applications.form_definition.dialect import load
from applications.form_definition.validation import every, rows, why_needed, words
from applications.form_editor import actions, labels, presenters, queries
from applications.form_editor.part_forms import PartWords
from applications.models import Call
from cohort.people.access import reader
from cohort.people.states import NotPossible


def around(work: queries.Work) -> dict[str, Any]:
    return {
        "call": work.call,
        "cohort": work.call.cohort,
        "work": work,
        "last": presenters.last_change(work),
        "writable": work.call.state in actions.WRITABLE,
    }


def step(
    request: HttpRequest,
    call: Call,
    did: str,
    thing: str,
    how: Callable[[edits.Definition], edits.Definition],
    done: str = "",
) -> bool:
    """Do one step and say what came of it. False when it was refused."""
    try:
        actions.change(call=call, actor=reader(request), did=did, thing=thing, how=how)
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return False
    if done:
        messages.success(request, done)
    return True


def part_or_404(work: queries.Work, part: str) -> dict[str, Any]:
    try:
        return edits.part_of(work.definition, part)
    except edits.GoneError:
        raise Http404


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """All parts of the form in order, what changed, and its versions."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
    if request.method == "POST":
        verb, _colon, part = request.POST.get("do", "").partition(":")
        if verb in ("up", "down"):
            step(
                request,
                call,
                "part_moved",
                part,
                lambda d: edits.move_part(d, part, -1 if verb == "up" else 1),
                _("Moved."),
            )
        return redirect(reverse("applications:form_editor", args=[slug]) + f"#part-{part[:60]}")
    return render(
        request,
        "applications/form_editor/overview.html",
        {
            **around(work),
            "parts": presenters.parts(work),
            "short": presenters.short_form(work),
            "versions": queries.versions(call),
            "changes": presenters.changes(work),
        },
    )


@login_required
@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the last change back and say which one it was."""
    call = call_for(reader(request), slug)
    try:
        last = actions.undo(call=call, actor=reader(request))
        messages.success(request, _("Undone: %(what)s.") % {"what": labels.did().get(last.did, last.did)})
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    part = request.POST.get("part", "")
    names = {str(s.get("id")) for s in rows(queries.work(call).definition.get("sections"))}
    return (
        redirect("applications:form_part", slug, part) if part in names else redirect("applications:form_editor", slug)
    )


# ---------------------------------------------------------------- parts


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_part(request: HttpRequest, slug: str) -> HttpResponse:
    """A new part, before the last page of the form."""
    call = call_for(reader(request), slug)
    form = PartWords(None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[str] = []

        def how(definition: edits.Definition) -> edits.Definition:
            after, name = edits.add_part(definition, title=form.cleaned_data["title"], taken=queries.taken(call))
            made.append(name)
            return edits.change_part(after, name, form.changes())

        if step(request, call, "part_added", "", how, _("The part is there. Add its first question.")):
            return redirect("applications:form_part", slug, made[-1])
    return render(request, "applications/form_editor/part_words.html", {**around(queries.work(call)), "form": form})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """The questions of one part: up, down, to a place, copy."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
    section = part_or_404(work, part)
    if request.method == "POST":
        verb, _colon, name = request.POST.get("do", "").partition(":")
        name = _do(request, work, section, verb, name)
        return redirect(reverse("applications:form_part", args=[slug, part]) + f"#question-{name[:60]}")
    return render(
        request,
        "applications/form_editor/part.html",
        {
            **around(work),
            "section": section,
            "title": presenters.title_of(work, section),
            "for_employers": edits.is_employer(work.definition, part),
            "top": presenters.top_of(section),
            "questions": presenters.questions(work, section),
        },
    )


def _do(request: HttpRequest, work: queries.Work, section: dict[str, Any], verb: str, name: str) -> str:
    """One act on the list of questions; gives back the id of the question to look at."""
    call, places = work.call, [str(q.get("id")) for q in rows(section.get("questions"))]
    if name not in places:
        messages.error(request, _("This is not in the form any more. Somebody took it out."))
        return ""
    at = places.index(name)
    if verb in ("up", "down", "place"):
        wanted = request.POST.get("to", "")
        to = int(wanted) if verb == "place" and wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else None
        by = (to - at) if to is not None else {"up": -1, "down": 1}.get(verb, 0)
        place = max(0, min(at + by, len(places) - 1)) + 1
        step(
            request,
            call,
            "question_moved",
            name,
            lambda d: edits.move_question(d, name, by),
            _("Moved. It is now number %(place)s of %(all)s.") % {"place": place, "all": len(places)},
        )
    elif verb == "copy":
        made: list[str] = []

        def how(definition: edits.Definition) -> edits.Definition:
            old = edits.find(definition, name).question
            label = _("%(question)s (copy)") % {"question": words(old.get("label")) or words(old.get("text"))}
            after, copied = edits.duplicate(definition, name, label=label[:600], taken=queries.taken(call))
            made.append(copied)
            return after

        if step(request, call, "question_copied", name, how, _("Copied. Change the copy so that it asks its own.")):
            return made[-1]
    return name


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def part_words(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """Title, words at the top, and whether the whole part is optional."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
    form = PartWords(
        part_or_404(work, part), request.POST or None, for_employers=edits.is_employer(work.definition, part)
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and step(request, call, "part_changed", part, lambda d: edits.change_part(d, part, form.changes()), _("Saved."))
    ):
        return redirect("applications:form_part", slug, part)
    return render(request, "applications/form_editor/part_words.html", {**around(work), "form": form, "part": part})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def remove_part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """What goes with a part, and who leans on it."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
    section = part_or_404(work, part)
    if edits.is_employer(work.definition, part):
        raise Http404
    if request.method == "POST":
        if step(
            request,
            call,
            "part_removed",
            part,
            lambda d: edits.remove_part(d, part)[0],
            _("Taken out. You can undo this."),
        ):
            return redirect("applications:form_editor", slug)
        return redirect("applications:form_part", slug, part)
    gone = [q for q, _how in every(section)]
    return render(
        request,
        "applications/form_editor/remove.html",
        {
            **around(work),
            "title": words(section.get("title")),
            "part": part,
            "whole": True,
            "needed": next((why for q in gone if (why := why_needed(str(q.get("id"))))), ""),
            "gone": gone,
            **presenters.losses(work, gone),
        },
    )


@login_required
@never_cache
@require_GET
def preview_part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """A whole part as an applicant would get it. What is typed here is not stored."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
    spoken = "es" if request.GET.get("language") == "es" else ""
    form = load(work.definition, locale=spoken or "en")
    short = form.employer if edits.is_employer(work.definition, part) else None
    section = short or form.part(part)
    if section is None:
        raise Http404
    facts = {**placeholders.facts_for(call), **({"applicant_name": _("Alex Example")} if short else {})}
    return render(
        request,
        "applications/form_editor/preview.html",
        {
            **around(work),
            "section": section,
            "facts": facts,
            "part": part,
            "short": short,
            "spoken": spoken,
            "form": PartForm(section, facts=facts, settings=call_forms.settings_of(call)),
        },
    )
