"""Coordinators write the call page: its words and its lists, with a look at it before anything is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.call.page import access, actions, queries
from applications.call.page.forms import DatesForm, LineForm, TextsForm
from applications.call.page.public_queries import page_context
from applications.common import call_translations
from applications.common.access_staff import call_for
from applications.common.translation_forms import TongueForm, tally
from applications.models import Call, PageItem
from cohort.people.access import reader
from cohort.people.states import NotPossible

Part = PageItem.Part


@login_required
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """All that the page says, each part with its buttons."""
    call = call_for(reader(request), slug)
    known = queries.lines(call)
    parts = [
        (part, Part(part).label, known[part], part in call.own_parts)
        for part in (Part.OUTCOME, Part.ASKS, Part.FACILITATOR, Part.DATE, Part.QUESTION)
    ]
    return render(
        request,
        "applications/call/page/page.html",
        {
            "call": call,
            "cohort": call.cohort,
            "zone": call.cohort.zone,
            "parts": parts,
            "removed": queries.removed(call),
            "changes": queries.changes(call, ("call.page_changed",)),
            "names": dict(Part.choices),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, slug: str) -> HttpResponse:
    """The words at the top, costs and contact."""
    call = call_for(reader(request), slug)
    form = TextsForm(call, request.POST or None)
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        if "look" in request.POST:
            data = form.cleaned_data
            for name in queries.TEXTS:
                setattr(call, name, data[name])
            call.facts = {**call.facts, **{name: data[name] for name in queries.CONTACT if data[name]}}
            return _look(request, call, queries.lines(call), data)
        actions.change_texts(call=call, actor=reader(request), **form.cleaned_data)
        messages.success(request, _("Saved. The call page shows it now."))
        return redirect("applications:call_page", slug)
    return render(request, "applications/call/page/page_words.html", {"call": call, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def dates(request: HttpRequest, slug: str) -> HttpResponse:
    """Dates, numbers and the words about sessions."""
    call = call_for(reader(request), slug)
    form = DatesForm(call, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_dates(call=call, actor=reader(request), **form.call_fields())
            messages.success(request, _("Saved. The call page shows it now."))
            return redirect("applications:call_page", slug)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(request, "applications/call/page/page_dates.html", {"call": call, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def spanish(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that coordinators wrote for the page, with its words in Spanish."""
    call = call_for(reader(request), slug)
    texts = call_translations.texts(call, "es")
    form, base = TongueForm(texts, _kinds(), "es", request.POST or None), call_translations.mark(texts)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("base") == base:
            actions.change_words_in(call=call, actor=reader(request), tongue="es", changes=form.changes())
            messages.success(request, _("Saved. People who read in Spanish see it now."))
            return redirect("applications:call_page_spanish", slug)
        form.add_error(
            None,
            _(
                "Somebody changed the page while you were writing. What you typed is below, beside the "
                "English of now. Read it again, then save."
            ),
        )
    own = [Part(part).label for part in Part.values if part not in call.own_parts and queries.standard(call, part)]
    return render(
        request,
        "applications/call/page/page_spanish.html",
        {"call": call, "form": form, "base": base, "tally": tally(texts), "standard": own},
    )


def _kinds() -> dict[str, str]:
    """What each kind of text on the page is."""
    return {
        "title": _("Title of the call"),
        "summary": _("What it is, in a few sentences"),
        "opening": _("More opening words"),
        "cost": _("What it costs, and what is paid for people"),
        "session_dates": _("Session dates, in words"),
        "committee_list": _("Who runs and chooses"),
        "date_title": _("What happens"),
        "outcome_title": _("What people get"),
        "asks_title": _("What it asks of people"),
        "facilitator_title": _("Name"),
        "facilitator_words": _("A few words about this person"),
        "question_title": _("Question"),
        "question_words": _("Answer"),
    }


def _look(request: HttpRequest, call: Call, lines: queries.Lines, data: dict[str, Any]) -> HttpResponse:
    """The page as visitors would see it, with what was typed waiting in hidden fields."""
    kept = {name: value for name, value in data.items() if value not in (None, "")}
    return render(
        request,
        "applications/call/call.html",
        {**page_context(call, timezone.now(), lines), "preview": kept, "save_at": request.path},
    )


def _part(part: str) -> str:
    if part not in Part.values:
        raise Http404
    return part


@login_required
@require_POST
def own(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """Make the standard lines of a part lines of this call."""
    call = call_for(reader(request), slug)
    actions.make_own(call=call, part=_part(part), actor=reader(request))
    return _back(slug, part)


@login_required
@require_http_methods(["GET", "POST"])
def line_new(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    call = call_for(reader(request), slug)
    return _line(request, call, _part(part), None)


@login_required
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    item = access.item_for(reader(request), slug, pk, shown=True)
    return _line(request, item.call, item.part, item)


def _line(request: HttpRequest, call: Call, part: str, item: PageItem | None) -> HttpResponse:
    """A new line, or a changed one."""
    initial = {"title": item.title, "words": item.words, "on": item.on} if item else None
    form = LineForm(part, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        data = form.line()
        if "look" in request.POST:
            return _look(request, call, _with(call, part, item, data), form.cleaned_data)
        try:
            if item is None:
                actions.add_line(call=call, part=part, actor=reader(request), **data)
            else:
                actions.change_line(item=item, actor=reader(request), **data)
            messages.success(request, _("Saved. The call page shows it now."))
            return _back(call.slug, part)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(
        request,
        "applications/call/page/page_line.html",
        {"call": call, "form": form, "part": part, "label": Part(part).label, "item": item},
    )


def _with(call: Call, part: str, item: PageItem | None, data: dict[str, Any]) -> queries.Lines:
    """The lines of the page as they would be."""
    lines = queries.lines(call)
    if item is None:
        lines[part] = [*lines[part], queries.PageLine(**data)]
    else:
        lines[part] = [replace(row, **data) if row.pk == item.pk else row for row in lines[part]]
    return lines


def _back(slug: str, part: str, item: PageItem | None = None) -> HttpResponse:
    answer = redirect("applications:call_page", slug)
    answer["Location"] += f"#line-{item.pk}" if item else f"#{part}"
    return answer


@login_required
@require_POST
def move(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    item = access.item_for(reader(request), slug, pk)
    actions.move_line(item=item, up=request.POST.get("way") == "up", actor=reader(request))
    return _back(slug, item.part, item)


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    item = access.item_for(reader(request), slug, pk)
    actions.remove_line(item=item, actor=reader(request))
    messages.success(
        request,
        _("Removed from the page. You can put it back for %(n)s days, at the end of this page.")
        % {"n": queries.PUT_BACK_DAYS},
    )
    return _back(slug, item.part)


@login_required
@require_POST
def put_back(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    item = access.item_for(reader(request), slug, pk)
    actions.put_back(item=item, actor=reader(request))
    messages.success(request, _("Put back where it was."))
    return _back(slug, item.part, item)
