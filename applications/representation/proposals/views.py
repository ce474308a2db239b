"""The representation board, for coordinators: the pool, proposals, and why."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.common.access_staff import call_for
from applications.common.audit import look
from applications.models import Call, Proposal
from applications.representation.outreach import queries as outreach_queries
from applications.representation.policy.target_forms import hidden_for
from applications.representation.pool import problem as pool_problem
from applications.representation.proposals import actions, explain, labels, queries
from applications.representation.proposals.comments import threads
from applications.representation.proposals.forms import (
    ApplicationNumberForm,
    CommentForm,
    DeclinedForm,
    ProposalNoteForm,
    SwapForm,
)
from applications.representation.targets import disclosure
from cohort.people.access import reader
from cohort.people.states import NotPossible

State = Proposal.State


def proposal_of(call: Call, number: int) -> Proposal:
    """A proposal of the call by its number; 404 otherwise."""
    newer = Proposal.objects.filter(call=call, state=State.DONE, number__gt=OuterRef("number"))
    found = (
        Proposal.objects.filter(call=call, number=number)
        .annotate(has_newer=Exists(newer))
        .select_related("asked_by", "base")
        .first()
    )
    if found is None:
        raise Http404
    found.call = call
    return found


@login_required
@require_GET
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The pool against the targets, and the proposals so far."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "board", actor=user)
    now = timezone.now()
    if not disclosure.exact(call, now):
        return render(
            request,
            "applications/representation/proposals/early.html",
            {
                "call": call,
                "cohort": call.cohort,
                "found": outreach_queries.outreach(call, now),
                "proposals": call.proposals.defer("problem", "stages").order_by("-number")[:20],
            },
        )
    pool = pool_problem.pool(call)
    proposals = list(call.proposals.defer("problem", "stages").order_by("-number")[:20])
    running = next((p for p in proposals if p.state in actions.OPEN), None)
    return render(
        request,
        "applications/representation/proposals/board.html",
        {
            "call": call,
            "cohort": call.cohort,
            "pool": pool,
            "charts": queries.pool_charts(pool),
            "proposals": proposals,
            "running": running,
            "done": [p for p in proposals if p.state == State.DONE],
        },
    )


@login_required
@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a proposal. A second press while one is worked out leads to that one."""
    user = reader(request)
    call = call_for(user, slug)
    try:
        proposal = actions.ask(call=call, actor=user)
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return redirect("applications:board", slug)
    if proposal.state in (State.DONE, State.IMPOSSIBLE):
        messages.info(request, _("Nothing has changed since this proposal, so the answer would be the same."))
    return redirect("applications:proposal", slug, proposal.number)


@login_required
@require_GET
def proposal(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One proposal: what it is worth, who is in and why; or how far it is."""
    user = reader(request)
    call = call_for(user, slug)
    found = proposal_of(call, number)
    look(found, "proposal", actor=user)
    if found.state in actions.OPEN or found.state in (State.CANCELLED, State.FAILED):
        return render(request, "applications/representation/proposals/working.html", _working(call, found))
    view = queries.shown(call, found, user)
    hidden = view.away
    if found.state == State.IMPOSSIBLE:
        return render(
            request,
            "applications/representation/proposals/impossible.html",
            {"call": call, "proposal": found, "view": view, "trouble": labels.trouble_words(found.trouble)},
        )
    return render(
        request,
        "applications/representation/proposals/proposal.html",
        {
            "call": call,
            "cohort": call.cohort,
            "proposal": found,
            "view": view,
            "matrices": view.matrices(*view.beside),
            "threads": threads(found),
            "comment_form": CommentForm(),
            "ask_form": ApplicationNumberForm(call, hidden),
            "swap_form": SwapForm(call, hidden),
            "newest": not getattr(found, "has_newer", False),
            "declined_form": DeclinedForm(call, hidden),
            "note_form": ProposalNoteForm(initial={"note": found.note}),
        },
    )


def _working(call: Call, found: Proposal) -> dict[str, object]:
    progress = found.progress or {}
    return {
        "call": call,
        "cohort": call.cohort,
        "proposal": found,
        "open": found.state in actions.OPEN,
        "done": progress.get("done", 0),
        "of": progress.get("of", 1) or 1,
        "stage": labels.stage_name(progress.get("stage", "queued")),
        "trouble": labels.trouble_words(found.trouble) if found.trouble else "",
    }


@login_required
@require_GET
def status(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """How far a proposal and its reasons are, as a piece of the page. ``X-Done`` says that there is something new."""
    call = call_for(reader(request), slug)
    found = proposal_of(call, number)
    if found.state in actions.OPEN:
        response = render(request, "applications/representation/proposals/_progress.html", _working(call, found))
        response["X-Done"] = "no"
    else:
        waiting = found.explanations.filter(state="asked").count()
        response = render(request, "applications/representation/proposals/_waiting.html", {"waiting": waiting})
        response["X-Done"] = "no" if waiting and request.GET.get("for") == "reasons" else "yes"
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    user = reader(request)
    call = call_for(user, slug)
    if actions.cancel(proposal=proposal_of(call, number), actor=user):
        messages.success(request, _("Stopped. Nothing else has changed."))
    return redirect("applications:proposal", slug, number)


@login_required
@require_POST
def note(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    user = reader(request)
    call = call_for(user, slug)
    form = ProposalNoteForm(request.POST)
    if form.is_valid():
        actions.remember(proposal=proposal_of(call, number), actor=user, note=form.cleaned_data["note"])
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("This note is too long. Use up to 300 characters."))
    return redirect("applications:proposal", slug, number)


@login_required
@require_http_methods(["GET", "POST"])
def why(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask about one application by number: why it is in, or why not."""
    user = reader(request)
    call = call_for(user, slug)
    found = proposal_of(call, number)
    look(found, "why", actor=user)
    form = ApplicationNumberForm(call, hidden_for(user, call), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            explain.ask(proposal=found, key=f"why:{form.cleaned_data['application'].pk}", actor=user)
            return redirect(f"{found_url(call, found)}#why")
        except NotPossible as trouble:
            form.add_error("application", str(trouble))
    return render(
        request, "applications/representation/proposals/why.html", {"call": call, "proposal": found, "form": form}
    )


@login_required
@require_POST
def question(request: HttpRequest, slug: str, number: int, key: str) -> HttpResponse:
    """Ask one of the questions about the whole proposal."""
    user = reader(request)
    call = call_for(user, slug)
    found = proposal_of(call, number)
    if key not in explain.KINDS:
        raise Http404
    try:
        explain.ask(proposal=found, key=key, actor=user)
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect(f"{found_url(call, found)}#{key}")


def found_url(call: Call, found: Proposal) -> str:
    return reverse("applications:proposal", args=[call.slug, found.number])


@login_required
@require_GET
def change(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Try a swap, or see who could take a seat; worked out at once, nothing is stored."""
    user = reader(request)
    call = call_for(user, slug)
    found = proposal_of(call, number)
    if found.state != State.DONE:
        raise Http404
    look(found, "change", actor=user)
    view = queries.shown(call, found, user, reasons=False)
    hidden = view.away
    swap_form = SwapForm(call, hidden, request.GET if "out" in request.GET else None)
    declined_form = DeclinedForm(call, hidden, request.GET if "declined" in request.GET else None)
    context = {"call": call, "proposal": found, "view": view, "swap_form": swap_form, "declined_form": declined_form}
    if swap_form.is_bound and swap_form.is_valid():
        out, into = str(swap_form.cleaned_data["out"].pk), str(swap_form.cleaned_data["into"].pk)
        if out not in view.cohort:
            swap_form.add_error("out", _("This application is not in the proposal."))
        elif into in view.cohort:
            swap_form.add_error("into", _("This application is in the proposal already."))
        elif into not in view.problem.index:
            swap_form.add_error("into", _("This application was not in the pool of this proposal."))
        else:
            context["swap"] = queries.swap(view, out, into)
    if declined_form.is_bound and declined_form.is_valid():
        declined = str(declined_form.cleaned_data["declined"].pk)
        if declined not in view.cohort:
            declined_form.add_error("declined", _("This application is not in the proposal."))
        else:
            context |= {"replacements": queries.replacements(view, declined), "declined": view.names.person(declined)}
    part = request.headers.get("X-Part") == "effect"  # only the piece that says what would change
    name = "_effect" if part and (swap_form.is_valid() or declined_form.is_valid()) else "change"
    response = render(request, f"applications/representation/proposals/{name}.html", context)
    response["Vary"] = "X-Part"
    return response


@login_required
@require_GET
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Two proposals beside each other, per factor value."""
    user = reader(request)
    call = call_for(user, slug)
    look(call, "compare", actor=user)
    said = Count("comments", filter=Q(comments__removed_at__isnull=True))
    done = list(
        call.proposals.filter(state=State.DONE).defer("problem", "stages").annotate(said=said).order_by("-number")[:20]
    )
    by_number = {str(p.number): p for p in done}
    new = by_number.get(request.GET.get("a", ""), done[0] if done else None)
    old = by_number.get(request.GET.get("b", ""), done[1] if len(done) > 1 else None)
    context: dict[str, object] = {"call": call, "done": done, "a": new, "b": old}
    if new is not None and old is not None and new.pk != old.pk:
        whole = {p.pk: p for p in call.proposals.filter(pk__in=[new.pk, old.pk])}
        one = queries.shown(call, whole[new.pk], reasons=False)
        two = one.other(whole[old.pk])
        context |= {
            "one": one,
            "two": two,
            "matrices": one.matrices((_("Proposal %(n)s") % {"n": old.number}, two.cohort)),
            "come": one.names.people(sorted(set(one.cohort) - set(two.cohort))),
            "leave": one.names.people(sorted(set(two.cohort) - set(one.cohort))),
        }
    return render(request, "applications/representation/proposals/compare.html", context)
