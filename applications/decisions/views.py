"""Coordinators: decide, draft from a proposal, release. Deciding and telling are separate pages."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from applications.call import actions as call_actions
from applications.call.letters import compose
from applications.common.access_staff import application_for, call_for, hidden_from
from applications.common.audit import look
from applications.common.calls_index import to_one_call
from applications.common.list_forms import PlaceForm
from applications.common.paging import address
from applications.common.review_labels import ALL_REASONS, DISAGREEMENT_WORDS
from applications.common.spreadsheet import safe
from applications.decisions import access, actions, dossier, page_queries, queries, seats
from applications.decisions import release as decisions_release
from applications.decisions.forms import ApproveForm, BulkForm, DecideForm, DraftForm
from applications.models import Decision, Release
from applications.representation.pool import latest
from cohort.outbox.log.queries import batch as batch_of
from cohort.people.access import reader
from cohort.people.states import NotPossible

PER_PAGE = 50


@login_required
def decisions_index(request: HttpRequest) -> HttpResponse:
    return to_one_call(request, "decisions", _("Decisions"))


@login_required
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    """All sent applications by number, with score, proposal and decision; a form for several at once."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "decisions", actor=user)
    wanted = {name: request.GET.get(name, "") for name in queries.FILTERS}
    sort = request.GET.get("sort", "number")
    ways: dict[str, Any] = {}
    if sort in ("score", "adjusted") or wanted["band"]:  # these rest on the scores of all
        board = queries.board(call, user)
        page = Paginator(queries.chosen_rows(board.rows, wanted, sort), PER_PAGE).get_page(request.GET.get("page"))
        rows = list(page)
        ways = {
            "page": page,
            "drafts": board.count("draft"),
            "leaving": board.count("leaving"),
            "undecided": board.count("none"),
        }
    else:
        board, earlier, later = page_queries.page(call, user, wanted, PlaceForm(request.GET).cut())
        rows = board.rows
        ways = {**page_queries.counts(call, user)}
        if rows:
            ways |= {
                "start": address(request),
                "earlier": address(request, before=rows[0].number) if earlier else "",
                "later": address(request, after=rows[-1].number) if later else "",
            }
    return render(
        request,
        "applications/decisions/list.html",
        {
            "call": call,
            "board": board,
            "rows": rows,
            "wanted": wanted,
            "sort": sort,
            "form": BulkForm(ids=[]),
            "seats": seats.seats(call.cohort),
            "reasons": ALL_REASONS,
            "values": Decision.Value.choices,
            **ways,
        },
    )


@login_required
@require_POST
def decide_many(request: HttpRequest, slug: str) -> HttpResponse:
    user = reader(request)
    call = call_for(user, slug)
    form = BulkForm(request.POST, ids=page_queries.choosable(call, user, request.POST.getlist("chosen")))
    if not form.is_valid():
        for found in form.errors.values():
            messages.error(request, str(found[0]))
        return redirect("applications:decisions", slug)
    try:
        outcome = actions.decide_by_numbers(call=call, ids=form.ids(), choice=form.choice(), actor=user)
        _say(request, outcome)
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:decisions", slug)


def _say(request: HttpRequest, outcome: actions.DecideOutcome) -> None:
    made = len(outcome.made)
    if made or not outcome.refused:
        messages.success(
            request,
            ngettext(
                "%(n)s decision drafted. Nobody has been told.", "%(n)s decisions drafted. Nobody has been told.", made
            )
            % {"n": made},
        )
    for number, why in sorted(outcome.refused.items())[:10]:
        messages.error(request, _("%(number)s: %(why)s") % {"number": f"{number:04d}", "why": why})


@login_required
@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One application: scores by criterion, what readers wrote, what was decided, and a decision to make."""
    user = reader(request)
    call = call_for(user, slug)
    application = application_for(user, call, number)
    look(application, "decision", actor=user)
    file = dossier.dossier(application)
    current = next((d for d in file.decisions if d.superseded_at is None), None)
    initial = {"decision": f"{current.value}:{current.reason_code}", "note": current.note} if current else {}
    form = DecideForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide(application=application, choice=form.choice(), actor=user)
            messages.success(request, _("Drafted. Nobody has been told."))
            return redirect("applications:decision", slug, number)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(
        request,
        "applications/decisions/decision.html",
        {
            "call": call,
            "application": application,
            "file": file,
            "current": current,
            "form": form,
            "reasons": ALL_REASONS,
            "disagreement": [DISAGREEMENT_WORDS[code] for code in file.disagreement],
            "leaving": bool(current and queries.is_leaving(current)),
            "told": bool(current and queries.is_told(current)),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Draft decisions for everybody from the newest proposal."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "draft", actor=user)
    proposal = latest.latest_proposal(call)
    form = DraftForm(request.POST or None)
    if request.method == "POST" and proposal is not None and form.is_valid():
        outcome = actions.draft_from_proposal(call=call, proposal=proposal, rest=form.rest(), actor=user)
        _say(request, outcome)
        return redirect("applications:decisions", slug)
    return render(request, "applications/decisions/draft.html", {"call": call, "proposal": proposal, "form": form})


@login_required
@require_POST
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """The decision record as a table for a spreadsheet. POST, because taking it out is written down."""
    user = reader(request)
    call = call_for(user, slug)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="decisions-{call.slug}.csv"'
    answer["Cache-Control"] = "no-store"
    writer = csv.writer(answer)
    for row in queries.record(call, hidden_from(user, call)):
        writer.writerow([safe(cell) for cell in row])
    actions.note_export(call=call, actor=user)
    return answer


# ---------------------------------------------------------------- telling


@login_required
@require_http_methods(["GET", "POST"])
def release_new(request: HttpRequest, slug: str) -> HttpResponse:
    """What would go out now, letter by letter; POST puts it into a release."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "releases", actor=user)
    batch = queries.batch(call, queries.unreleased(call))
    if request.method == "POST":
        try:
            release = decisions_release.propose(call=call, actor=user)
            if not decisions_release.needs_two(call, batch):
                decisions_release.approve(release=release, actor=user, at_night=bool(request.POST.get("at_night")))
            return redirect("applications:release", slug, release.pk)
        except NotPossible as trouble:
            messages.error(request, str(trouble))
            return redirect("applications:release_new", slug)
    return render(
        request,
        "applications/decisions/new.html",
        {
            "call": call,
            "batch": batch,
            "page": _letters(request, batch.decisions),
            "earlier": queries.releases_of(call),
            "two": decisions_release.needs_two(call, batch),
            "form": ApproveForm(),
            "hidden": hidden_from(user, call),
        },
    )


@login_required
@require_POST
def share_comments(request: HttpRequest, slug: str) -> HttpResponse:
    """Switch whether applicants without a place read what readers wrote to them."""
    user = reader(request)
    call = call_for(user, slug)
    call_actions.share_comments(call=call, on=request.POST.get("then") == "on", actor=user)
    messages.success(request, _("Saved. Look at a letter to see what it says now."))
    return redirect("applications:release_new", slug)


def _letters(request: HttpRequest, found: list[Decision]) -> Any:
    return Paginator(found, PER_PAGE).get_page(request.GET.get("page"))


@login_required
def release(request: HttpRequest, slug: str, release: UUID) -> HttpResponse:
    """One release: its letters, who proposed it, and the button to approve or call back."""
    user = reader(request)
    found = access.release_for(user, slug, release)
    call = found.call
    look(found, "release", actor=user)
    batch = queries.batch(call, queries.decisions_in(found))
    two = decisions_release.needs_two(call, batch)
    undo = found.state == Release.State.APPROVED and found.undo_until and timezone.now() < found.undo_until
    return render(
        request,
        "applications/decisions/release.html",
        {
            "call": call,
            "release": found,
            "batch": batch,
            "page": _letters(request, batch.decisions),
            "two": two,
            "may_approve": found.state == Release.State.PROPOSED and not (two and found.proposed_by_id == user.pk),
            "undo": undo,
            "out": found.state in Release.TOLD_STATES and not undo,
            "form": ApproveForm(),
            "mail": batch_of(refs={"release": str(found.pk)}),
            "hidden": hidden_from(user, call),
        },
    )


@login_required
@require_POST
def approve(request: HttpRequest, slug: str, release: UUID) -> HttpResponse:
    user = reader(request)
    found = access.release_for(user, slug, release)
    try:
        decisions_release.approve(release=found, actor=user, at_night=bool(request.POST.get("at_night")))
        messages.success(request, _("Approved. The letters leave in five minutes. Until then you can call them back."))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:release", slug, release)


@login_required
@require_POST
def call_back(request: HttpRequest, slug: str, release: UUID) -> HttpResponse:
    user = reader(request)
    found = access.release_for(user, slug, release)
    try:
        decisions_release.call_back(release=found, actor=user)
        messages.success(request, _("Called back. No letter went out. The decisions are drafts again."))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return redirect("applications:release", slug, release)
    return redirect("applications:decisions", slug)


@login_required
def letter(request: HttpRequest, slug: str, decision: UUID) -> HttpResponse:
    """The letter that one person gets, word for word, made by the same code that sends it."""
    user = reader(request)
    found = access.decision_with_letter(user, slug, decision)
    look(found.application, "letter", actor=user)
    return render(
        request,
        "applications/decisions/letter.html",
        {"call": found.application.call, "decision": found, "letter": compose.letter_for(found)},
    )
