"""Reminders, taking a copy, deleting private answers, and withdrawing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.apply import actions, data_export, queries
from applications.apply import withdraw as apply_withdraw
from applications.common import access, form_context
from cohort.people.access import reader
from cohort.questions.values import said
from cohort.ui import rescue


@never_cache
@rescue.signed_in
@require_POST
def remind(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Switch reminder mail about an unfinished application on or off."""
    application = access.my_application(reader(request), pk)
    actions.remind(application=application, wanted=request.POST.get("wanted") == "yes")
    messages.success(
        request,
        _("We will remind you before the deadline.")
        if application.remind
        else _("We will not send you reminders about this application."),
    )
    return redirect("applications:application", application.pk)


@never_cache
@rescue.signed_in
@require_GET
def copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything held about me here, to read, print or keep."""
    application = access.my_application(reader(request), pk)
    context = form_context.of_application(application, get_language() or "en")
    form, data = context.form, queries.everything(application, context)
    sections: dict[str, list[dict[str, object]]] = {}
    verbs, names = queries.happened_words(), data_export.words()
    for row in data["answers"]:
        sections.setdefault(str(row["section"]), []).append(row)
    return render(
        request,
        "applications/apply/copy.html",
        {
            "application": application,
            "call": application.call,
            "answers": [
                (title, [(row["question"], row["in words"]) for row in rows]) for title, rows in sections.items()
            ],
            "account": _named(data["account"], language=dict(settings.LANGUAGES).get(application.applicant.language)),
            "facts": _named(
                data["application"],
                state=application.get_state_display(),
                eligibility=application.get_eligibility_display(),
            ),
            "beside": [
                (names[key], [_named(row) for row in data[key]]) for key in data_export.beside_keys() if data[key]
            ],
            "employer": _named(
                data["employer confirmation"],
                state=queries.confirmation_of(application).get_state_display(),  # type: ignore[union-attr]
            )
            if data["employer confirmation"]
            else [],
            "choices": [
                (
                    form.questions[row["choice"]].label if row["choice"] in form.questions else row["choice"],
                    row["given"],
                    row["notice version"],
                    row["language"],
                    row["at"],
                )
                for row in data["choices about information"]
            ],
            "earlier": [
                (
                    form.questions[row["id"]].label if row["id"] in form.questions else row["id"],
                    said(form.questions[row["id"]], row["answer"]) if row["id"] in form.questions else [],
                    row["replaced"],
                )
                for row in data["earlier answers"]
            ],
            "filled": context.facts,
            "zone": application.call.cohort.zone,
            "happened": [(verbs.get(row["what"], row["what"]), row["at"]) for row in data["what happened"]],
        },
    )


def _named(row: dict[str, Any], **words: Any) -> list[tuple[str, Any]]:
    """A row of the copy with the names in the reader's language, and ``words`` in place of codes."""
    names = data_export.words()
    return [(names.get(name, name), words.get(name, value)) for name, value in row.items()]


@never_cache
@rescue.signed_in
@require_GET
def copy_json(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same as a file for programs."""
    application = access.my_application(reader(request), pk)
    context = form_context.of_application(application, get_language() or "en")
    response = JsonResponse(
        queries.everything(application, context), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = f'attachment; filename="application-{application.reference}.json"'
    return response


@never_cache
@rescue.signed_in
@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """Delete my identity answers, or my access needs, at any time."""
    application = access.my_application(reader(request), pk)
    if what not in ("identity", "access_needs"):
        raise Http404
    if request.method == "POST":
        apply_withdraw.forget_private(application=application, what=what)
        messages.success(request, _("Deleted. Nothing of that part is kept."))
        return redirect("applications:application", application.pk)
    return render(request, "applications/apply/forget.html", {"application": application, "what": what})


@never_cache
@rescue.signed_in
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw, after a page that says what will happen."""
    application = access.my_application(reader(request), pk)
    if request.method == "POST":
        try:
            apply_withdraw.withdraw(application=application)
            rescue.forget(request)
        except apply_withdraw.HasPlaceError:
            messages.error(request, _("You were offered a place. Please answer that offer instead."))
        return redirect("applications:application", application.pk)
    return render(
        request,
        "applications/apply/withdraw.html",
        {"application": application, "call": application.call, "danger": True},
    )
