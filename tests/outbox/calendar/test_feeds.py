"""A person's own calendar: whose it is, what is in it, and how its secret address lives and ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from cohort.outbox.calendar import feeds
from cohort.outbox.calendar import ics as calendar_ics
from cohort.outbox.models import CalendarFeed
from cohort.people.models import HistoryEntry, User
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
LA = ZoneInfo("America/Los_Angeles")
MINE = "/account/calendar/"


def entry(n: int, starts: datetime, **fields: Any) -> calendar_ics.Entry:
    values = {
        "uid": f"session-{n}@cohort",
        "sequence": 0,
        "starts": starts,
        "ends": starts + timedelta(hours=2),
        "zone": "America/Los_Angeles",
        "title": f"Session {n}",
        "changed_at": datetime(2026, 9, 1, tzinfo=UTC),
        **fields,
    }
    return calendar_ics.Entry(**values)


@pytest.fixture
def dates() -> Iterator[dict[Any, list[calendar_ics.Entry]]]:
    """Who has which entries; in place of what the apps registered."""
    found: dict[Any, list[calendar_ics.Entry]] = {}
    with feeds.PROVIDERS.holding(lambda user: found.get(user.pk, [])):
        yield found


def path_of(user: User) -> str:
    feed = feeds.feed_of(user)
    assert feed is not None
    return urlsplit(feeds.address_of(feed)).path


def made(user: User) -> str:
    signed_in(user).post(MINE)
    return path_of(user)


def events(content: bytes) -> dict[str, Any]:
    return {str(one["UID"]): one for one in Calendar.from_ical(content).walk("VEVENT")}


# ---------------------------------------------------------------- the address


def test_a_person_makes_renews_and_stops_an_address(cast: SimpleNamespace, dates: Any) -> None:
    client, reads = signed_in(cast.participant), Client()
    assert "Make my calendar address" in client.get(MINE).content.decode()
    first = made(cast.participant)
    page = client.get(MINE).content.decode()
    assert first in page
    assert reads.get(first).status_code == 200
    client.post(MINE)
    assert path_of(cast.participant) == first  # asking twice changes nothing
    assert client.get(MINE + "new-address/").status_code == 200
    assert reads.get(first).status_code == 200  # looking changes nothing
    client.post(MINE + "new-address/")
    second = path_of(cast.participant)
    assert second != first
    assert [reads.get(first).status_code, reads.get(second).status_code] == [404, 200]
    client.post(MINE + "stop/")
    assert [reads.get(first).status_code, reads.get(second).status_code] == [404, 404]
    assert CalendarFeed.objects.count() == 0
    verbs = HistoryEntry.objects.filter(verb__startswith="calendar.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["calendar.made", "calendar.renewed", "calendar.stopped"]
    assert [client.get(MINE + name).status_code for name in ("new-address/", "stop/")] == [302, 302]
    assert Client().get(MINE).status_code == 302


def test_the_database_holds_only_a_hash(cast: SimpleNamespace, dates: Any) -> None:
    token = made(cast.participant).removeprefix("/calendar/").removesuffix(".ics")
    with connection.cursor() as cursor:
        cursor.execute("SELECT json_agg(f)::text FROM outbox_calendarfeed f")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT json_agg(h)::text FROM people_historyentry h")
        stored += cursor.fetchone()[0]
    assert len(token) == 64
    assert token not in stored


def test_the_address_outlives_a_new_secret_key(cast: SimpleNamespace, dates: Any, settings: Any) -> None:
    path = made(cast.participant)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-" * 5
    assert Client().get(path).status_code == 200
    page = signed_in(cast.participant).get(MINE).content.decode()
    assert path not in page
    assert "we cannot show it any more" in page
    settings.SECRET_KEY_FALLBACKS = [old]
    assert path in signed_in(cast.participant).get(MINE).content.decode()


def test_an_address_shows_one_person_s_dates_and_nobody_else_s(cast: SimpleNamespace, dates: Any) -> None:
    starts = datetime(2026, 10, 20, 10, tzinfo=LA)
    dates[cast.participant.pk], dates[cast.other_participant.pk] = [entry(1, starts)], [entry(2, starts)]
    mine, theirs = made(cast.participant), made(cast.other_participant)
    assert set(events(Client().get(mine).content)) == {"session-1@cohort"}
    assert set(events(Client().get(theirs).content)) == {"session-2@cohort"}
    words = Client().get(mine).content.decode()
    assert [secret for secret in (cast.participant.email, cast.participant.name) if secret in words] == []
    assert "ATTENDEE" not in words
    User.objects.filter(pk=cast.participant.pk).update(is_active=False)
    assert Client().get(mine).status_code == 404


def test_guesses_and_eager_programs_are_slowed_down(cast: SimpleNamespace, dates: Any, monkeypatch: Any) -> None:
    path = made(cast.participant)
    monkeypatch.setattr(feeds, "PER_HOUR", 3)
    assert [Client().get(path).status_code for _n in range(4)] == [200, 200, 200, 429]
    with CaptureQueriesContext(connection) as seen:
        answer = Client().get(path)
    assert (answer.headers["Retry-After"], len(seen)) == ("3600", 0)
    guesses = [Client().get("/calendar/guess.ics").status_code for _n in range(4)]
    assert guesses == [404, 404, 404, 429]
    cache.clear()
    assert Client().get(path).status_code == 200


# ---------------------------------------------------------------- what is in it


def test_a_called_off_session_is_marked_and_a_change_has_a_higher_sequence(cast: SimpleNamespace, dates: Any) -> None:
    starts = datetime(2026, 10, 20, 10, tzinfo=LA)
    dates[cast.participant.pk] = [entry(1, starts), entry(2, starts, called_off=True, sequence=2)]
    path = made(cast.participant)
    found = events(Client().get(path).content)
    assert {uid: (str(one["STATUS"]), one["SEQUENCE"]) for uid, one in found.items()} == {
        "session-1@cohort": ("CONFIRMED", 0),
        "session-2@cohort": ("CANCELLED", 2),
    }
    whole = Calendar.from_ical(Client().get(path).content)
    assert (whole["METHOD"], str(whole["X-WR-CALNAME"])) == ("PUBLISH", "Cohort: my sessions")


def test_sessions_around_a_clock_change_keep_their_hour(cast: SimpleNamespace, dates: Any) -> None:
    """Clocks go back on 1 November 2026 and forward on 14 March 2027; ten o'clock stays ten o'clock."""
    days = [
        datetime(2026, 10, 31, 10, tzinfo=LA),
        datetime(2026, 11, 1, 10, tzinfo=LA),
        datetime(2027, 3, 13, 10, tzinfo=LA),
        datetime(2027, 3, 14, 10, tzinfo=LA),
    ]
    dates[cast.participant.pk] = [entry(n, day) for n, day in enumerate(days)]
    content = Client().get(made(cast.participant)).content
    whole = Calendar.from_ical(content)
    starts = [one["DTSTART"] for one in whole.walk("VEVENT")]
    assert [start.params["TZID"] for start in starts] == ["America/Los_Angeles"] * 4
    assert [start.dt.strftime("%H:%M") for start in starts] == ["10:00"] * 4
    assert [start.dt.astimezone(UTC).hour for start in starts] == [17, 18, 18, 17]
    # What a program without a zone database reads: the rules that the file itself brings.
    zone = whole.walk("VTIMEZONE")[0].to_tz()
    offsets = [day.replace(tzinfo=None).replace(tzinfo=zone).utcoffset() for day in days]
    assert offsets == [timedelta(hours=-7), timedelta(hours=-8), timedelta(hours=-8), timedelta(hours=-7)]
    assert b"\r\n" in content


def test_the_same_calendar_is_not_sent_twice(cast: SimpleNamespace, dates: Any) -> None:
    starts = datetime(2026, 10, 20, 10, tzinfo=LA)
    dates[cast.participant.pk] = [entry(1, starts), entry(2, starts, changed_at=None)]
    path = made(cast.participant)
    CalendarFeed.objects.update(made_at=datetime(2026, 8, 15, tzinfo=UTC))  # not this second, which would hide a clock
    first, again = Client().get(path), Client().get(path)
    assert b"DTSTAMP:20260815T000000Z" in first.content
    assert first.content == again.content
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert (again.headers["ETag"], again.headers["Last-Modified"]) == (tag, changed)
    for asked in ({"HTTP_IF_NONE_MATCH": tag}, {"HTTP_IF_MODIFIED_SINCE": changed}):
        answer = Client().get(path, **asked)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    dates[cast.participant.pk] = []  # it went away without leaving a date behind
    CalendarFeed.objects.update(changed_at=datetime(2026, 1, 1, tzinfo=UTC))
    answer = Client().get(path, HTTP_IF_NONE_MATCH=tag)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag
    assert answer.headers["Last-Modified"] != "Thu, 01 Jan 2026 00:00:00 GMT"


def test_it_sets_no_cookie_and_no_cache_may_share_it(cast: SimpleNamespace, dates: Any) -> None:
    answer = Client().get(made(cast.participant))
    assert answer.cookies == {}
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert (answer.headers["X-Robots-Tag"], answer.headers["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert signed_in(cast.stranger).post(path_of(cast.participant)).status_code == 405
