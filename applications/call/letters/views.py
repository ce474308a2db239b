"""Coordinators write the letters of a call, and see each as a real applicant would get it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.call.letters import actions, compose, queries, samples, templates
from applications.call.letters.forms import LetterForm
from applications.call.page.queries import changes
from applications.common.access_staff import call_for, hidden_from
from applications.models import Application, Call
from cohort.people.access import reader, roles_in
from cohort.people.models import Role, User

LANGUAGES = {"en": "English", "es": "Español"}


@login_required
@require_GET
def texts(request: HttpRequest, slug: str) -> HttpResponse:
    """All letters of a call, and which of them are changed."""
    call = call_for(reader(request), slug)
    edited = queries.edited(call)
    rows = [
        (name, kind, [(LANGUAGES[code], row) for code, row in edited[name].items()])
        for name, kind in templates.KINDS.items()
    ]
    return render(
        request,
        "applications/call/letters/letters.html",
        {
            "call": call,
            "rows": rows,
            "changes": changes(call, ("call.letter_changed",)),
            "titles": {name: kind.title for name, kind in templates.KINDS.items()},
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One letter: its words, what may stand in them, and a look at it."""
    user = reader(request)
    call = call_for(user, slug)
    kind, language = _kind(name), _language(request)
    with translation.override(language):
        now = queries.text_for(call, name, language=language)
    form = LetterForm(kind, request.POST or None, initial={"subject": now.subject, "body": now.body})
    seen: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST:
            seen = _look(call, name, user, request.POST.get("number", ""), language, form.text())
        else:
            actions.change_letter(call=call, name=name, language=language, text=form.text(), actor=user)
            messages.success(request, _("Saved. Letters that are approved from now on use these words."))
            return redirect("applications:letter_texts", slug)
    elif request.method == "GET":
        seen = _look(call, name, user, request.GET.get("number", ""), language, None)
    versions = queries.versions(call, name, language)
    return render(
        request,
        "applications/call/letters/letter.html",
        {
            "call": call,
            "name": name,
            "kind": kind,
            "form": form,
            "language": language,
            "languages": LANGUAGES.items(),
            "versions": versions,
            "own": bool(versions and versions[0].body),
            "english": language != "en" and now.edited and not (versions and versions[0].body),
            **seen,
        },
    )


@login_required
@require_POST
def standard(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Back to the standard letter. The words that stood there stay among the earlier versions."""
    user = reader(request)
    call = call_for(user, slug)
    _kind(name)
    actions.change_letter(call=call, name=name, language=_language(request), text=None, actor=user)
    messages.success(request, _("The standard letter is back."))
    return redirect("applications:letter_texts", slug)


def _kind(name: str) -> templates.LetterKind:
    if name not in templates.KINDS:
        raise Http404
    return templates.KINDS[name]


def _language(request: HttpRequest) -> str:
    found = request.GET.get("language") or request.POST.get("language") or "en"
    return found if found in LANGUAGES else "en"


def _look(
    call: Call, name: str, user: User, number: str, language: str, typed: templates.LetterTemplate | None
) -> dict[str, Any]:
    """The letter to one sent application that this coordinator may know: the one asked for, or the first.

    Somebody who also reads applications must not learn who wrote which, so they see an invented person; so does
    everybody while no application has been sent.
    """
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None
    blind = Role.SCREENER in roles_in(user, call.cohort_id)
    found = None
    if not blind:
        rows = (
            Application.objects.filter(call=call, state=Application.State.SUBMITTED)
            .exclude(pk__in=hidden_from(user, call))
            .select_related("applicant", "call__cohort")
            .order_by("number")
        )
        found = rows.filter(number=asked).first() if asked is not None else rows.first()
        if found is None and asked is not None:
            return {"nobody": True, "number": number}
    with translation.override(language):
        letter = compose.preview(name, found or samples.applicant_of(call), typed)
    return {
        "letter": letter,
        "to": found,
        "number": found.number if found else "",
        "unsaved": bool(typed),
        "blind": blind,
    }
