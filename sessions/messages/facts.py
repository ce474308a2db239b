"""What emails about a session say, and whether they still apply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone, translation

from cohort.outbox.models import Message
from cohort.outbox.registry import audience, kinds, wall_time
from cohort.people.models import Cohort, Membership, Role, User
from sessions.agenda import queries as agenda_queries
from sessions.common.states import State
from sessions.messages.ics import calendar_file
from sessions.models import Attendance, Session

#: Who hears about sessions.
TOLD = (Role.PARTICIPANT, Role.FACILITATOR)


def told(session: Session) -> list[Membership]:
    """Who hears about a session: its cohort's current participants and facilitators, each person once."""
    held = Membership.objects.current().filter(cohort_id=session.cohort_id)
    rows = held.having(*TOLD).select_related("user").order_by("role", "pk")
    return list({row.user_id: row for row in rows}.values())


def refs_for(session: Session, member: Membership, **more: str | int) -> dict[str, str | int]:
    return {"session": str(session.pk), "member": str(member.pk), **more}


def refs_of_next(cohort: Cohort, user: User) -> dict[str, str | int] | None:
    """For previews: the next session, planned or still a draft, as a message about it to ``user`` would name it."""
    session = (
        Session.objects.filter(cohort=cohort, state__in=[State.DRAFT, State.PUBLISHED], starts_at__gt=timezone.now())
        .select_related("cohort")
        .order_by("starts_at", "pk")
        .first()
    )
    member = Membership.objects.current().filter(cohort=cohort, user=user).having(*TOLD).order_by("role", "pk").first()
    if session is None or member is None:
        return None
    return refs_for(session, member, day=str(day_of(session)), sequence=session.sequence)


@dataclass(frozen=True)
class About:
    """What most messages about a session need to know, read in one statement: ten thousand reminders ask for it.

    ``joined_at``: of the reader's membership; None when it has ended. ``excused``: they said that they will not come.
    """

    session: Session
    number: int
    joined_at: datetime | None
    excused: bool


def about(message: Message) -> About | None:
    """The facts as they are at this moment; None when the session is gone."""
    return kinds.once(("sessions.about", message.pk), lambda: _read_about(message))


def _read_about(message: Message) -> About | None:
    member = message.refs["member"]
    held = Membership.objects.current().filter(pk=member)
    away = Attendance.objects.filter(session=OuterRef("pk"), membership=member, state=Attendance.State.EXCUSED)
    session = (
        Session.objects.select_related("cohort")
        .annotate(
            earlier=agenda_queries.earlier_ones(),
            member_joined_at=Subquery(held.values("joined_at")[:1]),
            member_excused=Exists(away),
        )
        .filter(pk=message.refs["session"])
        .first()
    )
    if session is None:
        return None
    return About(session, session.earlier + 1, session.member_joined_at, session.member_excused)


def session_of(message: Message) -> Session | None:
    found = about(message)
    return found.session if found else None


def member_of(message: Message) -> Membership | None:
    held = Membership.objects.current().select_related("user")
    return kinds.once(("sessions.member", message.pk), lambda: held.filter(pk=message.refs["member"]).first())


def context_of(message: Message) -> dict[str, Any]:
    found = about(message)
    assert found is not None
    session, reader = found.session, message.recipient
    zone = wall_time.zone_named(reader.time_zone if reader else "", session.cohort.time_zone)
    return {
        "session": session,
        "number": found.number,
        "zone": zone,
        "url": settings.SITE_URL + reverse("program_sessions:session", args=[session.pk]),
        "calendar_url": settings.SITE_URL + reverse("program_sessions:calendar", args=[session.pk]),
    }


def gone(message: Message) -> str | None:
    """Why nothing about this session is worth sending any more."""
    found = about(message)
    if found is None or found.session.state != State.PUBLISHED:
        return "session_not_published"
    if found.session.starts_at <= timezone.now():
        return "session_begun"
    return "left_the_cohort" if found.joined_at is None else None


def facts(message: Message) -> tuple[Session, Membership]:
    """The session and the member, once :func:`gone` has said that both are there."""
    session, member = session_of(message), member_of(message)
    assert session is not None
    assert member is not None
    return session, member


def not_on_that_day(message: Message) -> str | None:
    """Why a reminder that names a day in its key is not worth sending any more."""
    reason = gone(message)
    if reason:
        return reason
    session = session_of(message)
    return "session_moved" if session and message.refs.get("day") != str(day_of(session)) else None


def excused(session: Session, member: Membership) -> bool:
    """Whether this member said that they will not come."""
    return Attendance.objects.filter(session=session, membership=member, state=Attendance.State.EXCUSED).exists()


def since(session: Session, member: Membership) -> datetime:
    """When the cause for telling this member of this session came to be."""
    return max(member.joined_at, session.published_at or member.joined_at)


def attach(method: str, *, removed: bool = False) -> Any:
    def attachments(message: Message) -> list[kinds.Attachment] | None:
        found, user = about(message), message.recipient
        if found is None or user is None:
            return None
        with translation.override(user.language):
            data = calendar_file(
                found.session,
                name=user.get_full_name(),
                email=user.email,
                number=found.number,
                method=method,
                removed=removed,
            )
        return [("session.ics", data, f"text/calendar; method={method}; charset=utf-8")]

    return attachments


def day_of(session: Session) -> date:
    """The session's date where it takes place."""
    return session.starts_at.astimezone(session.cohort.zone).date()


def coming(now: datetime, within: timedelta) -> Iterable[tuple[Session, Membership]]:
    """Published sessions that start soon, with each person who should hear (two statements, read as streams)."""
    ahead = Session.objects.filter(state=State.PUBLISHED, starts_at__gt=now, starts_at__lte=now + within)
    sessions = ahead.select_related("cohort").order_by("cohort_id", "starts_at", "pk")
    return audience.beside(
        sessions.iterator(chunk_size=audience.CHUNK),
        lambda session: session.cohort_id,
        ahead.order_by().values("cohort_id"),
        *TOLD,
    )
