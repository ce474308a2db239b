"""Agreements: read by all members, kept by facilitators."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cohort.people.access import cohort_and_roles, cohort_for, reader
from cohort.people.models import Role
from sessions.agreements import actions, queries
from sessions.agreements.forms import AgreementForm
from sessions.common import access
from sessions.models import Agreement


@login_required
def agreements(request: HttpRequest, slug: str) -> HttpResponse:
    """What is in force, and earlier versions."""
    cohort, roles = cohort_and_roles(reader(request), slug, *access.READERS)
    earlier = Agreement.objects.filter(cohort=cohort, retired_at__isnull=False).order_by("-retired_at")
    return render(
        request,
        "sessions/agreements/agreements.html",
        {
            "cohort": cohort,
            "agreements": queries.agreements_in_force(cohort.pk),
            "earlier": earlier,
            "keeps": Role.FACILITATOR in roles,
        },
    )


@login_required
def edit(request: HttpRequest, slug: str, pk: UUID | None = None) -> HttpResponse:
    """A new agreement, or a new version of one."""
    cohort = cohort_for(reader(request), slug, Role.FACILITATOR)
    agreement = access.agreement_for(cohort, pk) if pk else None
    form = AgreementForm(request.POST or None, instance=agreement)
    if request.method == "POST" and form.is_valid():
        if agreement:
            actions.reword(agreement=agreement, by=reader(request), **form.cleaned_data)
        else:
            actions.adopt(cohort=cohort, by=reader(request), **form.cleaned_data)
        messages.success(request, _("In force from now on."))
        return redirect("program_sessions:agreements", cohort.slug)
    context = {"form": form, "cohort": cohort, "agreement": agreement}
    return render(request, "sessions/agreements/agreement_form.html", context, status=422 if form.is_bound else 200)


@login_required
def retire(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    cohort = cohort_for(reader(request), slug, Role.FACILITATOR)
    agreement = access.agreement_for(cohort, pk)
    if request.method == "POST":
        actions.retire(agreement=agreement, by=reader(request))
        messages.success(request, _("This agreement is no longer in force. Its words stay readable."))
        return redirect("program_sessions:agreements", cohort.slug)
    back = reverse("program_sessions:agreements", args=[cohort.slug])
    return render(
        request, "sessions/agreements/agreement_retire.html", {"agreement": agreement, "cohort": cohort, "back": back}
    )
