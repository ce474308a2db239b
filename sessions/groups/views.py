"""Drawing tables."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohort.people.access import reader
from cohort.people.states import NotPossible
from sessions.common import access
from sessions.groups import actions, labels, queries
from sessions.groups.forms import PairForm, WorkFactsForm
from sessions.models import PairRule


@login_required
def tables(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tables in use with their reasons, and who must sit apart."""
    found = access.hosted(reader(request), pk)
    form = PairForm(request.POST or None, session=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_apart(session=found, by=reader(request), **form.cleaned_data)
        except NotPossible as trouble:
            form.add_error("other", str(trouble))
        else:
            messages.success(request, _("Saved. It holds from the next draw on."))
            return redirect("program_sessions:tables", found.pk)
    draw = queries.draw_of(found)
    reasons = [labels.reason(row["code"], row["number"]) for row in draw.reasons if row["number"]] if draw else []
    rules = PairRule.objects.filter(cohort_id=found.cohort_id).select_related("first__user", "second__user")
    context = {"session": found, "draw": draw, "reasons": reasons, "form": form, "rules": rules}
    return render(request, "sessions/groups/tables.html", context, status=422 if form.is_bound else 200)


@login_required
def work_facts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Employer, sector and style of each participant, so that tables mix."""
    found = access.hosted(reader(request), pk)
    people = queries.people_with_facts(found)
    forms = [
        (member, WorkFactsForm(request.POST or None, prefix=str(member.pk), initial=queries.facts_of(member)))
        for member in people
    ]
    valid = [form.is_valid() for _member, form in forms]  # every form, so that every mistake is shown
    if request.method == "POST" and all(valid):
        facts = {member.pk: actions.WorkFacts(**form.cleaned_data) for member, form in forms}
        actions.note_work_facts(session=found, by=reader(request), facts=facts)
        messages.success(request, _("Saved. It holds from the next draw on."))
        return redirect("program_sessions:tables", found.pk)
    return render(request, "sessions/groups/work_facts.html", {"session": found, "rows": forms})


@login_required
@require_POST
def draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.hosted(reader(request), pk)
    try:
        actions.draw(session=found, by=reader(request), everyone=request.POST.get("who") == "everyone")
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect("program_sessions:tables", found.pk)


@login_required
@require_POST
def remove_rule(request: HttpRequest, pk: UUID, rule: UUID) -> HttpResponse:
    found = access.hosted(reader(request), pk)
    row = get_object_or_404(PairRule, pk=rule, cohort_id=found.cohort_id)
    actions.no_longer_apart(session=found, by=reader(request), rule=row)
    return redirect("program_sessions:tables", found.pk)
