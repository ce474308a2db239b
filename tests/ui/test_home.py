"""The home page: what a visitor and a member see, in a fixed number of statements."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.ui import cards
from tests.conftest import person, signed_in
from tests.pages import flat


@pytest.fixture
def only():
    """Only these cards, whatever the apps above have to say."""
    shown: list[cards.Card] = []

    def use(*found: cards.Card) -> None:
        shown[:] = found

    with cards.PROVIDERS.holding(lambda user: shown):
        yield use


def test_a_visitor_reads_what_this_is_and_sees_open_calls(client: Client, db: None, only) -> None:
    only(cards.Card(title="Northwest Washington", body="Until 13 February", url="/calls/nw/", action="Read the call"))
    page = client.get("/").content.decode()
    assert page.count("<h1>") == 1
    assert 'href="/calls/nw/"' in page
    assert "Read the call" in page
    assert flat(page).count('<a class="plain" href="/accounts/login/"') == 2  # in the bar and in the menu of a phone


def test_a_visitor_without_open_calls_is_told_so(client: Client, db: None, only) -> None:
    only()
    page = client.get("/").content.decode()
    assert "No call is open right now" in page


def test_a_member_sees_one_thing_large_and_the_rest_calm(db: None, only) -> None:
    only(
        cards.Card(title="Read two agreements", body="", url="/b/", weight=20),
        cards.Card(title="Answer your offer", body="By Friday", url="/a/", action="Answer", now=True),
    )
    page = signed_in(person("dana")).get("/").content.decode()
    assert page.count('class="sheet large') == 1
    assert page.index("Answer your offer") < page.index("Read two agreements")


def test_a_member_with_nothing_to_do_is_told_what_will_come(db: None, only) -> None:
    only()
    page = signed_in(person("dana")).get("/").content.decode()
    assert "Nothing is waiting for you" in page
    assert 'class="empty"' in page


@pytest.mark.parametrize("role", ["participant", "coordinator", "facilitator", "screener", "steward", "access"])
def test_home_of_every_role_opens(cast, role: str) -> None:
    assert signed_in(getattr(cast, role)).get("/").status_code == 200


def test_the_frame_costs_one_statement_for_the_menu(db: None, only) -> None:
    only()
    client = signed_in(person("dana"))
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get("/")
    told = [q["sql"].split(" FROM ")[-1][:40] for q in seen.captured_queries]
    assert len(told) <= 3, told  # session (may be cached), user, roles for the menu


def test_a_visitor_costs_no_statement(client: Client, db: None, only, django_assert_num_queries) -> None:
    only()
    client.get("/")
    with django_assert_num_queries(0):
        client.get("/")


def test_cards_come_with_the_one_thing_first(only) -> None:
    late, soon, now = (
        cards.Card("late", "", weight=90),
        cards.Card("soon", "", weight=10),
        cards.Card("now", "", now=True),
    )
    only(late, soon, now)
    assert cards.cards_for(AnonymousUser()) == [now, soon, late]  # type: ignore[arg-type]
