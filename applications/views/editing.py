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

from applications import access, words_editor
from applications.actions import editing as act
from applications.formdef import editing as change
from applications.formdef.checking import every, rows, why_needed, words
from applications.formdef.definition import load
from applications.forms.applying import PartForm
from applications.forms.editing import QuestionForm
from applications.forms.editing_small import PartWords
from applications.models import Call
from applications.queries import calls
from applications.queries import editing as read
from applications.views import editing_shown as shown
from cohort.people.access import reader
from cohort.people.actions import NotPossible


def _around(work: read.Work) -> dict[str, Any]:
    return {"call": work.call, "cohort": work.call.cohort, "work": work, "last": shown.last_change(work),
            "writable": work.call.state in act.WRITABLE}


def _step(request: HttpRequest, call: Call, did: str, thing: str,
          how: Callable[[change.Definition], change.Definition], done: str = "") -> bool:
    """Do one step and say what came of it. False when it was refused."""
    try:
        act.change(call=call, actor=reader(request), did=did, thing=thing, how=how)
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return False
    if done:
        messages.success(request, done)
    return True


def _part_or_404(work: read.Work, part: str) -> dict[str, Any]:
    try:
        return change.part_of(work.definition, part)
    except change.GoneError:
        raise Http404


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """All parts of the form in order, what changed, and its versions."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    if request.method == "POST":
        verb, _colon, part = request.POST.get("do", "").partition(":")
        if verb in ("up", "down"):
            _step(request, call, "part_moved", part,
                  lambda d: change.move_part(d, part, -1 if verb == "up" else 1), _("Moved."))
        return redirect(reverse("applications:form_editor", args=[slug]) + f"#part-{part[:60]}")
    return render(request, "applications/editor/overview.html", {
        **_around(work), "parts": shown.parts(work), "versions": read.versions(call), "changes": shown.changes(work)})


@login_required
@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the last change back and say which one it was."""
    call = access.coordinators_call(reader(request), slug)
    try:
        last = act.undo(call=call, actor=reader(request))
        messages.success(request, _("Undone: %(what)s.") % {"what": words_editor.did().get(last.did, last.did)})
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    part = request.POST.get("part", "")
    names = {str(s.get("id")) for s in rows(read.work(call).definition.get("sections"))}
    return redirect("applications:form_part", slug, part) if part in names else redirect(
        "applications:form_editor", slug)


# ---------------------------------------------------------------- parts


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_part(request: HttpRequest, slug: str) -> HttpResponse:
    """A new part, before the last page of the form."""
    call = access.coordinators_call(reader(request), slug)
    form = PartWords(None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[str] = []

        def how(definition: change.Definition) -> change.Definition:
            after, name = change.add_part(definition, title=form.cleaned_data["title"], taken=read.taken(call))
            made.append(name)
            return change.change_part(after, name, form.changes())

        if _step(request, call, "part_added", "", how, _("The part is there. Add its first question.")):
            return redirect("applications:form_part", slug, made[-1])
    return render(request, "applications/editor/part_words.html", {**_around(read.work(call)), "form": form})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """The questions of one part: up, down, to a place, copy."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    section = _part_or_404(work, part)
    if request.method == "POST":
        verb, _colon, name = request.POST.get("do", "").partition(":")
        name = _do(request, work, section, verb, name)
        return redirect(reverse("applications:form_part", args=[slug, part]) + f"#question-{name[:60]}")
    return render(request, "applications/editor/part.html", {
        **_around(work), "section": section, "title": words(section.get("title")) or part,
        "questions": shown.questions(work, section)})


def _do(request: HttpRequest, work: read.Work, section: dict[str, Any], verb: str, name: str) -> str:
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
        _step(request, call, "question_moved", name, lambda d: change.move_question(d, name, by),
              _("Moved. It is now number %(place)s of %(all)s.") % {"place": place, "all": len(places)})
    elif verb == "copy":
        made: list[str] = []

        def how(definition: change.Definition) -> change.Definition:
            old = change.find(definition, name).question
            label = _("%(question)s (copy)") % {"question": words(old.get("label")) or words(old.get("text"))}
            after, copied = change.duplicate(definition, name, label=label[:600], taken=read.taken(call))
            made.append(copied)
            return after

        if _step(request, call, "question_copied", name, how, _("Copied. Change the copy so that it asks its own.")):
            return made[-1]
    return name


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def part_words(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """Title, words at the top, and whether the whole part is optional."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    form = PartWords(_part_or_404(work, part), request.POST or None)
    if request.method == "POST" and form.is_valid() and _step(
            request, call, "part_changed", part, lambda d: change.change_part(d, part, form.changes()), _("Saved.")):
        return redirect("applications:form_part", slug, part)
    return render(request, "applications/editor/part_words.html", {**_around(work), "form": form, "part": part})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def remove_part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """What goes with a part, and who leans on it."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    section = _part_or_404(work, part)
    if request.method == "POST":
        if _step(request, call, "part_removed", part, lambda d: change.remove_part(d, part)[0],
                 _("Taken out. You can undo this.")):
            return redirect("applications:form_editor", slug)
        return redirect("applications:form_part", slug, part)
    gone = [q for q, _how in every(section)]
    return render(request, "applications/editor/remove.html", {
        **_around(work), "title": words(section.get("title")), "part": part, "whole": True,
        "needed": next((why for q in gone if (why := why_needed(str(q.get("id"))))), ""),
        "gone": gone, **shown.losses(work, gone)})


@login_required
@never_cache
@require_GET
def preview_part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """A whole part as an applicant would get it. What is typed here is not stored."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    section = load(work.definition).part(part)
    if section is None:
        raise Http404
    facts = calls.facts_for(call)
    return render(request, "applications/editor/preview.html", {
        **_around(work), "section": section, "facts": facts, "part": part,
        "form": PartForm(section, facts=facts, settings=calls.settings_of(call))})


# ---------------------------------------------------------------- questions


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_question(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """A new question at the end of a part."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    section = _part_or_404(work, part)
    form = QuestionForm(work.definition, part=part, published=work.published, data=request.POST or None)
    if request.method == "POST":
        made: list[str] = []

        def how(definition: change.Definition) -> change.Definition:
            found = form.changes()
            wanted = str(found.pop("part", "") or part)
            after, name = change.add_question(definition, wanted, found, read.taken(call))
            made.append(name)
            return after

        form, saved = _write(request, call, form, "question_added", "", how)
        if saved:
            messages.success(request, _("Added at the end of this part."))
            return _back_to(slug, call, made[-1])
    return _show_question(request, work, form, part, words(section.get("title")), "")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One question with everything that can be set, and how it looks."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    try:
        place = change.find(work.definition, name)
    except change.GoneError:
        raise Http404
    if place.question.get("type") == "submit":
        raise Http404
    part = str(place.section.get("id"))
    form = QuestionForm(work.definition, part=part, raw=place.question, how=place.how, published=work.published,
                        data=request.POST or None)
    if request.method == "POST":
        used = frozenset(read.codes_used(call, name))
        mine = shown.mark(place.question) == request.POST.get("base", "")
        if not mine and shown.wants_to_save(request):
            form.is_valid()
            form.add_error(None, _("Somebody else changed this question while you were writing. What you typed is "
                                   "below. Save again to put it in place of theirs."))
        else:
            form, saved = _write(request, call, form, "question_changed", name,
                                 lambda d: change.change_question(d, name, form.changes(used)))
            if saved:
                messages.success(request, _("Saved."))
                return _back_to(slug, call, name)
    return _show_question(request, work, form, part, words(place.section.get("title")), name)


def _write(request: HttpRequest, call: Call, form: QuestionForm, did: str, thing: str,
           how: Callable[[change.Definition], change.Definition]) -> tuple[QuestionForm, bool]:
    """Save, or only draw again: rows of answers in another order, other settings for another kind, a look."""
    verb, _colon, place = request.POST.get("do", "save").partition(":")
    if verb.startswith("option-"):
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
        return form.rearranged(verb, at), False
    if not shown.wants_to_save(request) or not form.is_valid():
        return form, False
    try:
        act.change(call=call, actor=reader(request), did=did, thing=thing, how=how)
    except act.RefusedError as trouble:
        form.show_problems(trouble.problems)
        return form, False
    except NotPossible as trouble:
        form.add_error(None, str(trouble))
        return form, False
    return form, True


def _back_to(slug: str, call: Call, name: str) -> HttpResponse:
    place = change.find(read.work(call).definition, name)
    address = reverse("applications:form_part", args=[slug, place.section["id"]])
    top = next((q for q in place.section["questions"] for row, _how in every({"questions": [q]})
                if row.get("id") == name), place.question)
    return redirect(f"{address}#question-{top['id']}")


def _show_question(request: HttpRequest, work: read.Work, form: QuestionForm, part: str, title: str,
                   name: str) -> HttpResponse:
    look = shown.preview(work, form, part, name)
    if "fragment" in request.POST:
        return render(request, "applications/editor/_preview.html", {"preview": look})
    raw = form.raw or None
    return render(request, "applications/editor/question.html", {
        **_around(work), "form": form, "part": part, "title": title, "name": name, "preview": look,
        "base": shown.mark(raw) if raw else "", "focus": shown.focus(request, form),
        "leans": words_editor.leans_on().get(name, ""), "is_checked": shown.wants_to_save(request)})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def remove_question(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """What goes with a question, and what leans on it."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    try:
        place = change.find(work.definition, name)
    except change.GoneError:
        raise Http404
    if place.how or place.question.get("type") == "submit":
        raise Http404
    part = str(place.section.get("id"))
    if request.method == "POST":
        _step(request, call, "question_removed", name, lambda d: change.remove_question(d, name)[0],
              _("Taken out. You can undo this."))
        return redirect("applications:form_part", slug, part)
    gone = [q for q, _how in every({"questions": [place.question]})]
    return render(request, "applications/editor/remove.html", {
        **_around(work), "title": words(place.question.get("label")) or words(place.question.get("text")),
        "part": part, "whole": False, "needed": why_needed(name), "gone": gone, **shown.losses(work, gone)})


