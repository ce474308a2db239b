"""The activity library."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cohort.people.access import reader
from cohort.people.models import Role
from sessions.common.access import visible_to
from sessions.library import access, queries
from sessions.models import Phase


def search(request: HttpRequest) -> dict[str, Any]:
    """The activities that match ``?q=`` and ``?phase=``, and what was asked."""
    words = request.GET.get("q", "").strip()[:80]
    phase = request.GET.get("phase", "")
    phase = phase if phase in Phase.values else ""
    return {
        "activities": queries.activities(words=words, phase=phase),
        "q": words,
        "phase": phase,
        "phases": Phase.choices,
    }


@login_required
def library(request: HttpRequest) -> HttpResponse:
    access.planners_only(reader(request))
    return render(request, "sessions/library/library.html", search(request))


@login_required
def activity(request: HttpRequest, slug: str) -> HttpResponse:
    """One activity: steps, questions with their readers, credit; and a way into each session being planned."""
    found = access.activity_for(reader(request), slug)
    drafts = visible_to(reader(request)).filter(
        state__in=["draft", "published"],
        cohort__memberships__user=reader(request),
        cohort__memberships__role=Role.FACILITATOR,
        cohort__memberships__ended_at__isnull=True,
    )
    return render(
        request,
        "sessions/library/activity.html",
        {"activity": found, "prompts": queries.prompts_in_words(found), "drafts": drafts.order_by("starts_at")},
    )
