"""Mail around meetings: a commitment was saved, bring it along, and a quiet hour to write.

What somebody committed to is never in it. The journal is never looked at: everybody who kept the prompt gets it,
whether they wrote or not, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.outbox.models import Message
from cohort.outbox.registry import audience, kinds, wall_time
from cohort.outbox.registry import meetings as registry_meetings
from cohort.people.models import Membership, Role
from reflections.commitments import queries
from reflections.models import Commitment

SAVED_AFTER = timedelta(hours=3)
TEN, REMINDER = time(10), time(15)


def _with_members(
    meetings: list[registry_meetings.Meeting], only: Exists | None = None
) -> Iterable[tuple[registry_meetings.Meeting, Membership]]:
    """Each meeting with each person who takes part in its cohort (one statement)."""
    return audience.beside(
        sorted(meetings, key=lambda meeting: meeting.cohort.pk),
        lambda meeting: meeting.cohort.pk,
        {meeting.cohort.pk for meeting in meetings},
        Role.PARTICIPANT,
        Role.FACILITATOR,
        only=only,
    )


def _planned(
    name: str,
    meeting: registry_meetings.Meeting,
    member: Membership,
    due_at: datetime,
    not_after: datetime,
    **more: Any,
) -> kinds.Planned:
    return kinds.Planned(
        key=f"{name}:{meeting.id}:{member.pk}",
        recipient=member.user,
        cohort=meeting.cohort,
        refs={"meeting": str(meeting.id), "member": str(member.pk)},
        due_at=due_at,
        not_after=not_after,
        **more,
    )


def _meeting(message: Message) -> registry_meetings.Meeting | None:
    return registry_meetings.find(str(message.refs["meeting"]))


# ---------------------------------------------------------------- a commitment was saved


def _written_around(meetings: list[registry_meetings.Meeting]) -> set[tuple[UUID, UUID]]:
    """Pairs of meeting and author: who made a commitment between its start and three hours after it (one statement)."""
    if not meetings:
        return set()
    made = Commitment.objects.filter(
        cohort_id__in={meeting.cohort.pk for meeting in meetings},
        made_at__gte=min(meeting.starts_at for meeting in meetings),
    ).values_list("cohort_id", "author_id", "made_at")
    return {
        (meeting.id, author)
        for cohort, author, at in made
        for meeting in meetings
        if meeting.cohort.pk == cohort and meeting.starts_at <= at <= meeting.over_at + SAVED_AFTER
    }


def _plan_saved(now: datetime) -> Iterable[kinds.Planned]:
    over = [meeting for meeting in registry_meetings.between(now - timedelta(days=2), now) if meeting.over]
    authors = _written_around(over)
    for meeting, member in _with_members(over):
        if (meeting.id, member.user_id) in authors:
            due = meeting.over_at + SAVED_AFTER
            weekend = due.astimezone(meeting.cohort.zone).weekday() >= 5
            yield _planned("commit_saved", meeting, member, due, due + timedelta(days=2), weekends=weekend)


def _saved_needed(message: Message) -> str | None:
    meeting = _meeting(message)
    if meeting is None:
        return "meeting_gone"
    return None if (meeting.id, message.recipient_id) in _written_around([meeting]) else "none_written"


# ---------------------------------------------------------------- bring your commitment


def _bring_at(meeting: registry_meetings.Meeting, member: Membership) -> tuple[datetime, bool]:
    """Two days before at ten. When that is on a weekend: together with the reminder on the day before."""
    zone = wall_time.zone_named(member.user.time_zone, meeting.cohort.time_zone)
    day = meeting.starts_at.astimezone(zone).date()
    if (day - timedelta(days=2)).weekday() < 5:
        return wall_time.at(day - timedelta(days=2), TEN, zone), False
    return wall_time.at(day - timedelta(days=1), REMINDER, zone), True


def _plan_bring(now: datetime) -> Iterable[kinds.Planned]:
    until = now + kinds.HORIZON + timedelta(days=3)
    ahead = [
        meeting for meeting in registry_meetings.between(now, until) if not meeting.over and meeting.starts_at > now
    ]
    open_ones = queries.open_commitments().filter(cohort=OuterRef("cohort"), author=OuterRef("user"))
    for meeting, member in _with_members(ahead, only=Exists(open_ones)):
        due, weekend = _bring_at(meeting, member)
        yield _planned("commit_next", meeting, member, due, meeting.starts_at, since=member.joined_at, weekends=weekend)


def _bring_needed(message: Message) -> str | None:
    meeting = _meeting(message)
    if meeting is None or meeting.over or meeting.starts_at <= timezone.now():
        return "meeting_gone"
    open_ones = queries.open_commitments().filter(cohort=meeting.cohort, author_id=message.recipient_id)
    return None if open_ones.exists() else "none_open"


# ---------------------------------------------------------------- a quiet hour to write


def _plan_prompt(now: datetime) -> Iterable[kinds.Planned]:
    """Three days after, at ten. Asks nobody's journal: whether somebody wrote is not known here, and must not be."""
    over = [meeting for meeting in registry_meetings.between(now - timedelta(days=10), now) if meeting.over]
    for meeting, member in _with_members(over):
        if member.user_id in meeting.away or member.joined_at > meeting.over_at:
            continue
        zone = wall_time.zone_named(member.user.time_zone, meeting.cohort.time_zone)
        due = wall_time.at(meeting.over_at.astimezone(zone).date() + timedelta(days=3), TEN, zone)
        yield _planned("reflect", meeting, member, due, due + timedelta(days=7))


def _prompt_needed(message: Message) -> str | None:
    meeting = _meeting(message)
    return "meeting_gone" if meeting is None or message.recipient_id in meeting.away else None


def _commitments(message: Message | None = None) -> dict[str, Any]:
    return {"commitments_path": reverse("reflections:commitments")}


def _journal(message: Message | None = None) -> dict[str, Any]:
    return {"journal_path": reverse("reflections:journal")}


KINDS = (
    kinds.MessageKind(
        name="commitment_saved",
        klass="C",
        title=_("Your commitment is saved"),
        about=_("A few hours after a session in which you made a commitment: where to find it again."),
        template="reflections/commitments/mail/commitment_saved",
        context=_commitments,
        example=_commitments,
        still_needed=_saved_needed,
        plan=_plan_saved,
        plan_is_complete=True,
        on_unknown="drop",
        members_only=True,
        topic="commitment",
        when=_("3 hours after the session, or the next morning"),
        expires=_("after 2 days"),
    ),
    kinds.MessageKind(
        name="commitment_next",
        klass="C",
        title=_("Bring your commitment"),
        about=_("Two days before a session, while you have an open commitment."),
        template="reflections/commitments/mail/commitment_next",
        context=_commitments,
        example=_commitments,
        still_needed=_bring_needed,
        plan=_plan_bring,
        plan_is_complete=True,
        on_unknown="drop",
        members_only=True,
        topic="commitment",
        when=_("2 days before at 10:00; on a weekend, with the day before"),
        expires=_("when the session starts"),
    ),
    kinds.MessageKind(
        name="reflection_prompt",
        klass="C",
        title=_("A quiet moment to write"),
        about=_("Three days after a session. It comes whether or not you have written, because we cannot know."),
        template="reflections/commitments/mail/reflection_prompt",
        context=_journal,
        example=_journal,
        still_needed=_prompt_needed,
        plan=_plan_prompt,
        plan_is_complete=True,
        on_unknown="drop",
        members_only=True,
        topic="reflection",
        when=_("3 days after the session, at 10:00"),
        expires=_("after 7 days"),
    ),
)


def register() -> None:
    from reflections.commitments.look_back_messages import COMMITMENT_LOOKBACK

    for kind in (COMMITMENT_LOOKBACK, *KINDS):
        kinds.register(kind)
