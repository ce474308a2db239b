"""The policy step: the legal profile, what each factor may be used for, and the record of it. For coordinators."""

from __future__ import annotations

import csv
import io
import json
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.common.access import public_call
from applications.common.access_staff import call_for
from applications.common.spreadsheet import safe
from applications.models import Call, RuleChange
from applications.representation.policy import access, actions, law, queries
from applications.representation.policy.forms import FactorForm, ProfileForm, SettleForm, SuggestionsForm
from applications.representation.targets import queries as targets_queries
from cohort.people import history
from cohort.people.access import reader
from cohort.people.states import NotPossible


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@login_required
@require_GET
def steps(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole step on one page: what is chosen, what is missing, what waits."""
    call = call_for(reader(request), slug)
    rows, waiting = queries.rows(call), queries.waiting(call)
    names = queries.names_of(rows)
    return render(
        request,
        "applications/representation/policy/steps.html",
        {
            "call": call,
            "profile": queries.profile_chosen(call),
            "profile_words": queries.PROFILES.get(call.policy_profile),
            "identity": [row for row in rows if row.identity],
            "rest": [row for row in rows if not row.identity],
            "open_choices": sum(row.policy is None and row.waiting is None for row in rows),
            "waiting": [queries.line_of(change, names) for change in waiting],
            "missing": queries.missing(call, known=rows),
            "draft": call.state == Call.State.DRAFT,
            "targets_version": queries.targets_version(call),
        },
    )


@login_required
@require_GET
def law_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What the law may ask, in plain words."""
    call = call_for(reader(request), slug)
    return render(
        request,
        "applications/representation/policy/law.html",
        {
            "call": call,
            "rules": law.rules(call.policy_profile),
            "profile_words": queries.PROFILES.get(call.policy_profile),
        },
    )


def _said(request: HttpRequest, change: RuleChange) -> None:
    """Tell whether a change is in force or waits."""
    if change.state == RuleChange.State.IN_FORCE:
        messages.success(request, _("Chosen and kept in the record."))
    else:
        messages.success(request, _("Kept. It comes into force when a second coordinator agrees."))


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    user = reader(request)
    call = call_for(user, slug)
    form = ProfileForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            _said(
                request,
                actions.choose_profile(
                    call=call,
                    profile=data["profile"],
                    approver=data["approver"],
                    reason=data["reason"],
                    actor=user,
                    counsel=form.counsel(),
                ),
            )
            return redirect("applications:policy", slug)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(
        request,
        "applications/representation/policy/profile.html",
        {
            "call": call,
            "form": form,
            "chosen": queries.profile_chosen(call),
            "words": queries.PROFILES.get(call.policy_profile),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def factor(request: HttpRequest, slug: str, factor: str) -> HttpResponse:
    """What one factor may be used for."""
    user = reader(request)
    call = call_for(user, slug)
    rows = queries.rows(call)
    row = next((row for row in rows if row.factor.id == factor), None)
    if row is None:
        raise Http404
    form = FactorForm(row, _posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            _said(
                request,
                actions.choose_policy(
                    call=call,
                    factor=factor,
                    policy=data["policy"],
                    reason=data["reason"],
                    actor=user,
                    counsel=form.counsel(),
                ),
            )
            return redirect("applications:policy", slug)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(
        request,
        "applications/representation/policy/factor.html",
        {
            "call": call,
            "row": row,
            "form": form,
            "words": law.FACTOR_WORDS.get(factor, ""),
            "rules": law.rules(call.policy_profile, law.FACTOR_RULES.get(factor, ("-",))),
            "forbidden": [queries.POLICY_WORDS[p] for p in queries.POLICY_WORDS if p not in row.allowed],
            "profile_words": queries.PROFILES.get(call.policy_profile),
            "draft": call.state == Call.State.DRAFT,
            "versions": [
                line
                for line in queries.history_of(call, queries.names_of(rows), "policy")
                if line.change.factor == factor
            ],
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def suggestions(request: HttpRequest, slug: str) -> HttpResponse:
    """What the form suggests under the profile, for every factor that nobody has chosen for."""
    user = reader(request)
    call = call_for(user, slug)
    form = SuggestionsForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            n = actions.take_suggestions(call=call, actor=user, reason=form.cleaned_data["reason"])
            messages.success(request, ngettext("%(n)s choice is kept.", "%(n)s choices are kept.", n) % {"n": n})
            return redirect("applications:policy", slug)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    rows = [
        (row, queries.POLICY_WORDS[row.suggested])
        for row in queries.rows(call)
        if row.policy is None and row.waiting is None
    ]
    return render(
        request,
        "applications/representation/policy/suggestions.html",
        {
            "call": call,
            "form": form,
            "rows": rows,
            "profile": queries.profile_chosen(call),
            "profile_words": queries.PROFILES.get(call.policy_profile),
            "draft": call.state == Call.State.DRAFT,
        },
    )


# ---------------------------------------------------------------- the second person


@login_required
@require_GET
def change(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One change with all that is known about it, and, while it waits, the buttons."""
    user = reader(request)
    found = access.change_for(user, slug, pk)
    names = queries.names_of(queries.rows(found.call))
    return render(
        request,
        "applications/representation/policy/change.html",
        {
            "call": found.call,
            "line": queries.line_of(found, names),
            "form": SettleForm(),
            "mine": found.proposed_by_id == user.pk,
            "waits": found.state == RuleChange.State.WAITING,
        },
    )


@login_required
@require_POST
def settle(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Agree, do not agree, or take back."""
    user = reader(request)
    found = access.change_for(user, slug, pk)
    note = request.POST.get("note", "")[:300]
    try:
        if request.POST.get("do") == "agree":
            actions.agree(change=found, actor=user, note=note)
            messages.success(request, _("Agreed. It is in force now."))
        else:
            done = actions.refuse(change=found, actor=user, note=note)
            messages.success(
                request,
                _("Taken back. Nothing changed.")
                if done.state == RuleChange.State.TAKEN_BACK
                else _("Not agreed. Nothing changed, and your note is in the record."),
            )
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return redirect("applications:rule_change", slug, pk)
    return redirect("applications:policy", slug)


@require_GET
def chosen_by(request: HttpRequest, slug: str) -> HttpResponse:
    """For everybody: what people are chosen by, and what changed since the call opened, without names of staff."""
    call = public_call(reader(request), slug)
    known = queries.rows(call)
    rows = [row for row in known if row.policy and row.asked]
    totals = ("outreach", "monitor")
    changes = [
        line
        for line in queries.history_of(call, queries.names_of(known))
        if line.change.after_opening and line.change.needs_second and line.change.state == RuleChange.State.IN_FORCE
    ]
    return render(
        request,
        "applications/representation/policy/chosen_by.html",
        {
            "call": call,
            "used": [row for row in rows if row.policy and row.policy.policy == "selection"],
            "totals": [row for row in rows if row.policy and row.policy.policy in totals],
            "unused": [row for row in rows if row.policy and row.policy.policy == "not_used"],
            "targets": targets_queries.usable(call, {row.factor.id: row.factor for row in known}),
            "changes": changes,
        },
    )


# ---------------------------------------------------------------- the record


@login_required
@require_GET
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole record, made to be printed."""
    call = call_for(reader(request), slug)
    rows = queries.rows(call)
    return render(
        request,
        "applications/representation/policy/record.html",
        {
            "call": call,
            "cohort": call.cohort,
            "now": timezone.now(),
            "profile": queries.profile_chosen(call),
            "profile_words": queries.PROFILES.get(call.policy_profile),
            "rows": rows,
            "lines": queries.history_of(call, queries.names_of(rows)),
            "targets": call.targets.all(),
            "targets_version": queries.targets_version(call),
        },
    )


@login_required
@require_POST
def record_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The record as a file. POST, because taking it out is written down."""
    user = reader(request)
    call = call_for(user, slug)
    rows = list(queries.record_rows(call))
    if kind == "json":
        body = json.dumps(
            {"call": call.slug, "profile": call.policy_profile, "changes": rows}, indent=1, ensure_ascii=False
        )
        answer = HttpResponse(body, content_type="application/json")
    else:
        sheet = io.StringIO()
        writer = csv.writer(sheet)
        writer.writerow(queries.RECORD_HEAD)
        writer.writerows([safe(_cell(row[name])) for name in queries.RECORD_HEAD] for row in rows)
        answer = HttpResponse(sheet.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="policy-{call.slug}.{kind}"'
    answer["Cache-Control"] = "no-store"
    history.record("call.policy_exported", call, actor=user, cohort=call.cohort, rows=len(rows), format=kind)
    return answer


def _cell(value: object) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)
