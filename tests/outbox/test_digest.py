"""The weekly message: off until somebody switches it on, and silent when nothing is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail

from cohort.outbox import digest
from cohort.outbox.models import Message, Preference
from cohort.outbox.preferences import actions as preferences_actions
from cohort.outbox.registry import kinds, news
from cohort.people.models import Cohort, Membership
from tests.clock import post
from tests.outbox.conftest import LOS_ANGELES

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 10, 19, 9, 0, tzinfo=LOS_ANGELES)


@pytest.fixture(autouse=True)
def _wanted(cast: SimpleNamespace) -> Iterator[None]:
    """The participant asked for it last month; only this test's news count."""
    Membership.objects.update(joined_at=MONDAY - timedelta(days=60))
    preferences_actions.choose(user=cast.participant, wanted={digest.NAME: True})
    Preference.objects.update(at=MONDAY - timedelta(days=30))
    with news.PROVIDERS.holding():
        yield


def tell(words: str = "One session this week") -> list[tuple[Cohort, datetime, datetime]]:
    asked: list[tuple[Cohort, datetime, datetime]] = []

    def provider(cohort: Cohort, since: datetime, until: datetime) -> Iterable[news.News]:
        asked.append((cohort, since, until))
        yield news.News(words, "/sessions/", 10)

    news.register(provider)
    return asked


def test_monday_at_nine_for_those_who_asked(cast: SimpleNamespace) -> None:
    asked = tell()
    assert post(MONDAY - timedelta(minutes=5)) == []
    assert post(MONDAY) == [("participant@example.org", "The week in North")]
    assert "- One session this week:\n  http://localhost:8000/sessions/" in mail.outbox[0].body
    week = timedelta(days=7)
    assert set(asked) == {(cast.cohort, MONDAY - week, MONDAY + week)}
    assert post(MONDAY + timedelta(hours=1)) == []
    assert post(MONDAY + week) == [("participant@example.org", "The week in North")]


def test_nothing_new_no_message(cast: SimpleNamespace) -> None:
    assert post(MONDAY) == []
    assert list(Message.objects.values_list("state", "reason")) == [("skipped", "nothing_new")]


def test_it_is_off_until_switched_on_and_one_click_ends_it(cast: SimpleNamespace) -> None:
    tell()
    assert not kinds.get(digest.NAME).default_on
    preferences_actions.choose(user=cast.participant, wanted={digest.NAME: False})
    assert (post(MONDAY), Message.objects.count()) == ([], 0)


def test_who_asks_after_nine_starts_a_week_later(cast: SimpleNamespace) -> None:
    tell()
    Preference.objects.update(at=MONDAY + timedelta(minutes=30))
    assert post(MONDAY + timedelta(hours=1)) == []


def test_tuesday_at_nine_is_too_late(cast: SimpleNamespace) -> None:
    tell()
    post(MONDAY - timedelta(hours=5))
    assert post(MONDAY + timedelta(days=1, minutes=1)) == []
    assert Message.objects.filter(state="expired").count() == 1
