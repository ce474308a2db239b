"""The form editor: words in Spanish beside the English ones, part by part."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from applications.common.access_staff import call_for
from applications.common.translation_forms import TongueForm, tally
from applications.form_definition import translations
from applications.form_definition.edits import all_parts
from applications.form_editor import labels, presenters, queries
from applications.form_editor.views import around, part_or_404, step
from cohort.people.access import reader

TONGUE = "es"


@login_required
@never_cache
@require_GET
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Which words are missing in Spanish, and which are older than the English, by part."""
    work = queries.work(call_for(reader(request), slug))
    parts = [
        (str(s.get("id")), presenters.title_of(work, s), tally(translations.texts(work.definition, s, TONGUE)))
        for s in all_parts(work.definition)
    ]
    return render(request, "applications/form_editor/tongues.html", {**around(work), "parts": parts})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """Every text of one part with its words in Spanish."""
    call = call_for(reader(request), slug)
    work = queries.work(call)
    section = part_or_404(work, part)
    texts = translations.texts(work.definition, section, TONGUE)
    form = TongueForm(texts, labels.texts(), TONGUE, request.POST or None)
    base = presenters.mark(section)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("base") != base:
            form.add_error(
                None,
                _(
                    "Somebody changed this part while you were writing. What you typed is below, beside "
                    "the English of now. Read it again, then save."
                ),
            )
        else:
            changes = form.changes()
            if step(
                request,
                call,
                "spanish_changed",
                part,
                lambda d: translations.written(d, part, TONGUE, changes),
                _("Saved."),
            ):
                return redirect("applications:form_tongue", slug, part)
    return render(
        request,
        "applications/form_editor/tongue.html",
        {
            **around(work),
            "form": form,
            "base": base,
            "part": part,
            "title": presenters.title_of(work, section),
            "tally": tally(texts),
            "section": section,
        },
    )
