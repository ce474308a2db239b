"""Keeping other groups as proposals, and comments between coordinators."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.common.access_staff import call_for
from applications.models import Call, Explanation, Proposal, ProposalComment
from applications.representation.policy.target_forms import hidden_for
from applications.representation.proposals import scenarios
from applications.representation.proposals.forms import CommentForm, SwapForm
from applications.representation.proposals.views import proposal_of
from cohort.people.access import reader
from cohort.people.states import NotPossible


@login_required
@require_POST
def keep_swap(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Keep the group of a proposal with one person changed."""
    user = reader(request)
    call = call_for(user, slug)
    found = proposal_of(call, number)
    form = SwapForm(call, hidden_for(user, call), request.POST)
    if not form.is_valid():
        raise Http404
    out, into = str(form.cleaned_data["out"].pk), str(form.cleaned_data["into"].pk)
    if out not in found.cohort:
        raise Http404
    group = [one for one in found.cohort if one != out] + [into]
    note = _("Proposal %(n)s with %(into)s instead of %(out)s") % {
        "n": number,
        "into": form.cleaned_data["into"].reference,
        "out": form.cleaned_data["out"].reference,
    }
    return _kept(request, call, found, group, Proposal.Origin.HAND, note)


@login_required
@require_POST
def keep_group(request: HttpRequest, slug: str, number: int, group: int) -> HttpResponse:
    """Keep one of the other good groups of a proposal."""
    call = call_for(reader(request), slug)
    found = proposal_of(call, number)
    answer = Explanation.objects.filter(proposal=found, key="alternatives", state=Explanation.State.READY).first()
    cohorts = answer.answer.get("cohorts", []) if answer else []
    if not 1 <= group <= len(cohorts):
        raise Http404
    note = _("Group %(group)s beside proposal %(n)s") % {"group": group, "n": number}
    return _kept(request, call, found, cohorts[group - 1]["cohort"], Proposal.Origin.CHOSEN, note)


def _kept(request: HttpRequest, call: Call, base: Proposal, group: list[str], origin: str, note: str) -> HttpResponse:
    try:
        made = scenarios.keep(base=base, cohort=group, origin=origin, actor=reader(request), note=note)
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return redirect("applications:proposal", call.slug, base.number)
    messages.success(request, _("Kept as proposal %(n)s. You can compare it with the others.") % {"n": made.number})
    return redirect("applications:proposal", call.slug, made.number)


@login_required
@require_POST
def comment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say something about a proposal, or answer (``to``)."""
    user = reader(request)
    call = call_for(user, slug)
    found = proposal_of(call, number)
    form = CommentForm(request.POST)
    to = request.POST.get("to", "")
    parent = next((c for c in found.comments.all() if str(c.pk) == to), None)
    if to and parent is None:
        raise Http404
    if form.is_valid():
        try:
            made = scenarios.comment(proposal=found, actor=user, words=form.cleaned_data["words"], parent=parent)
            return redirect(f"{reverse('applications:proposal', args=[slug, number])}#c-{made.pk}")
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    return render(
        request,
        "applications/representation/proposals/comment.html",
        {"call": call, "proposal": found, "form": form, "parent": parent},
    )


def _mine(call: Call, number: int, pk: UUID, request: HttpRequest) -> ProposalComment:
    """One's own comment that is still there; 404 otherwise."""
    return get_object_or_404(
        ProposalComment.objects.select_related("proposal__call__cohort"),
        pk=pk,
        proposal__call=call,
        proposal__number=number,
        author=reader(request),
        removed_at__isnull=True,
    )


@login_required
@require_http_methods(["GET", "POST"])
def comment_edit(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """Change one's own comment."""
    user = reader(request)
    call = call_for(user, slug)
    found = _mine(call, number, pk, request)
    form = CommentForm(request.POST if request.method == "POST" else None, initial={"words": found.words})
    if request.method == "POST" and form.is_valid():
        scenarios.edit_comment(comment=found, actor=user, words=form.cleaned_data["words"])
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('applications:proposal', args=[slug, number])}#c-{found.pk}")
    return render(
        request,
        "applications/representation/proposals/comment.html",
        {"call": call, "proposal": found.proposal, "form": form, "comment": found},
    )


@login_required
@require_http_methods(["GET", "POST"])
def comment_remove(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """Take one's own comment back, after saying what that does."""
    user = reader(request)
    call = call_for(user, slug)
    found = _mine(call, number, pk, request)
    if request.method == "POST":
        scenarios.remove_comment(comment=found, actor=user)
        messages.success(request, _("Your comment is gone."))
        return redirect(f"{reverse('applications:proposal', args=[slug, number])}#comments")
    return render(
        request,
        "applications/representation/proposals/comment_remove.html",
        {"call": call, "proposal": found.proposal, "comment": found},
    )
