"""What a proposal is made from: policies, targets, pins, pairs and limits. For coordinators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.common.access_staff import call_for
from applications.common.audit import look
from applications.models import Call, FactorPolicy, RuleChange, Target
from applications.representation.policy import access
from applications.representation.policy import actions as policy_actions
from applications.representation.policy import queries as policy_queries
from applications.representation.policy.forms import LateForm, PolicyReasonForm
from applications.representation.policy.target_forms import ApartForm, PinForm, RulesForm, TargetForm, hidden_for
from applications.representation.targets import actions, approvals, queries
from cohort.people.access import reader
from cohort.people.states import NotPossible

State = RuleChange.State


@login_required
@require_http_methods(["GET"])
def targets(request: HttpRequest, slug: str) -> HttpResponse:
    """Policies per factor, and the targets of those that may be used."""
    call = call_for(reader(request), slug)
    known = queries.factors(call)
    rows = list(queries.with_policy(call))
    policies = {row.factor: row for row in FactorPolicy.objects.filter(call=call).select_related("decided_by")}
    sealed = {one.factor: one for one in approvals.approvals(call, known)}
    found: list[dict[str, Any]] = [
        {
            "factor": factor,
            "approval": sealed.get(factor.id),
            "policy": policies.get(factor.id),
            "targets": [t for t in rows if t.factor == factor.id],
            "used": factor.chooses
            and policies.get(factor.id) is not None
            and policies[factor.id].policy == FactorPolicy.Policy.SELECTION,
        }
        for factor in known.values()
    ]
    return render(
        request,
        "applications/representation/targets/targets.html",
        {
            "call": call,
            "version": policy_queries.targets_version(call),
            "waiting": [
                policy_queries.line_of(c, {}) for c in policy_queries.waiting(call) if c.kind == RuleChange.Kind.TARGETS
            ],
            "draft": call.state == Call.State.DRAFT,
            "cohort": call.cohort,
            "rows": found,
            "any": bool(rows),
            "preset": approvals.preset(call, known),
            "apart": [row for row in found if row["factor"].id in sealed],
            "used": [row for row in found if row["used"]],
            "rest": [row for row in found if not row["used"] and row["factor"].id not in sealed],
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def preset(request: HttpRequest, slug: str) -> HttpResponse:
    """Take over the ranges of the region; asks first when targets would be replaced, or a second person must agree."""
    user = reader(request)
    call = call_for(user, slug)
    count = Target.objects.filter(call=call).count()
    form = PolicyReasonForm(request.POST if request.method == "POST" else None)
    simple = call.state == Call.State.DRAFT and not count
    if request.method == "POST" and (simple or form.is_valid()):
        reason = _("To start from.") if simple else form.cleaned_data["reason"]
        try:
            made = policy_actions.take_preset(call=call, actor=user, reason=reason)
            _said(request, made)
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        return redirect("applications:targets", slug)
    found = approvals.preset(call, queries.factors(call))
    return render(
        request,
        "applications/representation/targets/preset.html",
        {"call": call, "count": count, "preset": found, "form": form, "draft": call.state == Call.State.DRAFT},
    )


def _said(request: HttpRequest, change: RuleChange) -> None:
    """Tell whether a change of targets is in force or waits for a second person."""
    if change.state == RuleChange.State.IN_FORCE:
        messages.success(
            request, _("Saved as version %(n)s of the targets. The next proposal uses it.") % {"n": change.version}
        )
    else:
        messages.success(request, _("Kept. The next proposal uses it once a second coordinator agrees."))


@login_required
@require_http_methods(["GET", "POST"])
def target(request: HttpRequest, slug: str, factor: str, pk: UUID | None = None) -> HttpResponse:
    """One target, new or changed."""
    user = reader(request)
    row = access.target_for(user, slug, pk, factor=factor) if pk else None
    call = row.call if row else call_for(user, slug)
    known = access.factor_for(call, factor)
    form = TargetForm(known, row, request.POST or None)
    draft = call.state == Call.State.DRAFT
    late = LateForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (draft or late.is_valid()):
        fields = form.values_for_action()
        try:
            _said(
                request,
                policy_actions.change_target(
                    call=call,
                    actor=user,
                    target=row,
                    factor=factor,
                    fields=fields,
                    reason=fields["reason"] if draft else late.cleaned_data["reason"],
                ),
            )
            return redirect("applications:targets", slug)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    context = {"call": call, "factor": known, "target": row, "form": form, "draft": draft, "late": late}
    return render(request, "applications/representation/targets/target.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def remove_target(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Asks why, then removes a target or lets the removal wait for a second person."""
    user = reader(request)
    row = access.target_for(user, slug, pk)
    call = row.call
    form = PolicyReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _said(
                request,
                policy_actions.change_target(
                    call=call,
                    actor=user,
                    target=row,
                    factor=row.factor,
                    fields=None,
                    reason=form.cleaned_data["reason"],
                ),
            )
            return redirect("applications:targets", slug)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(
        request,
        "applications/representation/targets/target_remove.html",
        {"call": call, "target": row, "form": form, "danger": True, "draft": call.state == Call.State.DRAFT},
    )


@login_required
@require_http_methods(["GET"])
def policy(request: HttpRequest, slug: str, factor: str) -> HttpResponse:
    """An older address of the policy step, for factors that may be used when choosing."""
    call = call_for(reader(request), slug)
    known = queries.factors(call).get(factor)
    if known is None or not known.chooses:
        raise Http404
    return redirect("applications:policy_factor", slug, factor)


@login_required
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Pins, pairs to keep apart, the limit per organization and the draw, each with its form."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "rules", actor=user)
    hidden = hidden_for(user, call)
    given = policy_queries.limits_data(call)
    which = request.POST.get("which", "")
    number = request.GET.get("number", "")[:8]  # from a link beside an application on the board
    pin = PinForm(
        call, hidden, request.POST if which == "pin" else None, initial={"application": number}, auto_id="pin_%s"
    )
    apart = ApartForm(call, hidden, request.POST if which == "apart" else None, auto_id="apart_%s")
    limits = RulesForm(
        request.POST if which == "limits" else None,
        initial={**given, "org_cap_hard": "yes" if given["org_cap_hard"] else "no"},
    )
    if request.method == "POST" and _saved(request, call, pin, apart, limits):
        return redirect("applications:board_rules", slug)
    return render(
        request,
        "applications/representation/targets/rules.html",
        {
            "call": call,
            "number": number,
            "pin_form": pin,
            "apart_form": apart,
            "limits_form": limits,
            "hidden": hidden,
            "waiting": [
                policy_queries.line_of(c, {}) for c in policy_queries.waiting(call) if c.kind == RuleChange.Kind.LIMITS
            ],
            "draft": call.state == Call.State.DRAFT,
            "pins": call.pins.select_related("application", "by").order_by("application__number"),
            "pairs": call.keep_apart.select_related("first", "second").order_by("first__number", "second__number"),
        },
    )


def _saved(request: HttpRequest, call: Call, pin: PinForm, apart: ApartForm, limits: RulesForm) -> bool:
    """Whether the posted one of the three forms was saved; errors stay on it."""
    user = reader(request)
    try:
        if pin.is_bound and pin.is_valid():
            actions.pin(actor=user, **pin.cleaned_data)
        elif apart.is_bound and apart.is_valid():
            data = apart.cleaned_data
            actions.keep_apart(call=call, first=data["first"], second=data["second"], reason=data["why"], actor=user)
        elif limits.is_bound and limits.is_valid():
            change = policy_actions.change_limits(call=call, actor=user, **limits.cleaned_data)
            messages.success(
                request,
                _("Saved. The next proposal follows it.")
                if change.state == State.IN_FORCE
                else _("Kept. The next proposal uses it once a second coordinator agrees."),
            )
            return True
        else:
            return False
    except NotPossible as trouble:
        next(form for form in (apart, limits, pin) if form.is_bound).add_error(None, str(trouble))
        return False
    messages.success(request, _("Saved. The next proposal follows it."))
    return True


@login_required
@require_POST
def unpin(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    user = reader(request)
    actions.unpin(row=access.pin_for(user, slug, pk), actor=user)
    messages.success(request, _("Removed. The next proposal is free to choose."))
    return redirect("applications:board_rules", slug)


@login_required
@require_POST
def let_together(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    user = reader(request)
    actions.let_together(row=access.pair_for(user, slug, pk), actor=user)
    messages.success(request, _("Removed. Both may be proposed again."))
    return redirect("applications:board_rules", slug)
