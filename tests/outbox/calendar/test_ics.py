"""Calendar files that calendars understand, and that give nobody away."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from cohort.outbox.calendar import ics as calendar_ics

LA = ZoneInfo("America/Los_Angeles")
STARTS, ENDS = datetime(2026, 11, 1, 10, tzinfo=LA), datetime(2026, 11, 1, 12, tzinfo=LA)  # after clocks went back
BASE: dict[str, Any] = {
    "uid": "session-1@cohort.example",
    "sequence": 0,
    "starts": STARTS,
    "ends": ENDS,
    "zone": "America/Los_Angeles",
    "title": "Session 3",
    "place": "Library, room 2",
    "organizer": ("Dana Reyes", "dana@example.org"),
    "attendee": ("Eva Moss", "eva@example.org"),
}


def event(file: bytes) -> tuple[Calendar, Any]:
    parsed = Calendar.from_ical(file)
    return parsed, parsed.walk("VEVENT")[0]


def test_an_invitation_has_one_attendee_and_its_zone() -> None:
    whole, one = event(calendar_ics.invitation(**BASE))
    assert (whole["METHOD"], one["UID"], one["SEQUENCE"], one["SUMMARY"], one["STATUS"]) == (
        "REQUEST",
        "session-1@cohort.example",
        0,
        "Session 3",
        "CONFIRMED",
    )
    assert str(one["ATTENDEE"]) == "mailto:eva@example.org"
    assert not isinstance(one["ATTENDEE"], list)
    assert one["ATTENDEE"].params["RSVP"] == "TRUE"
    assert str(one["ORGANIZER"]) == "mailto:dana@example.org"
    assert whole.walk("VTIMEZONE")[0]["TZID"] == "America/Los_Angeles"
    assert one["DTSTART"].params["TZID"] == "America/Los_Angeles"
    assert one["DTSTART"].dt.astimezone(UTC) == STARTS.astimezone(UTC)


def test_lines_end_as_the_standard_says_and_fold_at_75_bytes() -> None:
    file = calendar_ics.invitation(**{**BASE, "description": "Wörter " * 60})
    lines = file.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    _whole, first = event(calendar_ics.invitation(**BASE))
    _whole, second = event(calendar_ics.invitation(**{**BASE, "sequence": 1, "place": "Online"}))
    assert first["UID"] == second["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]


def test_called_off_and_no_longer_invited_are_different_files() -> None:
    whole, off = event(calendar_ics.invitation(**BASE, method="CANCEL"))
    assert (whole["METHOD"], off["STATUS"]) == ("CANCEL", "CANCELLED")
    assert "DESCRIPTION" not in off
    whole, removed = event(calendar_ics.invitation(**BASE, method="CANCEL", removed=True))
    assert whole["METHOD"] == "CANCEL"
    assert "STATUS" not in removed
    assert removed["DESCRIPTION"] == "You are no longer invited to this session."


def test_every_file_has_a_new_stamp() -> None:
    _whole, one = event(calendar_ics.invitation(**BASE, stamp=datetime(2026, 10, 1, 9, tzinfo=UTC)))
    _whole, two = event(calendar_ics.invitation(**BASE, stamp=datetime(2026, 10, 2, 9, tzinfo=UTC)))
    assert one["DTSTAMP"].dt < two["DTSTAMP"].dt


def test_bad_times_are_refused() -> None:
    for wrong in ({"ends": STARTS}, {"starts": datetime(2026, 11, 1, 10)}):
        with pytest.raises(ValueError, match="aware"):
            calendar_ics.invitation(**{**BASE, **wrong})


def test_a_feed_is_published_without_attendees_and_works_over_a_clock_change() -> None:
    entries = [
        calendar_ics.Entry(
            "s1@x",
            0,
            datetime(2026, 10, 25, 10, tzinfo=LA),
            datetime(2026, 10, 25, 12, tzinfo=LA),
            "America/Los_Angeles",
            "Session 2",
        ),
        calendar_ics.Entry("s2@x", 2, STARTS, ENDS, "America/Los_Angeles", "Session 3", called_off=True),
    ]
    file = calendar_ics.feed(entries, name="North")
    parsed = Calendar.from_ical(file)
    assert (parsed["METHOD"], str(parsed["X-WR-CALNAME"]), parsed["X-PUBLISHED-TTL"]) == ("PUBLISH", "North", "PT4H")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT4H" in file
    assert b"ATTENDEE" not in file
    assert b"ORGANIZER" not in file
    events = parsed.walk("VEVENT")
    assert [e["STATUS"] for e in events] == ["CONFIRMED", "CANCELLED"]
    assert [e["DTSTART"].dt.astimezone(UTC).hour for e in events] == [17, 18]
    assert len(parsed.walk("VTIMEZONE")) == 1
    assert calendar_ics.feed([], name="Empty").startswith(b"BEGIN:VCALENDAR")


@pytest.mark.django_db
def test_an_invitation_travels_in_the_mail_twice_with_its_method(cast: SimpleNamespace, trial: Any) -> None:
    import email
    from email.policy import default

    from django.core import mail

    from cohort.outbox import api as outbox_api
    from cohort.outbox.delivery import sender
    from tests.outbox.conftest import TUESDAY

    file = calendar_ics.invitation(**BASE)
    name, content, mimetype = calendar_ics.mail_part(file, "REQUEST")
    trial("invite", attachments=lambda m: [(name, content, f"{mimetype}; charset=utf-8")])
    outbox_api.queue(kind="invite", key="k", recipient=cast.participant, cohort=cast.cohort, due_at=TUESDAY)
    sender.send_due(TUESDAY)
    parsed = email.message_from_bytes(mail.outbox[0].message().as_bytes(linesep="\r\n"), policy=default)
    parts = {part.get_content_type(): part for part in parsed.walk() if not part.is_multipart()}
    assert set(parts) == {"text/plain", "text/html", "text/calendar", "application/ics"}
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["text/calendar"]["content-type"] == 'text/calendar; method="REQUEST"; charset="utf-8"'
    assert Calendar.from_ical(parts["text/calendar"].get_content())["METHOD"] == "REQUEST"
    assert parts["application/ics"].get_payload(decode=True) == file
    assert parts["application/ics"].get_filename() == "session.ics"
