"""What members hear by mail: who, when, and in which words."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from cohort.outbox import rendering
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.models import Membership
from sessions.attendance import actions as attendance_actions
from sessions.messages import during
from sessions.models import Session
from sessions.planning import actions as planning_actions
from tests.conftest import join, person
from tests.sessions.conftest import told

PACIFIC = ZoneInfo("America/Los_Angeles")


def mail(kind: str, user: Any) -> tuple[Message, Any]:
    message = Message.objects.select_related("recipient", "cohort").get(kind=kind, recipient=user, state="planned")
    return message, rendering.render(message, kinds.get(kind))


def event_of(part: Any) -> Any:
    name, data, mimetype = part.attachments[0]
    assert (name, mimetype.split(";")[0]) == ("session.ics", "text/calendar")
    calendar = Calendar.from_ical(data)
    return calendar["METHOD"], next(c for c in calendar.walk("VEVENT"))


def test_the_invitation(published: Session, cast: SimpleNamespace) -> None:
    message, part = mail("session_invitation", cast.participant)
    assert message.key == f"invite:{published.pk}:{Membership.objects.get(user=cast.participant).pk}"
    assert part.subject == "Invitation to session 1"
    for text in (part.text, part.html):
        assert ("Room B" in text, f"/sessions/{published.pk}/" in text, "Pacific time" in text) == (True, True, True)
    method, event = event_of(part)
    assert (method, event["UID"], event["SEQUENCE"]) == ("REQUEST", f"{published.uid}@cohort", 0)
    assert event["DTSTART"].dt == published.starts_at


@pytest.mark.parametrize("kind", ["session_invitation", "session_changed", "session_cancelled", "day_before"])
def test_no_topic_and_no_other_name_leaves_by_mail(kind: str, published: Session, cast: SimpleNamespace) -> None:
    """The session's title, result, agenda and notes may be private; work mail is read by others."""
    told(published)
    secrets = ["Leading together", "We have a map", "heron-in-the-reeds", "TRIZ", "Facilitator", "facilitator@"]
    assert published.title in secrets
    if kind == "session_changed":
        planning_actions.change_session(session=published, by=cast.facilitator, place="Room C")
    if kind == "session_cancelled":
        planning_actions.call_off(session=published, by=cast.facilitator)
    if kind == "day_before":
        member = Membership.objects.get(user=cast.participant)
        refs = {"session": str(published.pk), "member": str(member.pk), "day": "2027-01-01"}
        message = Message(kind=kind, recipient=cast.participant, cohort=cast.cohort, refs=refs)
        part = rendering.render(message, kinds.get(kind))
    else:
        message, part = mail(kind, cast.participant)
    method, event = event_of(part)
    everything = part.subject + part.text + part.html + part.attachments[0][1].decode()
    assert [secret for secret in secrets if secret in everything] == []
    assert method == ("CANCEL" if kind == "session_cancelled" else "REQUEST")
    attendees = event["ATTENDEE"]
    assert str(attendees) == "mailto:participant@example.org"  # one only: nobody's address leaks


def test_the_change_carries_the_new_sequence(published: Session, cast: SimpleNamespace) -> None:
    told(published)
    planning_actions.change_session(session=published, by=cast.facilitator, place="Room C")
    message, part = mail("session_changed", cast.participant)
    method, event = event_of(part)
    assert (method, event["SEQUENCE"], str(event["LOCATION"])) == ("REQUEST", 1, "Room C")
    assert kinds.get("session_changed").still_needed(message) is None
    planning_actions.change_session(session=published, by=cast.facilitator, place="Room D")
    assert kinds.get("session_changed").still_needed(message) == "newer_change"


def test_calling_off_cancels_in_calendars(published: Session, cast: SimpleNamespace) -> None:
    told(published)
    invitation, _part = mail("session_invitation", cast.participant)
    planning_actions.call_off(session=published, by=cast.facilitator)
    message, part = mail("session_cancelled", cast.participant)
    method, event = event_of(part)
    assert (method, event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert kinds.get("session_cancelled").still_needed(message) is None
    assert kinds.get("session_invitation").still_needed(invitation) == "session_not_published"


# ---------------------------------------------------------------- the day before


def settled(session: Session, starts: datetime) -> Session:
    """The session at another time, published and joined long ago."""
    long_ago = starts - timedelta(days=30)
    Session.objects.filter(pk=session.pk).update(
        starts_at=starts, ends_at=starts + timedelta(hours=2), published_at=long_ago
    )
    Membership.objects.update(joined_at=long_ago)
    session.refresh_from_db()
    return session


def planned(now: datetime) -> dict[str, kinds.Planned]:
    found = during.DAY_BEFORE.plan(now)  # type: ignore[misc]
    return {item.recipient.name: item for item in found or () if item.recipient}


def test_three_in_the_afternoon_where_the_reader_is(published: Session, cast: SimpleNamespace) -> None:
    cast.participant.time_zone = "America/New_York"
    cast.participant.save()
    settled(published, datetime(2027, 3, 11, 9, 30, tzinfo=PACIFIC))
    found = planned(datetime(2027, 3, 9, 20, 0, tzinfo=PACIFIC))
    assert {name: item.due_at for name, item in found.items()} == {
        "Facilitator": datetime(2027, 3, 10, 15, 0, tzinfo=PACIFIC),
        "Participant": datetime(2027, 3, 10, 15, 0, tzinfo=ZoneInfo("America/New_York")),
    }
    one = found["Participant"]
    assert one.key == f"day_before:{published.pk}:{one.refs['member']}:2027-03-11"
    assert one.not_after == published.starts_at - timedelta(hours=1)


def test_across_the_clock_change(published: Session, cast: SimpleNamespace) -> None:
    """Clocks go forward on 14 March 2027; the day before is still at three by the clock."""
    settled(published, datetime(2027, 3, 15, 9, 30, tzinfo=PACIFIC))
    due = planned(datetime(2027, 3, 13, 20, 0, tzinfo=PACIFIC))["Participant"].due_at
    assert due == datetime(2027, 3, 14, 15, 0, tzinfo=PACIFIC)
    assert due.astimezone(ZoneInfo("UTC")).hour == 22


def test_a_moved_session_makes_a_new_key(published: Session, cast: SimpleNamespace) -> None:
    settled(published, datetime(2027, 3, 11, 9, 30, tzinfo=PACIFIC))
    first = planned(datetime(2027, 3, 9, 20, 0, tzinfo=PACIFIC))["Participant"].key
    settled(published, datetime(2027, 3, 12, 9, 30, tzinfo=PACIFIC))
    assert planned(datetime(2027, 3, 10, 20, 0, tzinfo=PACIFIC))["Participant"].key != first


def test_far_sessions_and_drafts_plan_nothing(published: Session, draft: Session, cast: SimpleNamespace) -> None:
    settled(published, datetime(2027, 3, 11, 9, 30, tzinfo=PACIFIC))
    assert planned(datetime(2027, 3, 1, 9, 0, tzinfo=PACIFIC)) == {}
    Session.objects.filter(pk=published.pk).update(state="draft")
    assert planned(datetime(2027, 3, 10, 9, 0, tzinfo=PACIFIC)) == {}


def needed(session: Session, user: Any, **refs: Any) -> str | None:
    member = Membership.objects.get(user=user, cohort=session.cohort)
    day = session.starts_at.astimezone(PACIFIC).date()
    message = Message(
        kind="day_before", recipient=user, refs={"session": str(session.pk), "member": str(member.pk), "day": str(day)}
    )
    return during.DAY_BEFORE.still_needed(message)


def test_asked_again_at_the_moment_of_sending(published: Session, cast: SimpleNamespace) -> None:
    settled(published, timezone.now() + timedelta(hours=20))
    assert needed(published, cast.participant) is None
    member = Membership.objects.get(user=cast.participant)
    attendance_actions.mark(session=published, by=cast.facilitator, marks={member.pk: "excused"})
    assert needed(published, cast.participant) == "not_coming"
    newcomer = person("newcomer")
    join(newcomer, cast.cohort, "participant")
    assert needed(published, newcomer) == "just_invited"
    planning_actions.call_off(session=published, by=cast.facilitator)
    assert needed(published, cast.facilitator) == "session_not_published"


def test_who_joins_later_is_invited_by_the_planner(published: Session, cast: SimpleNamespace) -> None:
    newcomer = person("newcomer")
    member = join(newcomer, cast.cohort, "participant")
    found = list(during.INVITATION.plan(timezone.now()) or ())  # type: ignore[misc]
    assert [item.key for item in found] == [f"invite:{published.pk}:{member.pk}"]
