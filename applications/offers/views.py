"""Offers: the applicant answers in two clicks; coordinators see answers and fill places that opened."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.common.access_staff import call_for, hidden_from, kept_away, offer_for
from applications.common.audit import look
from applications.decisions import seats
from applications.decisions.forms import DaysForm, ReplaceForm
from applications.models import Call, Offer
from applications.offers import actions, queries, waitlist
from cohort.people.access import reader
from cohort.people.models import User
from cohort.people.states import NotPossible

OTHERS = 12  # people whose effect on the balance can be looked at from the page of an open place


@login_required
def offer(request: HttpRequest, offer: UUID) -> HttpResponse:
    """My offer: what I say yes to, until when, and the two answers."""
    found = offer_for(reader(request), offer)
    call = found.application.call
    zone = reader(request).time_zone or found.cohort.time_zone
    late = found.state == Offer.State.OPEN and found.reply_by < timezone.now()
    return render(
        request,
        "applications/offers/offer.html",
        {"offer": found, "cohort": found.cohort, "call": call, "zone": zone, "late": late},
    )


@login_required
@require_POST
def accept(request: HttpRequest, offer: UUID) -> HttpResponse:
    user = reader(request)
    found = offer_for(user, offer)
    try:
        actions.accept(offer=found, actor=user)
        messages.success(request, _("Welcome. Your place is taken, by you."))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("applications:offer", offer)


@login_required
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, offer: UUID) -> HttpResponse:
    user = reader(request)
    found = offer_for(user, offer)
    if request.method == "POST":
        try:
            actions.decline(offer=found, actor=user)
            messages.success(request, _("Thank you for telling us. Your place goes to somebody else."))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        return redirect("applications:offer", offer)
    if found.state != Offer.State.OPEN:
        return redirect("applications:offer", offer)
    return render(request, "applications/offers/decline.html", {"offer": found, "cohort": found.cohort})


# ---------------------------------------------------------------- coordinators


@login_required
def offers(request: HttpRequest, slug: str) -> HttpResponse:
    """All offers of a call and what each needs."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "offers", actor=user)
    return render(
        request,
        "applications/offers/list.html",
        {
            "call": call,
            "cohort": call.cohort,
            "rows": queries.offers_of(call),
            "seats": seats.seats(call.cohort),
            "hidden": hidden_from(user, call),
            "now": timezone.now(),
            "today": timezone.localdate(timezone=call.cohort.zone),
        },
    )


def _offer_of(user: User, call: Call, offer: UUID) -> Offer:
    """One offer of a call, for a coordinator without a tie to its application; 404 otherwise."""
    found = (
        Offer.objects.filter(pk=offer, application__call=call)
        .select_related("application__applicant", "cohort")
        .first()
    )
    if found is None or kept_away(user, found.application):
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, slug: str, offer: UUID) -> HttpResponse:
    """Offer an open place to the next on the waiting list, in one step."""
    user = reader(request)
    call = call_for(user, slug)
    found = _offer_of(user, call, offer)
    found.application.call = call
    look(found.application, "replace", actor=user)
    waiting = {
        str(row.application.pk): row for row in queries.waiting_list(call, offer=found, away=hidden_from(user, call))
    }
    line = [(key, _line_words(row)) for key, row in waiting.items()]
    first = {"application": request.GET.get("with") if request.GET.get("with") in waiting else None}
    form = ReplaceForm(request.POST or None, line=line, initial={key: one for key, one in first.items() if one})
    if request.method == "POST" and form.is_valid():
        try:
            chosen = waiting[form.cleaned_data["application"]].application
            release = actions.replace(offer=found, application=chosen, actor=user, note=form.cleaned_data["note"])
            return redirect("applications:release", slug, release.pk)
        except NotPossible as trouble:
            form.add_error(None, str(trouble))
    looked_at = request.POST.get("application") or request.GET.get("with", "")
    looked_at = looked_at if looked_at in waiting else next(iter(waiting), "")
    return render(
        request,
        "applications/offers/replace.html",
        {
            "call": call,
            "offer": found,
            "form": form,
            "waiting": line,
            "looked_at": waiting[looked_at].application if looked_at else None,
            "others": [(key, row.application.reference) for key, row in waiting.items() if key != looked_at][:OTHERS],
            "standings": waitlist.standings(call, found, looked_at) if looked_at else [],
        },
    )


def _line_words(row: queries.Waiting) -> str:
    words = _("%(number)s, band %(band)s, score %(score)s") % {
        "number": row.application.reference,
        "band": row.band or "–",
        "score": row.hundred,
    }
    if row.fit is None:
        return words
    balance = _("a floor would be missed") if row.fit.opens_gap else _("no new gap in the balance")
    return f"{words}: {balance}"


@login_required
@require_POST
def more_days(request: HttpRequest, slug: str, offer: UUID) -> HttpResponse:
    user = reader(request)
    found = _offer_of(user, call_for(user, slug), offer)
    form = DaysForm(request.POST)
    if form.is_valid():
        try:
            actions.give_more_days(offer=found, days=form.cleaned_data["days"], actor=user)
            messages.success(
                request, _("They can answer until the new day. Tell them, please: no email goes out for this.")
            )
        except NotPossible as trouble:
            messages.error(request, str(trouble))
    return redirect("applications:offers", slug)
