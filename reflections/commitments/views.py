"""Pages of commitments: make one, see them, look back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reflections.commitments import access, actions, queries
from reflections.commitments.forms import CommitmentForm, LookBackForm
from reflections.common import queries as common_queries
from reflections.models import Commitment

PAGE = 20


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """My commitments: what to look back on, what is still open, what is closed; then what others chose to show."""
    user = request.user
    mine = list(queries.commitments_of(user))  # type: ignore[arg-type]
    today = timezone.localdate()
    shown = Paginator(queries.commitments_shown_to(user), PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    return render(
        request,
        "reflections/commitments/commitments.html",
        {
            "due": [one for one in mine if one.is_open and one.look_back_on <= today],
            "open": [one for one in mine if one.is_open and one.look_back_on > today],
            "closed": [one for one in mine if not one.is_open],
            "page": shown,
            "may_commit": common_queries.cohorts_to_write_in(user).exists(),  # type: ignore[arg-type]
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    if not common_queries.cohorts_to_write_in(request.user).exists():  # type: ignore[arg-type]
        raise Http404
    form = CommitmentForm(request.POST or None, user=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        actions.commit(author=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, _("Saved. We will ask you how it went on the day you chose."))
        return redirect("reflections:commitments")
    return render(request, "reflections/commitments/commit.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def look_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.own_commitment(request.user, pk)  # type: ignore[arg-type]
    form = LookBackForm(request.POST or None, commitment=found) if found.is_open else None
    if request.method == "POST" and form is not None and form.is_valid():
        actions.look_back(commitment=found, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, _("Saved. Trying is what counts."))
        return redirect("reflections:commitments")
    return render(request, "reflections/commitments/look_back.html", {"commitment": found, "form": form})


@login_required
@require_POST
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the cohort see it, or only me again."""
    found = access.own_commitment(request.user, pk)  # type: ignore[arg-type]
    other = Commitment.Reader.AUTHOR if found.reader == Commitment.Reader.COHORT else Commitment.Reader.COHORT
    actions.show(commitment=found, by=request.user, reader=other)  # type: ignore[arg-type]
    messages.success(
        request,
        _("Everyone in your cohort can see it now.") if other == "cohort" else _("Only you can see it now."),
    )
    return redirect("reflections:look_back", pk=found.pk)


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.own_commitment(request.user, pk)  # type: ignore[arg-type]
    if request.method == "POST":
        actions.remove(commitment=found, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The commitment is gone."))
        return redirect("reflections:commitments")
    back = reverse("reflections:look_back", args=[found.pk])
    return render(
        request, "reflections/commitments/remove_commitment.html", {"commitment": found, "back": back, "danger": True}
    )
