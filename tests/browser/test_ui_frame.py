"""The frame of every page, in a browser."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.db import connections
from playwright.sync_api import Page, expect

from cohort.people.models import User
from cohort.ui import cards
from cohort.ui.cards import Card
from tests.browser.conftest import axe, both_widths, no_sideways_scroll, shot, sign_in

Show = Callable[..., None]


@pytest.fixture
def show() -> Iterator[Show]:
    """``show(card, …)``: only these cards, whatever the apps above have to say; none at first."""
    shown: list[Card] = []

    def use(*found: Card) -> None:
        shown[:] = found

    with cards.PROVIDERS.holding(lambda user: shown):
        yield use


def test_home_of_a_visitor(page: Page, db: None, show: Show) -> None:
    show(
        Card(
            "Equity in leadership, Northwest Washington",
            "Fifteen seats. Open until 13 February.",
            "/calls/nw/",
            "Read the call",
            "First cohort",
        ),
    )
    page.goto("/")
    axe(page)
    both_widths(page)
    shot(page, "home-visitor")


def test_home_of_a_member(page: Page, cast, show: Show) -> None:
    show(
        Card(
            "Who is at our tables?",
            "Thursday 12 February 2026, 10:00–12:00 (Pacific time), Mount Vernon.",
            "/s/1/",
            "See the agenda",
            "Next session",
            10,
            now=True,
        ),
        Card(
            "Your commitment",
            "Keep the intake line open until seven on Tuesdays.",
            "/c/",
            "Tell how it went",
            weight=20,
        ),
        Card("Your journal", "Nine pages. Only you can open them.", "/journal/", "Write", weight=30),
        Card("Our agreements", "Speak from what you have lived.", "/agreements/", "Read all six", weight=40),
    )
    sign_in(page, cast.participant)
    page.goto("/")
    axe(page)
    both_widths(page)
    shot(page, "home-member")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["", "?errors"])
def test_style_guide(page: Page, db: None, settings, scheme: str, state: str) -> None:
    settings.DEBUG = True
    page.emulate_media(color_scheme=scheme)
    page.goto(f"/dev/ui/{state}")
    axe(page)
    both_widths(page)
    page.set_viewport_size({"width": 360, "height": 800})
    axe(page)
    shot(page, f"guide{'-errors' if state else ''}")


def test_home_of_a_member_with_nothing_to_do(page: Page, cast, show: Show) -> None:
    show()
    sign_in(page, cast.stranger)
    page.goto("/")
    axe(page)
    both_widths(page)
    shot(page, "home-empty")


def test_the_menu_of_a_phone_opens_without_javascript(page: Page, cast) -> None:
    sign_in(page, cast.coordinator)
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/your-account/")
    expect(page.locator(".bar .you:visible")).to_have_count(0)
    page.locator("summary", has_text="Menu").click()
    expect(page.get_by_role("banner").get_by_role("button", name="Sign out")).to_be_visible()
    axe(page)
    no_sideways_scroll(page)
    for link in page.get_by_role("banner").get_by_role("link").all():
        assert link.bounding_box()["height"] >= 44  # type: ignore[index]
    if os.environ.get("COHORT_SHOTS"):
        page.screenshot(path=f"{os.environ['COHORT_SHOTS']}/menu-open-360.png")


def test_the_first_tab_stop_skips_to_the_main_part(page: Page, db: None) -> None:
    page.goto("/accounts/login/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_language_is_switched_and_the_page_stays(page: Page, db: None) -> None:
    page.goto("/accounts/login/?next=/your-account/")
    page.get_by_role("button", name="Español").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.url.endswith("/accounts/login/?next=/your-account/")
    axe(page)


def test_a_missing_page_is_kind(page: Page, db: None, expected_errors: list[str]) -> None:
    expected_errors.append("404")
    page.goto("/no-such-page/")
    axe(page)
    both_widths(page)
    shot(page, "404")


def test_first_load_is_light(page: Page, db: None) -> None:
    """At most 60 kB over the wire, compressed as the production server sends it."""
    bodies: list[bytes] = []
    page.on("response", lambda response: bodies.append(response.body()))
    page.goto("/accounts/login/")
    page.wait_for_load_state("networkidle")
    sizes = [len(gzip.compress(body)) for body in bodies]
    assert len(sizes) > 5
    assert sum(sizes) <= 60_000, sum(sizes)
    print(f"first load of sign-in: {sum(sizes)} bytes in {len(sizes)} requests")


def test_the_counter_speaks_from_eighty_percent_on(page: Page, db: None, settings) -> None:
    settings.DEBUG = True
    page.goto("/dev/ui/")
    area = page.get_by_label("Which rule, budget or habit")
    counter = page.locator("[data-counter=id_why]")
    area.fill("x" * 159)
    expect(counter).to_have_text("Up to 200 characters")
    area.fill("x" * 160)
    expect(counter).to_have_text("40 characters left")
    area.fill("x" * 203)
    expect(counter).to_have_text("3 characters too many")


def test_an_answer_that_stands_alone_clears_the_others(page: Page, db: None, settings) -> None:
    settings.DEBUG = True
    page.goto("/dev/ui/")
    page.get_by_label("Going without").check()
    page.get_by_label("I prefer not to say").check()
    expect(page.get_by_label("Going without")).not_to_be_checked()
    page.get_by_label("Moving to a new country").check()
    expect(page.get_by_label("I prefer not to say")).not_to_be_checked()


def test_forced_colours_keep_charts_and_buttons_visible(page: Page, db: None, settings) -> None:
    settings.DEBUG = True
    page.emulate_media(forced_colors="active")
    page.goto("/dev/ui/")
    fill = page.locator(".chart .proposal").first.evaluate("e => getComputedStyle(e).fill")
    track = page.locator(".chart .track").first.evaluate("e => getComputedStyle(e).fill")
    assert fill != track


def test_pictures_are_taken_from_a_running_demo(
    page: Page, transactional_db: None, live_server, tmp_path, monkeypatch, show: Show
) -> None:
    from io import StringIO

    from django.core.management import CommandError, call_command

    from cohort.people import demo
    from cohort.ui import screenshots
    from cohort.ui.management.commands import screenshots as commands_screenshots

    dana = User.objects.create_user("participant1@demo.example", demo.PASSWORD, name="Dana")
    EmailAddress.objects.create(user=dana, email=dana.email, verified=True, primary=True)
    wanted = [
        screenshots.Shot("visitor", "/"),
        screenshots.Shot("member", "/", who="participant1", width=360, scheme="dark", follow=("text=Your account",)),
        screenshots.Shot("missing", "/no-such-page/"),
    ]
    monkeypatch.setattr(commands_screenshots, "SHOTS", wanted)

    def take(*names: str) -> None:
        call_command("screenshots", *names, url=live_server.url, to=str(tmp_path), stdout=StringIO(), stderr=StringIO())

    with ThreadPoolExecutor(1) as elsewhere:  # a second Playwright does not fit beside the tests' own
        elsewhere.submit(take, "visitor", "member").result()
        with pytest.raises(CommandError, match="missing"):
            elsewhere.submit(take, "missing").result()
        with pytest.raises(CommandError, match="No picture has this name: nonsense"):
            elsewhere.submit(take, "nonsense").result()
        elsewhere.submit(connections.close_all).result()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["member.png", "visitor.png"]


def test_hidden_text_in_a_button_takes_no_room(page: Page, transactional_db: None, live_server) -> None:
    """The formatter of templates ends such a button with white space, which must not show."""
    page.goto(live_server.url)
    widths = page.evaluate(
        """() => ['Copy', 'Copy<span class="visually-hidden"> a name</span>\\n  '].flatMap((text) =>
            ['', '<svg class="icon" width="24" height="24"></svg>'].map((icon) => {
                const button = document.createElement('button');
                button.className = 'button quiet small';
                button.innerHTML = icon + text;
                document.querySelector('main').append(button);
                return button.getBoundingClientRect().width;
            }))"""
    )
    assert widths[:2] == widths[2:]
