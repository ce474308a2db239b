"""Pages of shared copies: make one, read one, take one back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reflections.common import queries
from reflections.sharing import access, actions
from reflections.sharing import queries as sharing_queries
from reflections.sharing.forms import ShareForm

PAGE = 20


@login_required
@require_safe
def copies(request: HttpRequest) -> HttpResponse:
    """What I shared, and what was shared with me."""
    page = Paginator(sharing_queries.copies_for(request.user), PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    may = queries.cohorts_to_write_in(request.user).exists()  # type: ignore[arg-type]
    return render(request, "reflections/sharing/copies.html", {"page": page, "may_share": may})


@login_required
@require_safe
def audiences(request: HttpRequest) -> HttpResponse:
    """For the journal page: in which cohorts a copy may be shared."""
    cohorts = queries.cohorts_to_write_in(request.user)  # type: ignore[arg-type]
    answer = JsonResponse({"cohorts": [{"id": str(cohort.pk), "name": cohort.name} for cohort in cohorts]})
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest) -> HttpResponse:
    """Make a readable copy. The journal page posts here too, and asks for JSON."""
    user = request.user
    if not queries.cohorts_to_write_in(user).exists():  # type: ignore[arg-type]
        raise Http404
    form = ShareForm(request.POST or None, user=user)  # type: ignore[arg-type]
    as_json = request.headers.get("accept") == "application/json"
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("cohort", "audience", "title", "body")}
        copy = actions.share(author=user, **data)  # type: ignore[arg-type]
        address = reverse("reflections:copy", args=[copy.pk])
        if as_json:
            return JsonResponse({"id": str(copy.pk), "url": address}, status=201)
        return redirect(address)
    if as_json:
        return JsonResponse({"error": "invalid", "fields": form.errors.get_json_data()}, status=422)
    return render(request, "reflections/sharing/share.html", {"form": form})


@login_required
@require_safe
def copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "reflections/sharing/copy.html", {"copy": access.copy_for(request.user, pk)})  # type: ignore[arg-type]


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.own_copy(request.user, pk)  # type: ignore[arg-type]
    if request.method == "POST":
        actions.withdraw(copy=found, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The copy is gone."))
        return redirect("reflections:copies")
    back = reverse("reflections:copy", args=[found.pk])
    return render(request, "reflections/sharing/withdraw.html", {"copy": found, "back": back, "danger": True})
