"""The message log: what the program sent for a cohort, and why something did not go."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cohort.outbox import api as outbox_api
from cohort.outbox.log import queries
from cohort.outbox.registry import kinds
from cohort.people.access import cohort_and_roles, reader
from cohort.people.models import Role

PER_PAGE = 25
READERS = (Role.COORDINATOR, Role.FACILITATOR)


@login_required
@require_GET
def log(request: HttpRequest, slug: str) -> HttpResponse:
    """Who, what, planned for when, sent or not and why."""
    cohort, roles = cohort_and_roles(reader(request), slug, *READERS)
    view = request.GET.get("show", "all")
    if view not in queries.VIEWS:
        raise Http404
    found = queries.log_of(cohort, roles, view, kinds.kept_from(reader(request), cohort))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "cohort": cohort,
        "page": page,
        "rows": [queries.in_words(message, roles) for message in page],
        "views": [(name, words, name == view) for name, (words, _states) in queries.VIEWS.items()],
        "view": view,
    }
    return render(request, "outbox/log/log.html", context)


@login_required
def send_again(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Send one that was missed, now."""
    cohort, roles = cohort_and_roles(reader(request), slug, *READERS)
    away = kinds.kept_from(reader(request), cohort)
    message = get_object_or_404(queries.log_of(cohort, roles, "missed", away), pk=pk)
    if request.method == "POST":
        if outbox_api.send_again(message=message, actor=reader(request)):
            messages.success(request, _("The message goes out in a moment, or at the next good hour."))
        return redirect("outbox:log", slug=cohort.slug)
    return render(request, "outbox/log/send_again.html", {"cohort": cohort, "row": queries.in_words(message)})
