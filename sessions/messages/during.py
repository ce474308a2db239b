"""What members hear about sessions by mail. Titles stay neutral: never the session's own, which may be private."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from cohort.outbox import api as outbox_api
from cohort.outbox.models import Message
from cohort.outbox.models import State as Outcome
from cohort.outbox.registry import audience, kinds, wall_time
from cohort.people.models import Membership
from sessions.common import undo
from sessions.common.states import State
from sessions.messages import samples
from sessions.messages.facts import (
    TOLD,
    about,
    attach,
    coming,
    context_of,
    day_of,
    gone,
    not_on_that_day,
    refs_for,
    refs_of_next,
    session_of,
    since,
    told,
)
from sessions.models import Session

#: Clock time, in the reader's zone, of the reminder on the day before.
DAY_BEFORE_AT = time(15, 0)
#: An invitation this fresh says it all; no reminder so soon after it.
FRESH = timedelta(hours=24)
#: How long after leaving it is worth taking sessions out of somebody's calendar.
UNINVITED_FOR = timedelta(days=2)


# ---------------------------------------------------------------- queueing, for the actions


def _tell(kind: str, name: str, session: Session, *, due_at: datetime, not_after: datetime, **more: Any) -> None:
    """One message for each member. The key holds ``more``, such as the sequence that it tells of."""
    soon = bool(more) and session.starts_at - timezone.now() < timedelta(hours=24)
    outbox_api.queue_many(
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
    due_at = timezone.now() + undo.hold(session)
    _tell(INVITATION.name, "invite", session, due_at=due_at, not_after=session.starts_at)


def tell_change(session: Session, *, due_at: datetime) -> None:
    """One message about the newest plan; those about earlier edits that have not gone are called off."""
    outbox_api.cancel(prefix=f"changed:{session.pk}:", reason="newer_change")
    _tell(CHANGED.name, "changed", session, due_at=due_at, not_after=session.starts_at, sequence=session.sequence)


def tell_called_off(session: Session) -> None:
    """To everyone, with what takes it out of calendars; at once when it starts soon."""
    due_at = timezone.now() + undo.hold(session)
    _tell(CANCELLED.name, "cancelled", session, due_at=due_at, not_after=session.ends_at, sequence=session.sequence)


# ---------------------------------------------------------------- facts at the moment of sending


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


# ---------------------------------------------------------------- plans


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
                due_at=max(member.joined_at, min(session.published_at + undo.HOLD, session.starts_at)),
                since=member.joined_at,
                weekends=True,
            )


def _plan_day_before(now: datetime) -> Iterable[kinds.Planned]:
    for session, member in coming(now, kinds.HORIZON + timedelta(hours=48)):
        zone = wall_time.zone_named(member.user.time_zone, session.cohort.time_zone)
        day_before = session.starts_at.astimezone(zone).date() - timedelta(days=1)
        due_at = wall_time.at(day_before, DAY_BEFORE_AT, zone)
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
    template="sessions/messages/mail/invitation",
    example=samples.about_session,
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
    template="sessions/messages/mail/changed",
    example=samples.about_session,
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
    template="sessions/messages/mail/cancelled",
    example=samples.about_session,
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
    template="sessions/messages/mail/uninvited",
    example=samples.about_session,
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
    template="sessions/messages/mail/day_before",
    example=samples.about_session,
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
