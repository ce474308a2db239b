from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cohort.ui import cards


def home(request: HttpRequest) -> HttpResponse:
    """One screen: for a visitor what this is, for a member what matters now."""
    return render(request, "ui/home.html", {"cards": cards.cards_for(request.user)})  # type: ignore[arg-type]
