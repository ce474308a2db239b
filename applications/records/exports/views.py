"""Taking data out, one purpose at a time, with a data dictionary beside it. For coordinators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from applications.common.access_staff import call_for, hidden_from
from applications.common.audit import look
from applications.records.exports import actions, queries
from applications.records.exports.columns import dictionary
from applications.records.exports.purposes import PURPOSES, Purpose
from applications.records.exports.writers import TYPES, csv_pieces
from cohort.people.access import reader
from cohort.streaming import stream_file


def _purpose(key: str) -> Purpose:
    if key not in PURPOSES:
        raise Http404
    return PURPOSES[key]


@login_required
@require_GET
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """What may be taken out and for what, and who took out what."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "exports", actor=user)
    hidden = hidden_from(user, call)
    return render(
        request,
        "applications/records/exports/exports.html",
        {
            "call": call,
            "rows": [(purpose, purpose.count(call, hidden)) for purpose in PURPOSES.values()],
            "hidden": len(hidden),
            "taken": queries.taken_out(call),
        },
    )


@login_required
@require_GET
def dictionary_page(request: HttpRequest, slug: str, purpose: str) -> HttpResponse:
    """Every column of one export: meaning, type, question, who reads it, how long it is kept."""
    call, found = call_for(reader(request), slug), _purpose(purpose)
    return render(
        request,
        "applications/records/exports/dictionary.html",
        {"call": call, "purpose": found, "columns": found.columns(found.source(call))},
    )


@login_required
@require_GET
def dictionary_file(request: HttpRequest, slug: str, purpose: str) -> HttpResponseBase:
    """The dictionary as a file that can lie beside the export. It holds nothing about anybody."""
    call, found = call_for(reader(request), slug), _purpose(purpose)
    head, *lines = dictionary(found.columns(found.source(call)))
    return stream_file(
        csv_pieces(head, lines), name=f"{found.key}-{call.slug}-dictionary.csv", content_type=TYPES["csv"]
    )


@login_required
@require_POST
def export(request: HttpRequest, slug: str, purpose: str, form: str) -> HttpResponseBase:
    """The file. POST, because taking it out is written down."""
    user = reader(request)
    call, found = call_for(user, slug), _purpose(purpose)
    if form not in TYPES:
        raise Http404
    hidden = hidden_from(user, call)
    actions.take_out(call=call, purpose=found, form=form, hidden=hidden, actor=user)
    made = actions.pieces(call=call, purpose=found, form=form, hidden=hidden, language=get_language() or "en")
    return stream_file(made, name=f"{found.key}-{call.slug}.{form}", content_type=TYPES[form])
