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

from applications.common.access_staff import call_for
from applications.form_definition import edits
from applications.form_definition.validation import every, why_needed, words
from applications.form_editor import actions, labels, presenters, queries
from applications.form_editor.forms import LISTS, QuestionForm
from applications.form_editor.views import around, part_or_404, step
from applications.models import Call
from cohort.people.access import reader
from cohort.people.states import NotPossible


def _place_or_404(work: queries.Work, name: str) -> edits.QuestionPlace:
    """Where a question stands; the button that sends is none that can be edited."""
    try:
        place = edits.find(work.definition, name)
    except edits.GoneError:
        raise Http404
    if place.question.get("type") == "submit":
        raise Http404
    return place


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_question(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """A new question at the end of a part."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
    section = part_or_404(work, part)
    form = QuestionForm(work.definition, part=part, published=work.published, data=request.POST or None)
    if request.method == "POST":
        made: list[str] = []

        def how(definition: edits.Definition) -> edits.Definition:
            found = form.changes()
            wanted = str(found.pop("part", "") or part)
            after, name = edits.add_question(definition, wanted, found, queries.taken(call))
            made.append(name)
            return after

        form, saved = _write(request, call, form, "question_added", "", how)
        if saved:
            messages.success(request, _("Added at the end of this part."))
            return _back_to(slug, call, made[-1])
    return _show_question(request, work, form, part, presenters.title_of(work, section), "")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One question with everything that can be set, and how it looks."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
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
        used, gone = frozenset(queries.codes_used(call, name)), queries.taken(call)
        mine = presenters.mark(place.question) == request.POST.get("base", "")
        if not mine and presenters.wants_to_save(request):
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
                lambda d: edits.change_question(d, name, form.changes(used), gone),
            )
            if saved:
                messages.success(request, _("Saved."))
                return _back_to(slug, call, name)
    return _show_question(request, work, form, part, presenters.title_of(work, place.section), name)


def _write(
    request: HttpRequest,
    call: Call,
    form: QuestionForm,
    did: str,
    thing: str,
    how: Callable[[edits.Definition], edits.Definition],
) -> tuple[QuestionForm, bool]:
    """Save, or only draw again: rows of answers in another order, other settings for another kind, a look."""
    verb, _colon, place = request.POST.get("do", "save").partition(":")
    name, _dash, way = verb.partition("-")
    if name in LISTS and way in ("add", "up", "down", "remove"):
        return form.rearranged(name, way, presenters.number(place)), False
    if not presenters.wants_to_save(request) or not form.is_valid():
        return form, False
    try:
        actions.change(call=call, actor=reader(request), did=did, thing=thing, how=how)
    except actions.RefusedError as trouble:
        form.show_problems(trouble.problems)
        return form, False
    except NotPossible as trouble:
        form.add_error(None, str(trouble))
        return form, False
    return form, True


def _back_to(slug: str, call: Call, name: str) -> HttpResponse:
    place = edits.find(queries.work(call).definition, name)
    address = reverse("applications:form_part", args=[slug, place.section["id"]])
    top = next(
        (q for q in place.section["questions"] for row, _how in every({"questions": [q]}) if row.get("id") == name),
        place.question,
    )
    return redirect(f"{address}#question-{top['id']}")


def _show_question(
    request: HttpRequest, work: queries.Work, form: QuestionForm, part: str, title: str, name: str
) -> HttpResponse:
    look = presenters.preview(work, form, part, name)
    if "fragment" in request.POST:
        return render(request, "applications/form_editor/_preview.html", {"preview": look})
    raw = form.raw or None
    return render(
        request,
        "applications/form_editor/question.html",
        {
            **around(work),
            "form": form,
            "part": part,
            "title": title,
            "name": name,
            "preview": look,
            "base": presenters.mark(raw) if raw else "",
            "focus": presenters.focus(request, form),
            "tally": presenters.spanish(work, raw) if raw else None,
            "leans": labels.leans_on().get(name, ""),
            "is_checked": presenters.wants_to_save(request),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def remove_question(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """What goes with a question, and what leans on it."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
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
            lambda d: edits.remove_question(d, name)[0],
            _("Taken out. You can undo this."),
        )
        return redirect("applications:form_part", slug, part)
    gone = [q for q, _how in every({"questions": [place.question]})]
    return render(
        request,
        "applications/form_editor/remove.html",
        {
            **around(work),
            "title": words(place.question.get("label")) or words(place.question.get("text")),
            "part": part,
            "whole": False,
            "needed": why_needed(name),
            "gone": gone,
            **presenters.losses(work, gone),
        },
    )
