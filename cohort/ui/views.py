from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cohort.ui import cards


def home(request: HttpRequest) -> HttpResponse:
    """One screen: for a visitor what this is, for a member what matters now."""
    found = cards.cards_for(request.user)
    first = found[0] if found and found[0].now else None
    return render(request, "ui/home.html", {"cards": found, "first": first, "rest": found[1:] if first else found})


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Everything that a person can set about themselves, on one page of links."""
    kinds = list(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    return render(
        request,
        "ui/account.html",
        {"keys": kinds.count(Authenticator.Type.WEBAUTHN), "app": Authenticator.Type.TOTP in kinds},
    )


def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component and every state of a field, for people who work on Cohort. Only while DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    from cohort.ui import guide

    return render(request, "ui/guide.html", guide.context(bound="errors" in request.GET))
