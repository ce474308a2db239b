"""Sessions as a list, one session, and its frame."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from cohort.people.access import cohort_for, cohorts_of, reader
from cohort.people.models import Membership, Role
from cohort.people.states import NotPossible
from sessions.agenda import labels as agenda_labels
from sessions.agenda import queries as agenda_queries
from sessions.agenda.timing import Agenda
from sessions.agreements import queries as agreements_queries
from sessions.attendance import queries as attendance_queries
from sessions.common import access, queries, undo
from sessions.groups import queries as groups_queries
from sessions.messages.ics import calendar_file
from sessions.models import Block, Run, Session
from sessions.planning import actions, undo_actions
from sessions.planning.forms import SessionForm

State = Session.State


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All sessions that the reader may know about, over all their cohorts."""
    user = reader(request)
    return render(
        request,
        "sessions/planning/index.html",
        {
            "sessions": agenda_queries.sessions_for(user),
            "hosted": list(cohorts_of(user, Role.FACILITATOR).order_by("name")),
        },
    )


@login_required
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One session: a desk for facilitators, a plain page for everybody else."""
    found, roles = access.session_for(reader(request), pk)
    if Role.FACILITATOR in roles:
        return render(request, "sessions/planning/desk.html", desk(found))
    mine = Membership.objects.current().filter(user=reader(request), cohort_id=found.cohort_id, role=Role.PARTICIPANT)
    context = agenda_context(found)
    context["presence"] = found.attendance.filter(membership__in=mine).first()
    return render(request, "sessions/planning/session.html", {**context, "attends": Role.PARTICIPANT in roles})


def agenda_context(session: Session) -> dict[str, Any]:
    """The session with its computed agenda, as all agenda pages show it."""
    blocks = agenda_queries.blocks_of(session)
    computed = agenda_queries.agenda_of(session, blocks)
    return {
        "session": session,
        "number": agenda_queries.number_of(session),
        "agenda": computed,
        "rows": agenda_queries.agenda_rows(blocks, computed),
        "objectives": list(session.objectives.all()),
        "zone": session.cohort.zone,
    }


def missing(session: Session, computed: Agenda, blocks: list[Block]) -> list[dict[str, Any]]:
    """The warnings in words, those that stop publishing first."""
    names = {str(block.pk): block.title for block in blocks}
    names |= {str(objective.pk): objective.text for objective in session.objectives.all()}
    found = [
        {"words": agenda_labels.warning(each, names), "blocks_publishing": each.blocks_publishing}
        for each in sorted(computed.warnings, key=lambda each: not each.blocks_publishing)
        if each.code != "no_lead"
    ]
    leaderless = [names[each.subject] for each in computed.warnings if each.code == "no_lead"]
    if leaderless:
        found.append({"words": agenda_labels.leaderless(leaderless), "blocks_publishing": False})
    return found


def desk(session: Session) -> dict[str, Any]:
    """Everything a facilitator sees of a session at a glance."""
    context = agenda_context(session)
    blocks = [row.block for row in context["rows"]]
    presences = attendance_queries.register_of(session) if session.state != State.DRAFT else []
    return {
        **context,
        "missing": missing(session, context["agenda"], blocks),
        "presences": presences,
        "there": sum(presence.is_there for presence in presences),
        "draw": groups_queries.draw_of(session),
        "run": Run.objects.filter(session=session).first(),
        "waiting": undo.of(session),
        "materials": agenda_queries.materials_of(blocks),
    }


@login_required
def create(request: HttpRequest, slug: str) -> HttpResponse:
    cohort = cohort_for(reader(request), slug, Role.FACILITATOR)
    form = SessionForm(request.POST or None, cohort=cohort)
    if request.method == "POST" and form.is_valid():
        made = actions.create_session(cohort=cohort, by=reader(request), **form.values())
        messages.success(request, _("Your draft is saved. Build the agenda next; only facilitators can see it."))
        return redirect("program_sessions:agenda", made.pk)
    return render(request, "sessions/planning/form.html", {"form": form, "cohort": cohort}, status=_status(form))


@login_required
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.hosted(reader(request), pk)
    form = SessionForm(request.POST or None, cohort=found.cohort, session=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_session(session=found, by=reader(request), **form.values())
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        else:
            messages.success(request, _("Saved."))
        return redirect("program_sessions:session", found.pk)
    return render(
        request,
        "sessions/planning/form.html",
        {"form": form, "session": found, "cohort": found.cohort},
        status=_status(form),
    )


def _status(form: SessionForm) -> int:
    return 422 if form.is_bound else 200


@login_required
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say who will hear, then publish."""
    found = access.hosted(reader(request), pk)
    if request.method == "POST":
        try:
            actions.publish(session=found, by=reader(request))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
        else:
            messages.success(request, _("Published."))
        return redirect("program_sessions:session", found.pk)
    blocks = agenda_queries.blocks_of(found)
    context = {
        "session": found,
        "people": queries.participants(found).count(),
        "missing": missing(found, agenda_queries.agenda_of(found, blocks), blocks),
        "agenda": agenda_queries.agenda_of(found, blocks),
        "back": reverse("program_sessions:session", args=[found.pk]),
        "at_once": not undo.hold(found),
    }
    return render(request, "sessions/planning/publish.html", context)


@login_required
def call_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call a published session off, or throw a draft away: each on its own page first."""
    found = access.hosted(reader(request), pk)
    draft = found.state == State.DRAFT
    if request.method == "POST":
        try:
            (actions.delete_draft if draft else actions.call_off)(session=found, by=reader(request))
        except NotPossible as trouble:
            messages.error(request, str(trouble))
            return redirect("program_sessions:session", found.pk)
        if draft:
            messages.success(request, _("The draft is gone."))
            return redirect("program_sessions:index")
        messages.success(request, _("The session is called off."))
        return redirect("program_sessions:session", found.pk)
    back = reverse("program_sessions:session", args=[found.pk])
    context = {"session": found, "danger": True, "back": back, "at_once": not undo.hold(found)}
    return render(request, "sessions/planning/call_off.html", context)


_TAKEN_BACK = {
    "publish": _lazy("Taken back. The session is a draft again, and nobody was told."),
    "change": _lazy("Taken back. Time, place and link are as before, and nobody was told."),
    "call-off": _lazy("Taken back. The session takes place, and nobody was told otherwise."),
}


@login_required
@require_POST
def take_back(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Undo publishing, a change or calling off before the first mail about it leaves."""
    found = access.hosted(reader(request), pk)
    try:
        undo_actions.take_back(session=found, by=reader(request), step=step)
    except NotPossible as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _TAKEN_BACK[step])
    return redirect("program_sessions:session", found.pk)


@login_required
def calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The session as a calendar file for the person who asks."""
    user = reader(request)
    found, _roles = access.session_for(user, pk)
    called_off = found.state == State.CANCELLED
    data = calendar_file(
        found,
        name=user.get_full_name(),
        email=user.email,
        number=agenda_queries.number_of(found),
        method="CANCEL" if called_off else "REQUEST",
    )
    return HttpResponse(
        data,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="session.ics"'},
    )


# ---------------------------------------------------------------- paper


@login_required
def run_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For facilitators: times, who leads, notes, materials."""
    found = access.hosted(reader(request), pk)
    context = agenda_context(found)
    context["materials"] = agenda_queries.materials_of(row.block for row in context["rows"])
    return render(request, "sessions/planning/print_run_sheet.html", context)


@login_required
def paper_agenda(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For participants: times, blocks, credits. No notes."""
    found, _roles = access.session_for(reader(request), pk)
    return render(request, "sessions/planning/print_agenda.html", agenda_context(found))


@login_required
def table_cards(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One card a table: people, roles, and the prompts of the blocks that happen at tables."""
    found = access.hosted(reader(request), pk)
    at_tables = [block for block in agenda_queries.blocks_of(found) if block.group == "table"]
    return render(
        request,
        "sessions/planning/print_table_cards.html",
        {
            "session": found,
            "draw": groups_queries.draw_of(found),
            "blocks": at_tables,
            "zone": found.cohort.zone,
            "agreements": agreements_queries.agreements_in_force(found.cohort_id),
        },
    )
