"""Cohorts, people, invitations and the profile."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from cohort.people import actions, languages, queries
from cohort.people.access import cohort_and_roles, cohort_for, reader
from cohort.people.forms import CohortForm, InviteForm, ProfileForm
from cohort.people.models import Cohort, Invitation, Membership, Role, User
from cohort.ui import editing, rescue


@login_required
def cohorts(request: HttpRequest) -> HttpResponse:
    """The reader's cohorts, and the way to start one for those who may."""
    user = reader(request)
    return render(
        request, "people/cohorts.html", {"mine": queries.my_cohorts(user), "may_start": queries.may_start_cohort(user)}
    )


@rescue.keeps_typing
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    if not queries.may_start_cohort(user):
        raise PermissionDenied
    return editing.edit_page(
        request,
        CohortForm,
        obj=None,
        make=lambda values: actions.start_cohort(by=user, **values),
        then=_page_of,
        template="people/cohort_form.html",
        context={"new": True},
        said=lambda made: _("%(name)s is started. You are its coordinator.") % {"name": made.name},
    )


def _page_of(cohort: Cohort) -> str:
    return reverse("people:cohort", args=[cohort.slug])


@login_required
def cohort(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is here. Coordinators also see invitations and the way to change things."""
    found, roles = cohort_and_roles(reader(request), slug)
    runs_it = Role.COORDINATOR in roles
    shows_mail = runs_it
    return render(
        request,
        "people/cohort.html",
        {
            "reads_messages": bool(roles & {Role.COORDINATOR, Role.FACILITATOR}),
            "cohort": found,
            "roster": queries.roster(found),
            "runs_it": runs_it,
            "shows_mail": shows_mail,
            "invitations": queries.open_invitations(found) if runs_it else [],
            "invite_form": InviteForm(),
        },
    )


@rescue.keeps_typing
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    user = reader(request)
    found = cohort_for(user, slug, Role.COORDINATOR)
    return editing.edit_page(
        request,
        CohortForm,
        obj=found,
        write=lambda current, changes: actions.change_cohort(cohort=current, by=user, **changes),
        then=_page_of,
        template="people/cohort_form.html",
        context={"cohort": found},
    )


@login_required
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    found = cohort_for(reader(request), slug, Role.COORDINATOR)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            actions.invite(cohort=found, by=reader(request), **form.cleaned_data)
            messages.success(
                request,
                _("The invitation to %(email)s is on its way. The link works for %(days)s days.")
                % {"email": form.cleaned_data["email"], "days": actions.INVITATION_DAYS},
            )
            return redirect("people:cohort", found.slug)
        except actions.NotPossible as trouble:
            form.add_error("email", str(trouble))
    return render(
        request,
        "people/cohort.html",
        {
            "cohort": found,
            "roster": queries.roster(found),
            "runs_it": True,
            "shows_mail": True,
            "invitations": queries.open_invitations(found),
            "invite_form": form,
        },
        status=422,
    )


@login_required
@require_POST
def revoke(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    found = cohort_for(reader(request), slug, Role.COORDINATOR)
    invitation = get_object_or_404(Invitation, pk=pk, cohort=found)
    actions.revoke_invitation(invitation=invitation, by=reader(request))
    messages.success(request, _("The invitation is taken back. Its link no longer works."))
    return redirect("people:cohort", found.slug)


@login_required
def end_role(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Say what ending a role means, then do it."""
    found = cohort_for(reader(request), slug, Role.COORDINATOR)
    membership = get_object_or_404(Membership.objects.current().select_related("user", "cohort"), pk=pk, cohort=found)
    if request.method == "POST":
        try:
            actions.end_role(membership=membership, by=reader(request))
            messages.success(request, _("%(name)s no longer has this role.") % {"name": membership.user.called})
        except actions.NotPossible as trouble:
            messages.error(request, str(trouble))
        return redirect("people:cohort", found.slug)
    return render(request, "people/end_role.html", {"membership": membership, "cohort": found})


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link: who invites to what, then accept (signed in) or sign up."""
    try:
        found = actions.open_invitation(token)
    except actions.NotPossible as trouble:
        return render(request, "people/invitation_gone.html", {"trouble": str(trouble)}, status=410)
    if request.method == "POST" and request.user.is_authenticated:
        try:
            actions.accept_invitation(token=token, user=reader(request))
        except actions.NotPossible as trouble:
            return render(request, "people/invitation_gone.html", {"trouble": str(trouble)}, status=410)
        messages.success(request, _("Welcome to %(name)s.") % {"name": found.cohort.name})
        return redirect("home")
    if not request.user.is_authenticated:
        # the link came to this mailbox: an account made with it needs no second proof
        get_adapter(request).stash_verified_email(request, found.email)
    has_account = User.objects.filter(email__iexact=found.email).exists()
    return render(request, "people/invitation.html", {"invitation": found, "has_account": has_account})


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        actions.change_profile(user=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people:profile")
    return render(request, "people/profile.html", {"form": form})


def choose_language(request: HttpRequest) -> HttpResponse:
    """The language switch: a form that works without JavaScript. A signed-in reader's mail follows the choice."""
    response = set_language(request)
    if request.method == "POST" and request.user.is_authenticated:
        languages.choose(user=reader(request), code=request.POST.get("language", ""))
    return response
