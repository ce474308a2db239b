"""Calendar files (RFC 5545) and invitations by mail (RFC 5546, RFC 6047)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Cohort//Sessions//EN"
Who = tuple[str, str]  # name, e-mail address


@dataclass(frozen=True)
class Entry:
    """One event of a subscribed feed. ``sequence`` rises with every change of time or place, at ``changed_at``."""

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    zone: str
    title: str
    place: str = ""
    description: str = ""
    url: str = ""
    called_off: bool = False
    changed_at: datetime | None = None


def _event(entry: Entry, stamp: datetime) -> Event:
    zone = ZoneInfo(entry.zone)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", entry.starts.astimezone(zone))
    event.add("dtend", entry.ends.astimezone(zone))
    event.add("summary", entry.title)
    for name, value in (("location", entry.place), ("description", entry.description), ("url", entry.url)):
        if value:
            event.add(name, value)
    return event


def _address(name: str, email: str) -> vCalAddress:
    spoken, bare = parseaddr(email)  # also takes "Cohort <hello@cohort.example>", as settings write it
    address = vCalAddress(f"mailto:{bare}")
    name = name or spoken
    if name:
        address.params["CN"] = vText(name)
    return address


def _calendar(method: str, events: Iterable[Event]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    return calendar


def invitation(
    *,
    uid: str,
    sequence: int,
    starts: datetime,
    ends: datetime,
    zone: str,
    title: str,
    place: str = "",
    description: str = "",
    organizer: Who,
    attendee: Who,
    method: Literal["REQUEST", "CANCEL"] = "REQUEST",
    removed: bool = False,
    url: str = "",
    stamp: datetime | None = None,
) -> bytes:
    """An invitation for one person, with its zone's clock changes and exactly one attendee.

    :param uid: stays the same for the life of the session.
    :param sequence: 0 at first; one more at each change of time or place and when it is called off.
    :param starts, ends: aware moments, written in ``zone``.
    :param title: neutral words; it shows in shared calendars.
    :param method: ``REQUEST`` invites or changes. ``CANCEL`` with ``removed=False`` says that the session is called
        off (``STATUS:CANCELLED``). ``CANCEL`` with ``removed=True`` tells one person that they are no longer invited:
        without that status, or calendars tell them that the session itself is off.
    :raises ValueError: a moment without a zone, an end before the start, or an unknown method.
    """
    if starts.tzinfo is None or ends.tzinfo is None or ends <= starts:
        raise ValueError("starts and ends must be aware, and ends later than starts")
    if method not in ("REQUEST", "CANCEL"):
        raise ValueError(f"no method {method!r}")
    if removed:
        words = _("You are no longer invited to this session.")
        description = f"{words}\n\n{description}" if description else words
    entry = Entry(uid, sequence, starts, ends, zone, title, place, description, url)
    event = _event(entry, stamp or timezone.now())
    event.add("organizer", _address(*organizer), encode=False)
    guest = _address(*attendee)
    guest.params["CUTYPE"] = vText("INDIVIDUAL")
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    if method == "REQUEST":
        guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
        guest.params["RSVP"] = vText("TRUE")
        event.add("status", "CONFIRMED")
    elif not removed:
        event.add("status", "CANCELLED")
    event.add("attendee", guest, encode=False)
    calendar = _calendar(method, [event])
    _add_zones(calendar, [entry])
    return calendar.to_ical()


def mail_part(file: bytes, method: Literal["REQUEST", "CANCEL"], name: str = "session.ics") -> tuple[str, bytes, str]:
    """``file`` as an attachment for a message kind; mail programs need the method beside the type."""
    return name, file, f"text/calendar; method={method}"


def feed(entries: Iterable[Entry], *, name: str, stamp: datetime | None = None) -> bytes:
    """A calendar to subscribe to: published, without attendees, with the hint to come back every few hours."""
    stamp = stamp or timezone.now()
    listed = list(entries)
    events = []
    for entry in listed:
        event = _event(entry, entry.changed_at or stamp)
        if entry.changed_at:
            event.add("last-modified", entry.changed_at.astimezone(UTC))
        event.add("status", "CANCELLED" if entry.called_off else "CONFIRMED")
        events.append(event)
    calendar = _calendar("PUBLISH", events)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=4), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    _add_zones(calendar, listed)
    return calendar.to_ical()


def _add_zones(calendar: Calendar, entries: list[Entry]) -> None:
    """Write the clock changes around the events, so that no reader has to know the zone."""
    if not entries:
        return
    first = min(entry.starts for entry in entries).date() - timedelta(days=400)
    last = max(entry.ends for entry in entries).date() + timedelta(days=400)
    calendar.add_missing_timezones(first_date=first, last_date=last)
