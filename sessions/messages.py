"""What members hear about sessions by mail. Titles stay neutral: never the session's own, which may be private."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from cohort.outbox import actions, audience, kinds, walltime
from cohort.outbox.models import Message
from cohort.outbox.models import State as Outcome
from cohort.people.models import Cohort, Membership, Role, User
from sessions import examples, queries, waiting
from sessions.calendar_entry import calendar_file
from sessions.models import Attendance, Session
from sessions.states import State

#: Clock time, in the reader's zone, of the reminder on the day before.
DAY_BEFORE_AT = time(15, 0)
#: An invitation this fresh says it all; no reminder so soon after it.
FRESH = timedelta(hours=24)
#: Who hears about sessions.
TOLD = (Role.PARTICIPANT, Role.FACILITATOR)
#: How long after leaving it is worth taking sessions out of somebody's calendar.
UNINVITED_FOR = timedelta(days=2)


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


# ---------------------------------------------------------------- queueing, for the actions


def _tell(kind: str, name: str, session: Session, *, due_at: datetime, not_after: datetime, **more: Any) -> None:
    """One message for each member. The key holds ``more``, such as the sequence that it tells of."""
    soon = bool(more) and session.starts_at - timezone.now() < timedelta(hours=24)
    actions.queue_many(
        kind=kind,
        messages=[
            kinds.Planned(
                key=":".join(map(str, (name, session.pk, member.pk, *more.values()))),
                recipient=member.user,
                cohort=session.cohort,
                refs=refs_for(session, member, **more),
                due_at=due_at,
                not_after=not_after,
                weekends=True,
                any_hour=soon,
            )
            for member in told(session)
        ],
    )


def invite(session: Session) -> None:
    """One invitation for each member, once it can no longer be taken back; expires at the start."""
    due_at = timezone.now() + waiting.hold(session)
    _tell(INVITATION.name, "invite", session, due_at=due_at, not_after=session.starts_at)


def tell_change(session: Session, *, due_at: datetime) -> None:
    """One message about the newest plan; those about earlier edits that have not gone are called off."""
    actions.cancel(prefix=f"changed:{session.pk}:", reason="newer_change")
    _tell(CHANGED.name, "changed", session, due_at=due_at, not_after=session.starts_at, sequence=session.sequence)


def tell_called_off(session: Session) -> None:
    """To everyone, with what takes it out of calendars; at once when it starts soon."""
    due_at = timezone.now() + waiting.hold(session)
    _tell(CANCELLED.name, "cancelled", session, due_at=due_at, not_after=session.ends_at, sequence=session.sequence)


# ---------------------------------------------------------------- facts at the moment of sending


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
            earlier=queries.earlier_ones(),
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
    zone = walltime.zone_named(reader.time_zone if reader else "", session.cohort.time_zone)
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


def _change_needed(message: Message) -> str | None:
    session = session_of(message)
    if session is not None and session.sequence != message.refs.get("sequence"):
        return "newer_change"
    return gone(message)


def _cancelled_needed(message: Message) -> str | None:
    session = session_of(message)
    if session is None or session.state != State.CANCELLED:
        return "session_not_called_off"
    return None


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


def _day_before_needed(message: Message) -> str | None:
    reason = not_on_that_day(message)
    if reason:
        return reason
    found = about(message)
    assert found is not None
    assert found.joined_at is not None
    if max(found.joined_at, found.session.published_at or found.joined_at) > timezone.now() - FRESH:
        return "just_invited"
    return "not_coming" if found.excused else None


# ---------------------------------------------------------------- calendar files


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


# ---------------------------------------------------------------- plans


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


def _plan_invitations(now: datetime) -> Iterable[kinds.Planned]:
    """For those who joined after a session was published; the others were invited by the one who published."""
    for session, member in coming(now, timedelta(days=400)):
        if session.published_at and member.joined_at > session.published_at:
            yield kinds.Planned(
                key=f"invite:{session.pk}:{member.pk}",
                recipient=member.user,
                cohort=session.cohort,
                refs=refs_for(session, member),
                not_after=session.starts_at,
                due_at=max(member.joined_at, min(session.published_at + waiting.HOLD, session.starts_at)),
                since=member.joined_at,
                weekends=True,
            )


def _plan_day_before(now: datetime) -> Iterable[kinds.Planned]:
    for session, member in coming(now, kinds.HORIZON + timedelta(hours=48)):
        zone = walltime.zone_named(member.user.time_zone, session.cohort.time_zone)
        day_before = session.starts_at.astimezone(zone).date() - timedelta(days=1)
        due_at = walltime.at(day_before, DAY_BEFORE_AT, zone)
        if due_at > now + kinds.HORIZON:
            continue
        day = str(day_of(session))
        yield kinds.Planned(
            key=f"day_before:{session.pk}:{member.pk}:{day}",
            recipient=member.user,
            cohort=session.cohort,
            refs=refs_for(session, member, day=day),
            due_at=due_at,
            not_after=session.starts_at - timedelta(hours=1),
            since=since(session, member),
            weekends=True,
        )


def _plan_uninvited(now: datetime) -> Iterable[kinds.Planned]:
    """For those who left in the last two days: each session to come that they had been invited to."""
    left = (
        Membership.objects.filter(ended_at__gt=now - UNINVITED_FOR, ended_at__lte=now)
        .having(*TOLD)
        .select_related("user", "cohort")
    )
    ahead = Session.objects.filter(state=State.PUBLISHED, starts_at__gt=now)
    sessions: dict[Any, list[Session]] = {}
    for session in ahead.filter(cohort_id__in=left.values("cohort_id")).select_related("cohort"):
        sessions.setdefault(session.cohort_id, []).append(session)
    if not sessions:
        return
    rest = left.filter(cohort_id__in=sessions).order_by("pk").iterator(chunk_size=audience.CHUNK)
    while members := list(islice(rest, audience.CHUNK)):
        pairs = [(member, session) for member in members for session in sessions[member.cohort_id]]
        reached = set(
            Message.objects.filter(
                key__in=[f"invite:{session.pk}:{member.pk}" for member, session in pairs],
                state__in=[Outcome.SENT, Outcome.UNKNOWN],
            ).values_list("key", flat=True)
        )
        for member, session in pairs:
            assert member.ended_at is not None
            if f"invite:{session.pk}:{member.pk}" in reached:
                yield kinds.Planned(
                    key=f"uninvited:{session.pk}:{member.pk}",
                    recipient=member.user,
                    cohort=session.cohort,
                    refs=refs_for(session, member),
                    due_at=member.ended_at,
                    not_after=member.ended_at + UNINVITED_FOR,
                    any_hour=session.starts_at - now < timedelta(hours=24),
                )


def _uninvited_needed(message: Message) -> str | None:
    session = session_of(message)
    if session is None or session.state != State.PUBLISHED or session.starts_at <= timezone.now():
        return "session_not_published"
    back = Membership.objects.current().filter(cohort_id=session.cohort_id, user=message.recipient)
    return "invited_again" if back.having(*TOLD).exists() else None


# ---------------------------------------------------------------- the kinds

INVITATION = kinds.MessageKind(
    name="session_invitation",
    klass="A",
    title=gettext_lazy("Session invitation"),
    about=gettext_lazy("When a session is published, or when you join: time, place and a calendar entry."),
    template="sessions/mail/invitation",
    example=examples.about_session,
    context=context_of,
    refs_for=refs_of_next,
    previewed_by=kinds.THOSE_WHO_RUN,
    still_needed=gone,
    plan=_plan_invitations,
    attachments=attach("REQUEST"),
    on_unknown="resend",
    late_joiners=True,
    members_only=True,
    when=gettext_lazy("five minutes after a session is published, or when you join"),
    expires=gettext_lazy("when it starts"),
    blind=False,
)
CHANGED = kinds.MessageKind(
    name="session_changed",
    klass="A",
    title=gettext_lazy("Session changed"),
    about=gettext_lazy("When the time, place or link of a session changes."),
    template="sessions/mail/changed",
    example=examples.about_session,
    context=context_of,
    refs_for=refs_of_next,
    previewed_by=kinds.THOSE_WHO_RUN,
    still_needed=_change_needed,
    attachments=attach("REQUEST"),
    on_unknown="resend",
    members_only=True,
    when=gettext_lazy("ten minutes after the last change"),
    expires=gettext_lazy("when it starts"),
    blind=False,
)
CANCELLED = kinds.MessageKind(
    name="session_cancelled",
    klass="A",
    title=gettext_lazy("Session called off"),
    about=gettext_lazy("When a session is called off."),
    template="sessions/mail/cancelled",
    example=examples.about_session,
    context=context_of,
    refs_for=refs_of_next,
    previewed_by=kinds.THOSE_WHO_RUN,
    still_needed=_cancelled_needed,
    attachments=attach("CANCEL"),
    on_unknown="resend",
    late_joiners=True,
    members_only=True,
    when=gettext_lazy("five minutes after it is called off; at once when it starts within the hour"),
    expires=gettext_lazy("when it would have ended"),
    blind=False,
)
UNINVITED = kinds.MessageKind(
    name="no_longer_invited",
    klass="A",
    title=gettext_lazy("No longer invited to a session"),
    about=gettext_lazy("When you leave a cohort: takes its coming sessions out of your calendar."),
    template="sessions/mail/uninvited",
    example=examples.about_session,
    context=context_of,
    still_needed=_uninvited_needed,
    plan=_plan_uninvited,
    attachments=attach("CANCEL", removed=True),
    on_unknown="resend",
    late_joiners=True,
    when=gettext_lazy("within minutes after somebody left or was removed"),
    expires=gettext_lazy("after 2 days"),
    blind=False,
)
DAY_BEFORE = kinds.MessageKind(
    name="day_before",
    klass="B",
    title=gettext_lazy("The day before a session"),
    about=gettext_lazy("At three in the afternoon on the day before: where, when and what to bring."),
    template="sessions/mail/day_before",
    example=examples.about_session,
    context=context_of,
    refs_for=refs_of_next,
    previewed_by=kinds.THOSE_WHO_RUN,
    still_needed=_day_before_needed,
    plan=_plan_day_before,
    plan_is_complete=True,
    attachments=attach("REQUEST"),
    on_unknown="drop",
    members_only=True,
    topic="day_before",
    when=gettext_lazy("15:00 on the day before"),
    expires=gettext_lazy("one hour before it starts"),
)


def register() -> None:
    from sessions import messages_after, messages_before

    for kind in (INVITATION, CHANGED, CANCELLED, UNINVITED, DAY_BEFORE, *messages_before.KINDS, *messages_after.KINDS):
        kinds.register(kind)
