"""Getting ready: a new participant's small steps, and the access role's page of what people need."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications.common.access_staff import offer_for
from applications.models import Offer, WelcomeTask
from applications.offers.onboarding import actions, queries
from applications.offers.onboarding.forms import ListingForm, NeedsForm
from cohort.people.access import cohort_for, cohorts_of, reader
from cohort.people.models import Role, User
from cohort.people.states import NotPossible

Kind = WelcomeTask.Kind


def _accepted(user: User, pk: UUID) -> Offer:
    found = offer_for(user, pk)
    if found.state != Offer.State.ACCEPTED:
        raise Http404
    return found


def _page(
    request: HttpRequest, offer: Offer, *, listing: ListingForm | None = None, needs: NeedsForm | None = None
) -> HttpResponse:
    tasks = queries.tasks_of(offer)
    chosen = next((task.choice for task in tasks if task.kind == Kind.LISTING), "")
    return render(
        request,
        "applications/offers/onboarding/welcome.html",
        {
            "offer": offer,
            "cohort": offer.cohort,
            "tasks": tasks,
            "done": sum(bool(task.done_at) for task in tasks),
            "needs": needs or NeedsForm(initial={"words": queries.own_needs(offer)}),
            "today": timezone.localdate(timezone=offer.cohort.zone),
            "listing": listing or ListingForm(initial={"choice": chosen}),
        },
    )


@login_required
@require_GET
def welcome(request: HttpRequest, offer: UUID) -> HttpResponse:
    """The steps between my “yes” and the first session."""
    return _page(request, _accepted(reader(request), offer))


@login_required
@require_POST
def do(request: HttpRequest, offer: UUID, kind: str) -> HttpResponse:
    """One step: done, chosen, or open again."""
    user = reader(request)
    found = _accepted(user, offer)
    if kind not in Kind.values:
        raise Http404
    needs, listing = NeedsForm(request.POST), ListingForm(request.POST)
    try:
        if kind == Kind.ACCESS:
            if not needs.is_valid():
                return _page(request, found, needs=needs)
            actions.say_needs(offer=found, words=needs.cleaned_data["words"], actor=user)
        elif kind == Kind.LISTING:
            if not listing.is_valid():
                return _page(request, found, listing=listing)
            actions.choose_listing(offer=found, choice=listing.cleaned_data["choice"], actor=user)
        else:
            actions.tick(offer=found, kind=kind, done=request.POST.get("then") != "again", actor=user)
        messages.success(request, _("Saved."))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect(reverse("applications:welcome", args=[offer]) + f"#{kind}")


# ---------------------------------------------------------------- the access role


@login_required
@require_GET
def needs_index(request: HttpRequest) -> HttpResponse:
    """To the one cohort whose access needs I look after, or a list of them."""
    cohorts = list(cohorts_of(reader(request), Role.ACCESS).order_by("name"))
    if not cohorts:
        raise PermissionDenied
    if len(cohorts) == 1:
        return redirect("applications:needs", cohorts[0].slug)
    return render(request, "applications/offers/onboarding/needs_index.html", {"cohorts": cohorts})


@login_required
@require_GET
def needs(request: HttpRequest, slug: str) -> HttpResponse:
    """What would help each participant who accepted a place. Looking at it is written down."""
    user = reader(request)
    cohort = cohort_for(user, slug, Role.ACCESS)
    rows = queries.needs_in(cohort)
    said = [row for row in rows if row.answers]
    actions.note_needs_seen(cohort=cohort, actor=user, people=len(said))
    answer = render(
        request,
        "applications/offers/onboarding/needs.html",
        {
            "cohort": cohort,
            "rows": said,
            "silent": len(rows) - len(said),
            "total": len(rows),
        },
    )
    answer["Cache-Control"] = "no-store"
    return answer
