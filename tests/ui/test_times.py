"""Times in words: the zone is named, clocks that change are told apart, and both languages read well."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from cohort.ui.times import range_words, when_words, zone_words

PACIFIC = ZoneInfo("America/Los_Angeles")


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type,misc]


def test_a_moment_names_day_time_and_zone() -> None:
    assert when_words(utc(2026, 2, 12, 18), PACIFIC) == "Thursday 12 February 2026, 10:00 (Pacific time)"
    assert when_words(utc(2026, 7, 12, 18), "America/Los_Angeles") == "Sunday 12 July 2026, 11:00 (Pacific time)"


def test_a_date_has_neither_time_nor_zone() -> None:
    assert when_words(dt.date(2026, 2, 12), PACIFIC) == "Thursday 12 February 2026"
    assert when_words(None) == ""


def test_a_moment_without_a_zone_is_on_the_clocks_of_the_zone() -> None:
    assert when_words(dt.datetime(2026, 2, 12, 10), PACIFIC) == "Thursday 12 February 2026, 10:00 (Pacific time)"


def test_without_a_zone_the_readers_own_is_used_and_named() -> None:
    with timezone.override("America/New_York"):
        assert when_words(utc(2026, 2, 12, 18)) == "Thursday 12 February 2026, 13:00 (Eastern time)"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/Los_Angeles", "Pacific time"),
        ("America/Phoenix", "Arizona time"),
        ("Europe/Paris", "Paris time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC"),
        (dt.UTC, "UTC"),
    ],
)
def test_zones_in_words(zone, words: str) -> None:
    assert zone_words(zone) == words


def test_a_range_on_one_day_names_it_once() -> None:
    assert range_words(utc(2026, 2, 12, 18), utc(2026, 2, 12, 20), PACIFIC) == (
        "Thursday 12 February 2026, 10:00–12:00 (Pacific time)"
    )


def test_a_range_over_midnight_names_both_days() -> None:
    assert range_words(utc(2026, 2, 13, 6), utc(2026, 2, 13, 9), PACIFIC) == (
        "Thursday 12 February 2026, 22:00 to Friday 13 February 2026, 01:00 (Pacific time)"
    )


def test_the_same_range_may_be_one_day_here_and_two_days_there() -> None:
    start, end = utc(2026, 2, 13, 4), utc(2026, 2, 13, 6)
    assert range_words(start, end, PACIFIC) == "Thursday 12 February 2026, 20:00–22:00 (Pacific time)"
    assert range_words(start, end, "America/New_York") == (
        "Thursday 12 February 2026, 23:00 to Friday 13 February 2026, 01:00 (Eastern time)"
    )


def test_the_hour_that_happens_twice_is_told_apart() -> None:
    first, second = utc(2026, 11, 1, 8, 30), utc(2026, 11, 1, 9, 30)
    assert when_words(first, PACIFIC) == "Sunday 1 November 2026, 01:30 (Pacific time, before the clocks change)"
    assert when_words(second, PACIFIC) == "Sunday 1 November 2026, 01:30 (Pacific time, after the clocks change)"


def test_the_hour_that_does_not_happen_is_no_reason_to_fail() -> None:
    before, after = utc(2026, 3, 8, 9, 59), utc(2026, 3, 8, 10)
    assert range_words(before, after, PACIFIC) == "Sunday 8 March 2026, 01:59–03:00 (Pacific time)"


def test_spanish() -> None:
    with translation.override("es"):
        assert when_words(dt.date(2026, 2, 12)) == "jueves 12 de febrero de 2026"


def test_the_tags_give_a_time_element_and_plain_words() -> None:
    page = Template(
        "{% load ui %}{% when at zone %}|{% when_plain at zone %}|{% clock at zone %}|{% day at zone %}"
        "|{% when_range at end zone %}|{{ zone|zone_words }}"
    )
    told = page.render(Context({"at": utc(2026, 2, 12, 18), "end": utc(2026, 2, 12, 20), "zone": PACIFIC})).split("|")
    assert told == [
        '<time datetime="2026-02-12T18:00:00+00:00">Thursday 12 February 2026, 10:00 (Pacific time)</time>',
        "Thursday 12 February 2026, 10:00 (Pacific time)",
        '<time datetime="2026-02-12T18:00:00+00:00">10:00</time>',
        '<time datetime="2026-02-12">Thursday 12 February 2026</time>',
        '<time datetime="2026-02-12T18:00:00+00:00">Thursday 12 February 2026, 10:00–12:00 (Pacific time)</time>',
        "Pacific time",
    ]
