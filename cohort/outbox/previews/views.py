"""Examples of mail for those who get it, and previews for those who run a cohort."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from cohort.outbox import frames, rendering
from cohort.outbox.log import queries as log_queries
from cohort.outbox.log.views import READERS
from cohort.outbox.preferences import queries as preferences_queries
from cohort.outbox.previews import queries, samples
from cohort.outbox.previews.forms import PreviewForm
from cohort.outbox.registry import kinds
from cohort.people.access import cohort_and_roles, reader
from cohort.people.models import Membership

# ---------------------------------------------------------------- examples


def _example(request: HttpRequest, name: str) -> tuple[kinds.MessageKind, rendering.Mail]:
    user = reader(request)
    kind = next((kind for kind in preferences_queries.kinds_of(user) if kind.name == name), None)
    if kind is None or kind.example is None:
        raise Http404
    return kind, samples.mail(kind, language=user.language, time_zone=user.time_zone)


@login_required
@never_cache
@require_GET
def example(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind of mail, made from invented facts, for a person who may get it."""
    found, mail = _example(request, kind)
    context = {
        "kind": found,
        "headers": queries.headers_of(mail)[: queries.PLAIN],
        "text": frames.linked(str(mail.body)),
    }
    return render(request, "outbox/previews/example.html", context)


@login_required
@xframe_options_exempt
@require_GET
def example_html(request: HttpRequest, kind: str) -> HttpResponse:
    return frames.framed(queries.html_of(_example(request, kind)[1]))


# ---------------------------------------------------------------- previews


@login_required
@never_cache
@require_GET
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Which kind, and for whom."""
    cohort, roles = cohort_and_roles(reader(request), slug, *READERS)
    open_ones = queries.kinds_for(roles)
    # A link may name the kind alone; the person is chosen here.
    asked = request.GET if "member" in request.GET else None
    start = {"kind": request.GET.get("kind", "")}
    form = PreviewForm(asked, kinds=open_ones, people=queries.people_of(cohort), initial=start)
    if form.is_bound and form.is_valid():
        return redirect("outbox:preview_kind", cohort.slug, form.cleaned_data["kind"], form.cleaned_data["member"])
    others = [kind for kind in kinds.registered() if kind not in open_ones and kind.example]
    context = {"cohort": cohort, "form": form, "others": sorted(others, key=lambda kind: str(kind.title))}
    return render(request, "outbox/previews/preview_choose.html", context)


def _of_kind(request: HttpRequest, slug: str, name: str, member: UUID) -> queries.Preview:
    cohort, roles = cohort_and_roles(reader(request), slug, *READERS)
    kind = next((kind for kind in queries.kinds_for(roles) if kind.name == name), None)
    if kind is None:
        raise Http404
    held = Membership.objects.current().filter(cohort=cohort).select_related("user", "cohort")
    found = queries.of_kind(kind, get_object_or_404(held, pk=member), reader(request))
    if found is None:
        raise Http404
    return found


def _of_row(request: HttpRequest, slug: str, pk: UUID) -> queries.Preview:
    cohort, roles = cohort_and_roles(reader(request), slug, *READERS)
    found = queries.of_row(get_object_or_404(queries.rows_for(cohort, roles), pk=pk), reader(request))
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: queries.Preview, member: UUID | None = None) -> HttpResponse:
    context = {
        "preview": found,
        "cohort": found.message.cohort,
        "row": log_queries.in_words(found.message),
        "member": member,
        "text": frames.linked(str(found.mail.body)) if found.mail else "",
    }
    return render(request, "outbox/previews/preview.html", context)


def _html(found: queries.Preview) -> HttpResponse:
    if found.mail is None:
        raise Http404
    return frames.framed(queries.html_of(found.mail))


@login_required
@never_cache
@require_GET
def kind(request: HttpRequest, slug: str, kind: str, member: UUID) -> HttpResponse:
    """What one person would get next of one kind."""
    return _page(request, _of_kind(request, slug, kind, member), member)


@login_required
@xframe_options_exempt
@require_GET
def kind_html(request: HttpRequest, slug: str, kind: str, member: UUID) -> HttpResponse:
    return _html(_of_kind(request, slug, kind, member))


@login_required
@never_cache
@require_GET
def row(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One message that waits, as it would go now."""
    return _page(request, _of_row(request, slug, pk))


@login_required
@xframe_options_exempt
@require_GET
def row_html(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    return _html(_of_row(request, slug, pk))
