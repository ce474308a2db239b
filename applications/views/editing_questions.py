"""The form editor: one question with everything that can be set about it, and its preview."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications import access, words_editor
from applications.actions import editing as act
from applications.formdef import editing as change
from applications.formdef.checking import every, why_needed, words
from applications.forms.editing import LISTS, QuestionForm
from applications.models import Call
from applications.queries import editing as read
from applications.views import editing_shown as shown
from applications.views.editing import around, part_or_404, step
from cohort.people.access import reader
from cohort.people.actions import NotPossible


def _place_or_404(work: read.Work, name: str) -> change.Place:
    """Where a question stands; the button that sends is none that can be edited."""
    try:
        place = change.find(work.definition, name)
    except change.GoneError:
        raise Http404
    if place.question.get("type") == "submit":
        raise Http404
    return place


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_question(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """A new question at the end of a part."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    section = part_or_404(work, part)
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
    return _show_question(request, work, form, part, shown.title_of(work, section), "")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One question with everything that can be set, and how it looks."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    place = _place_or_404(work, name)
    part = str(place.section.get("id"))
    form = QuestionForm(
        work.definition,
        part=part,
        raw=place.question,
        how=place.how,
        published=work.published,
        data=request.POST or None,
    )
    if request.method == "POST":
        used, gone = frozenset(read.codes_used(call, name)), read.taken(call)
        mine = shown.mark(place.question) == request.POST.get("base", "")
        if not mine and shown.wants_to_save(request):
            form.is_valid()
            form.add_error(
                None,
                _(
                    "Somebody else changed this question while you were writing. What you typed is "
                    "below. Save again to put it in place of theirs."
                ),
            )
        else:
            form, saved = _write(
                request,
                call,
                form,
                "question_changed",
                name,
                lambda d: change.change_question(d, name, form.changes(used), gone),
            )
            if saved:
                messages.success(request, _("Saved."))
                return _back_to(slug, call, name)
    return _show_question(request, work, form, part, shown.title_of(work, place.section), name)


def _write(
    request: HttpRequest,
    call: Call,
    form: QuestionForm,
    did: str,
    thing: str,
    how: Callable[[change.Definition], change.Definition],
) -> tuple[QuestionForm, bool]:
    """Save, or only draw again: rows of answers in another order, other settings for another kind, a look."""
    verb, _colon, place = request.POST.get("do", "save").partition(":")
    name, _dash, way = verb.partition("-")
    if name in LISTS and way in ("add", "up", "down", "remove"):
        return form.rearranged(name, way, shown.number(place)), False
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
    top = next(
        (q for q in place.section["questions"] for row, _how in every({"questions": [q]}) if row.get("id") == name),
        place.question,
    )
    return redirect(f"{address}#question-{top['id']}")


def _show_question(
    request: HttpRequest, work: read.Work, form: QuestionForm, part: str, title: str, name: str
) -> HttpResponse:
    look = shown.preview(work, form, part, name)
    if "fragment" in request.POST:
        return render(request, "applications/editor/_preview.html", {"preview": look})
    raw = form.raw or None
    return render(
        request,
        "applications/editor/question.html",
        {
            **around(work),
            "form": form,
            "part": part,
            "title": title,
            "name": name,
            "preview": look,
            "base": shown.mark(raw) if raw else "",
            "focus": shown.focus(request, form),
            "tally": shown.spanish(work, raw) if raw else None,
            "leans": words_editor.leans_on().get(name, ""),
            "is_checked": shown.wants_to_save(request),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def remove_question(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """What goes with a question, and what leans on it."""
    call = access.coordinators_call(reader(request), slug)
    work = read.work(call)
    place = _place_or_404(work, name)
    if place.how:
        raise Http404
    part = str(place.section.get("id"))
    if request.method == "POST":
        step(
            request,
            call,
            "question_removed",
            name,
            lambda d: change.remove_question(d, name)[0],
            _("Taken out. You can undo this."),
        )
        return redirect("applications:form_part", slug, part)
    gone = [q for q, _how in every({"questions": [place.question]})]
    return render(
        request,
        "applications/editor/remove.html",
        {
            **around(work),
            "title": words(place.question.get("label")) or words(place.question.get("text")),
            "part": part,
            "whole": False,
            "needed": why_needed(name),
            "gone": gone,
            **shown.losses(work, gone),
        },
    )
