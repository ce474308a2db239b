"""The live room: facilitators, the projector, and participants' phones.

Each view is a page that works by itself. With ``?part=1`` it gives only what changes, which live.js fetches
when the stream says that something did. So there is one rendering of every screen, on the server.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cohort.people.access import reader
from cohort.people.models import Role
from cohort.people.states import NotPossible
from sessions.agreements import queries as agreements_queries
from sessions.attendance import codes
from sessions.attendance import queries as attendance_queries
from sessions.common import access
from sessions.groups import queries as groups_queries
from sessions.library.access import usable_activity
from sessions.live import actions, labels, snapshots
from sessions.live.state import RunPhase
from sessions.models import Activity, Block, RunEvent, Session

#: A phone that has asked to pause carries this for two minutes, so that one worry is not counted ten times.
#: It lives on the phone only; the server keeps nothing about who asked.
ASKED, ASKED_FOR = "asked_to_pause", 120


def _live(request: HttpRequest, session: Session, base: str, context: dict[str, Any]) -> HttpResponse:
    part = "part" in request.GET
    context |= {"session": session, "zone": session.cohort.zone, "part": part}
    response = render(request, f"sessions/live/_{base}.html" if part else f"sessions/live/{base}.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
def desk(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the facilitator steers with."""
    found = access.hosted(reader(request), pk)
    live = snapshots.read(found)
    if live.run is None and found.state != Session.State.ENDED:
        return redirect("program_sessions:session", found.pk)
    payload = snapshots.desk(live)
    return _live(
        request,
        found,
        "desk",
        {
            "live": payload,
            "state": live.state,
            "options": _options(live),
            "actual": _actual(live),
            "agreements": agreements_queries.agreements_in_force(found.cohort_id),
            "presences": attendance_queries.register_of(found),
            "draw": groups_queries.draw_of(found),
            "insertable": Activity.objects.filter(retired=False).order_by("position").only("slug", "name", "minutes"),
            "blocks_planned": list(found.blocks.filter(position__isnull=False).order_by("position")),
            **_check_in(found),
        },
    )


def _options(live: snapshots.Live) -> list[dict[str, Any]]:
    found = snapshots.options(live)
    if not found:
        return []
    titles = {str(pk): title for pk, title in Block.objects.filter(session=live.session).values_list("pk", "title")}
    before = {item.id: item.minutes - snapshots.minutes_had(live.state, item) for item in live.state.coming}
    return [
        {**labels.option(option, titles, before), "number": number, "fingerprint": actions.fingerprint_of(option)}
        for number, option in enumerate(found)
    ]


def _actual(live: snapshots.Live) -> list[dict[str, Any]]:
    """After the end: planned and real minutes of each block that took place (one statement)."""
    if live.state.phase is not RunPhase.ENDED:
        return []
    blocks = {str(block.pk): block for block in Block.objects.filter(session=live.session)}
    return [
        {"title": blocks[key].title, "planned": blocks[key].minutes, "took": round(seconds / 60)}
        for key, seconds in live.state.used
        if key in blocks
    ]


def _check_in(session: Session) -> dict[str, Any]:
    """The code of this minute with its address and QR picture, while the room is open."""
    if session.state != Session.State.RUNNING:
        return {}
    code = codes.code_for(session)
    picture = _picture(reverse("program_sessions:check_in", args=[code]), "check_in")
    return {"code": code, "code_spaced": f"{code[:3]} {code[3:]}", **picture}


def _picture(path: str, name: str) -> dict[str, Any]:
    """A QR picture of an address of ours, and the address, as ``<name>_qr`` and ``<name>_url``."""
    url = settings.SITE_URL + path
    picture = segno.make(url, error="m").svg_inline(scale=6, border=2, dark="#000", light="#fff", omitsize=True)
    return {f"{name}_qr": mark_safe(picture), f"{name}_url": url}  # noqa: S308  made of our own address


@login_required
def screen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the projector shows: nothing that a participant may not see."""
    found = access.hosted(reader(request), pk)
    live = snapshots.read(found)
    there, expected = attendance_queries.headcount(found)
    context = {"live": snapshots.room(live), "there": there, "expected": expected, **_check_in(found)}
    if live.survey:
        context |= _picture(reverse("program_sessions:survey", args=[live.survey]), "survey")
    return _live(request, found, "screen", context)


@login_required
def phone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a participant sees: now, next, my table, the questions, and a way to ask for a pause."""
    found, _roles = access.session_for(reader(request), pk, Role.PARTICIPANT)
    membership = access.own_membership(reader(request), found)
    live = snapshots.read(found)
    seat = groups_queries.seat_of(found, membership)
    context = {
        "live": snapshots.room(live),
        "seat": seat,
        "table": groups_queries.people_at(seat) if seat else [],
        "presence": found.attendance.filter(membership=membership).first(),
        "agreements": agreements_queries.agreements_in_force(found.cohort_id),
        "asked": ASKED in request.COOKIES,
        "survey": live.survey,
    }
    return _live(request, found, "phone", context)


@login_required
@require_POST
def open_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.hosted(reader(request), pk)
    try:
        actions.open_room(session=found, by=reader(request))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return redirect("program_sessions:session", found.pk)
    return redirect("program_sessions:live", found.pk)


@login_required
@require_POST
def close_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.hosted(reader(request), pk)
    try:
        actions.close_room(session=found, by=reader(request))
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return redirect("program_sessions:live", found.pk)
    messages.success(request, _("The room is closed. The session is as it was before."))
    return redirect("program_sessions:session", found.pk)


@login_required
@require_POST
def press(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One button of the facilitator's view. Answers with JSON to live.js, with a redirect to a plain form."""
    found = access.hosted(reader(request), pk)
    trouble = ""
    counted = False
    try:
        counted = _press(request, found)
    except NotPossible as why:
        trouble = str(why)
    except (KeyError, ValueError):
        trouble = _("The button did not say what it should do. Reload the page and try again.")
    if "application/json" in request.headers.get("Accept", ""):
        payload = snapshots.desk(snapshots.read(found))
        answer = {"counted": counted, "trouble": trouble, "state": payload}
        return JsonResponse(answer, status=409 if trouble else 200)
    if trouble:
        messages.error(request, trouble)
    elif not counted:
        messages.info(request, _("Your co-facilitator had just moved on, so this press did not count."))
    return redirect("program_sessions:live", found.pk)


def _press(request: HttpRequest, session: Session) -> bool:
    data, user = request.POST, reader(request)
    kind, expected = data["kind"], int(data["expected"])
    if kind == RunEvent.Kind.RETIME:
        return actions.retime(
            session=session, by=user, expected=expected, choice=int(data["choice"]), fingerprint=data["fingerprint"]
        )
    more: dict[str, Any] = {}
    if kind == RunEvent.Kind.EXTEND:
        more = {"minutes": int(data["minutes"])}
    elif kind == RunEvent.Kind.DROP:
        more = {"block": str(UUID(data["block"]))}
    elif kind == RunEvent.Kind.INSERT:
        activity = usable_activity(data["activity"])
        more = {"activity": activity, "minutes": int(data.get("minutes") or 0) or None, "now": data.get("now") == "1"}
    elif kind == RunEvent.Kind.RETURN_TO_AGREEMENT:
        more = {"agreement": data.get("agreement", "")}
    elif kind not in RunEvent.Kind.values:
        raise ValueError(kind)
    return actions.press(session=session, by=user, kind=kind, expected=expected, **more)


@login_required
@require_POST
def pause_please(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A participant asks for a pause. Nothing that names them is passed on or kept."""
    found, _roles = access.session_for(reader(request), pk, Role.PARTICIPANT)
    response = redirect("program_sessions:now", found.pk)
    if ASKED in request.COOKIES:
        return response
    try:
        actions.ask_to_pause(session=found)
    except NotPossible as trouble:
        messages.error(request, str(trouble))
        return response
    response.set_cookie(
        ASKED,
        "1",
        max_age=ASKED_FOR,
        path=reverse("program_sessions:session", args=[found.pk]),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    messages.success(request, _("The facilitators know that someone would like a pause. They do not know who."))
    return response


@login_required
@require_POST
def pause_seen(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = access.hosted(reader(request), pk)
    actions.pause_seen(session=found, by=reader(request))
    return redirect("program_sessions:live", found.pk)


@login_required
@never_cache
def state(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The state as JSON with an ETag; 304 while nothing has changed. ``?desk=1`` for facilitators' additions."""
    wants_desk = "desk" in request.GET
    roles = (Role.FACILITATOR,) if wants_desk else (Role.FACILITATOR, Role.PARTICIPANT)
    found, _roles = access.session_for(reader(request), pk, *roles)
    live = snapshots.read(found)
    tag = snapshots.etag(live, desk=wants_desk)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    payload = snapshots.desk(live) if wants_desk else snapshots.room(live)
    return JsonResponse(payload, headers={"ETag": tag})
