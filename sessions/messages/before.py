"""What members and facilitators hear in the weeks and hours before a session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.outbox.models import Message
from cohort.outbox.registry import kinds, wall_time
from cohort.people.models import Membership, Role
from sessions.agenda import labels as agenda_labels
from sessions.agenda import queries as agenda_queries
from sessions.agenda.timing import Warning
from sessions.common.states import State
from sessions.messages import samples
from sessions.messages.facts import (
    coming,
    context_of,
    day_of,
    excused,
    facts,
    member_of,
    not_on_that_day,
    refs_for,
    refs_of_next,
    session_of,
    since,
)
from sessions.models import Attendance, Session

MORNING = time(9)
#: Days before a session on which its facilitators hear what is still missing.
READINESS_DAYS = (14, 3)
SOON, TOO_LATE = timedelta(minutes=45), timedelta(minutes=10)
RUN_SHEET_AT, RUN_SHEET_LATEST = time(7, 30), timedelta(minutes=60)
#: A moment that passed longer ago than this is not filled in when a session moves.
PAST = timedelta(hours=12)


def _days_before(session: Session, member: Membership, days: int) -> datetime:
    """Nine in the morning where the reader is, so many days before the session."""
    zone = wall_time.zone_named(member.user.time_zone, session.cohort.time_zone)
    return wall_time.at(session.starts_at.astimezone(zone).date() - timedelta(days=days), MORNING, zone)


def _each(
    now: datetime,
    within: timedelta,
    name: str,
    moments: Callable[[Session, Membership], Iterable[tuple[str, datetime]]],
    wanted: Callable[[Session, Membership], bool],
    not_after: Callable[[Session], datetime],
    **fields: Any,
) -> Iterable[kinds.Planned]:
    """One message for each wanted member of each coming session, at each of its ``moments`` that is near.

    The key names the session's date, so that a session that moves to another day is reminded of anew.
    """
    for session, member in coming(now, within):
        if not wanted(session, member):
            continue
        day = str(day_of(session))
        for part, due_at in moments(session, member):
            if now - PAST <= due_at <= now + kinds.HORIZON:
                yield kinds.Planned(
                    key=":".join(filter(None, [name, str(session.pk), str(member.pk), part, day])),
                    recipient=member.user,
                    cohort=session.cohort,
                    refs=refs_for(session, member, day=day),
                    due_at=due_at,
                    not_after=not_after(session),
                    since=since(session, member),
                    **fields,
                )


def _hosts(session: Session, member: Membership) -> bool:
    return member.role == Role.FACILITATOR


# ---------------------------------------------------------------- a week before


def _plan_week_before(now: datetime) -> Iterable[kinds.Planned]:
    return _each(
        now,
        kinds.HORIZON + timedelta(days=8),
        "week_before",
        moments=lambda session, member: [("", _days_before(session, member, 7))],
        wanted=lambda session, member: bool(session.prework or session.ask_needs),
        not_after=lambda session: session.starts_at - timedelta(hours=24),
        weekends=True,  # seven days before a session is the same day of the week
    )


def _week_before_needed(message: Message) -> str | None:
    reason = not_on_that_day(message)
    if reason:
        return reason
    session, member = facts(message)
    if not (session.prework or session.ask_needs):
        return "nothing_to_do_before"
    return "not_coming" if excused(session, member) else None


# ---------------------------------------------------------------- starting soon


def _plan_soon(now: datetime) -> Iterable[kinds.Planned]:
    return _each(
        now,
        kinds.HORIZON + timedelta(hours=1),
        "soon",
        moments=lambda session, member: [("", session.starts_at - SOON)],
        wanted=lambda session, member: session.writes_soon and not _hosts(session, member),
        not_after=lambda session: session.starts_at + TOO_LATE,
        weekends=True,
    )


def _soon_needed(message: Message) -> str | None:
    session, member = session_of(message), member_of(message)
    if session is None or session.state not in (State.PUBLISHED, State.RUNNING):
        return "session_not_published"
    if member is None:
        return "left_the_cohort"
    if message.refs.get("day") != str(day_of(session)) or session.starts_at - SOON > timezone.now() + TOO_LATE:
        return "session_moved"
    if not session.writes_soon:
        return "not_wanted"
    row = Attendance.objects.filter(session=session, membership=member).first()
    if row is None or row.state == Attendance.State.EXPECTED:
        return None
    return "not_coming" if row.state in Attendance.AWAY else "checked_in"


# ---------------------------------------------------------------- for facilitators


def _plan_readiness(now: datetime) -> Iterable[kinds.Planned]:
    return _each(
        now,
        kinds.HORIZON + timedelta(days=max(READINESS_DAYS) + 1),
        "ready",
        moments=lambda session, member: [(str(n), _days_before(session, member, n)) for n in READINESS_DAYS],
        wanted=_hosts,
        not_after=lambda session: session.starts_at,
    )


def _pieces(session: Session) -> list[str]:
    return agenda_labels.pieces(agenda_queries.agenda_of(session).warnings)


def _readiness_needed(message: Message) -> str | None:
    reason = not_on_that_day(message)
    if reason:
        return reason
    return None if agenda_queries.agenda_of(facts(message)[0]).warnings else "nothing_missing"


def _readiness_context(message: Message) -> dict[str, Any]:
    context = context_of(message)
    return {**context, "pieces": _pieces(context["session"])}


def _plan_run_sheet(now: datetime) -> Iterable[kinds.Planned]:
    def moment(session: Session, member: Membership) -> datetime:
        zone = wall_time.zone_named(member.user.time_zone, session.cohort.time_zone)
        day = session.starts_at.astimezone(zone).date()
        return min(wall_time.at(day, RUN_SHEET_AT, zone), session.starts_at - RUN_SHEET_LATEST)

    return _each(
        now,
        kinds.HORIZON + timedelta(days=1),
        "runsheet",
        moments=lambda session, member: [("", moment(session, member))],
        wanted=_hosts,
        not_after=lambda session: session.ends_at,
        any_hour=True,
    )


def _run_sheet_needed(message: Message) -> str | None:
    session = session_of(message)
    if session is None or session.state not in (State.PUBLISHED, State.RUNNING):
        return "session_not_published"
    if member_of(message) is None:
        return "left_the_cohort"
    return "session_moved" if message.refs.get("day") != str(day_of(session)) else None


def _run_sheet_context(message: Message) -> dict[str, Any]:
    context = context_of(message)
    blocks = agenda_queries.blocks_of(context["session"])
    sheet = reverse("program_sessions:run_sheet", args=[context["session"].pk])
    return {
        **context,
        "sheet_url": settings.SITE_URL + sheet,
        "blocks": len(blocks),
        "materials": agenda_queries.materials_of(blocks),
    }


def _example_week_before() -> dict[str, Any]:
    context = samples.about_session()
    context["session"].prework = _("Read two pages, and think of one decision in which you have a say.")
    context["session"].ask_needs = True
    return context


def _example_readiness() -> dict[str, Any]:
    return {
        **samples.about_session(),
        "pieces": agenda_labels.pieces([Warning("no_lead"), Warning("no_lead"), Warning("no_close")]),
    }


def _example_run_sheet() -> dict[str, Any]:
    context = samples.about_session()
    things = [str(_("Markers")), str(_("Large paper"))]
    return {**context, "sheet_url": context["url"], "blocks": 6, "materials": things}


KINDS = (
    kinds.MessageKind(
        name="week_before",
        klass="B",
        title=_("A week before a session"),
        about=_("A week ahead, at nine: what to do before, and whether you need something to take part."),
        template="sessions/messages/mail/week_before",
        example=_example_week_before,
        context=context_of,
        refs_for=refs_of_next,
        previewed_by=kinds.THOSE_WHO_RUN,
        still_needed=_week_before_needed,
        plan=_plan_week_before,
        plan_is_complete=True,
        on_unknown="drop",
        members_only=True,
        topic="prework",
        when=_("7 days before, at 9:00, when there is something to do or to ask"),
        expires=_("24 hours before it starts"),
    ),
    kinds.MessageKind(
        name="starting_soon",
        klass="C",
        title=_("A session starts soon"),
        about=_("45 minutes before an online session, with the link. For other sessions only when facilitators ask."),
        template="sessions/messages/mail/soon",
        example=samples.about_session,
        context=context_of,
        refs_for=refs_of_next,
        previewed_by=kinds.THOSE_WHO_RUN,
        still_needed=_soon_needed,
        plan=_plan_soon,
        plan_is_complete=True,
        on_unknown="drop",
        members_only=True,
        when=_("45 minutes before, if online or switched on for the session"),
        expires=_("10 minutes after it starts"),
    ),
    kinds.MessageKind(
        name="session_readiness",
        klass="F",
        title=_("What a session still needs"),
        about=_("Two weeks and three days before a session that you lead, if something is missing."),
        template="sessions/messages/mail/readiness",
        example=_example_readiness,
        context=_readiness_context,
        previewed_by=kinds.THOSE_WHO_RUN,
        still_needed=_readiness_needed,
        plan=_plan_readiness,
        plan_is_complete=True,
        on_unknown="drop",
        members_only=True,
        when=_("14 and 3 days before, at 9:00, when something is missing"),
        expires=_("when it starts"),
    ),
    kinds.MessageKind(
        name="run_sheet",
        klass="F",
        title=_("The run sheet of the day"),
        about=_("On the morning of a session that you lead: the run sheet and what to bring."),
        template="sessions/messages/mail/run_sheet",
        example=_example_run_sheet,
        context=_run_sheet_context,
        previewed_by=kinds.THOSE_WHO_RUN,
        still_needed=_run_sheet_needed,
        plan=_plan_run_sheet,
        plan_is_complete=True,
        on_unknown="drop",
        members_only=True,
        any_hour=True,
        when=_("on the day at 7:30, or an hour before an early start"),
        expires=_("when it ends"),
    ),
)
