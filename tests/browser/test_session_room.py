"""A facilitator runs the room with a participant and a projector beside, on a real ASGI server with real streams."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, Error, Page, expect

from cohort.people.models import Role
from sessions.agreements import actions as agreements_actions
from sessions.attendance import codes
from sessions.library.actions import load_activities
from sessions.models import Activity, Attendance, Session
from sessions.planning import actions as planning_actions
from sessions.planning import block_actions
from tests.browser.conftest import axe, both_widths, shot, sign_in
from tests.conftest import join, person

WITHIN = 1.0  # seconds in which "now" and "next" must reach a phone
SOON = 8_000  # milliseconds for all that follows, on a machine that also runs everything else


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_address() -> str:
    """The test database of this run, as another process finds it."""
    base, _, rest = os.environ.get("DATABASE_URL", settings.DATABASE_URL).partition("?")
    return f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{rest}"


@pytest.fixture
def site(live_server: object) -> Iterator[str]:
    """A granian process on the test database; gives its address."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_address(),
        "REDIS_URL": settings.REDIS_URL,
        "DEBUG": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": f"http://localhost:{port}",
        "HTTPS": "0",
        "BROKER_DB": str(settings.BROKER_DB),
        "CACHE_DB": str(settings.CACHE_DB),
    }
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asginl",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers-kill-timeout",
        "2",
        "--log-level",
        "warning",
        "cohort.asgi:application",
    ]
    server = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    address = f"http://localhost:{port}"
    try:
        for _ in range(300):
            try:
                urlopen(f"{address}/static/css/tokens.css", timeout=1).close()
                break
            except (URLError, OSError):
                assert server.poll() is None, "granian did not start"
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture
def session(cast: SimpleNamespace) -> Session:
    load_activities()
    library = {activity.slug: activity for activity in Activity.objects.all()}
    for name in ("thuy", "marcus", "ana", "delbert", "imani"):
        join(person(name), cast.cohort, Role.PARTICIPANT)
    agreements_actions.adopt(
        cohort=cast.cohort,
        by=cast.facilitator,
        name="Listen and share",
        words="Hear before answering, and share the air.",
    )
    starts = timezone.now() + timedelta(minutes=5)
    made = planning_actions.create_session(
        cohort=cast.cohort,
        by=cast.facilitator,
        title="Leading together",
        result="We have a map of our tables.",
        objectives=["See who is missing"],
        starts_at=starts,
        ends_at=starts + timedelta(minutes=95),
        place="Hall",
    )
    for slug in ("result-and-agenda", "who-is-at-our-tables", "buffer", "power-and-fear", "commitments"):
        block_actions.add_from_library(session=made, activity=library[slug], by=cast.facilitator)
    first = made.blocks.get(position=1)
    first.facilitator_notes = "Say it slowly. heron-in-the-reeds"
    first.save(update_fields=["facilitator_notes"])
    return planning_actions.publish(session=made, by=cast.facilitator)


def opened(browser: Browser, user: object, url: str, **options: object) -> Page:
    """A page of its own browser context, signed in as ``user``."""
    context = browser.new_context(base_url=url, locale="en-US", timezone_id="America/Los_Angeles", **options)  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    context.set_default_navigation_timeout(30_000)
    page = context.new_page()
    page.heard = []  # type: ignore[attr-defined]
    page.on("console", lambda message: page.heard.append(message.text) if message.type == "error" else None)  # type: ignore[attr-defined]
    sign_in(page, user)  # type: ignore[arg-type]
    return page


def test_a_session_from_opening_to_end(browser: Browser, site: str, session: Session, cast: SimpleNamespace) -> None:
    desk = opened(browser, cast.facilitator, site, viewport={"width": 1280, "height": 800})
    phone = opened(browser, cast.participant, site, viewport={"width": 360, "height": 740})
    room = f"/sessions/{session.pk}"

    # the facilitator's desk at a glance, then the open room
    desk.goto(f"{room}/")
    axe(desk)
    both_widths(desk)
    shot(desk, "desk")
    desk.set_viewport_size({"width": 1280, "height": 800})
    desk.get_by_role("button", name="Open the room").click()
    expect(desk.get_by_text("0 of 6 are checked in.")).to_be_visible()

    # the participant scans the code
    phone.goto(f"/s/{codes.code_for(session)}/")
    axe(phone)
    phone.get_by_role("button", name="I am here").click()
    expect(phone.get_by_text("You are checked in.")).to_be_visible()
    expect(phone.get_by_text("We begin soon.")).to_be_visible()
    expect(desk.get_by_text("1 of 6 are checked in.")).to_be_visible(timeout=SOON)
    assert Attendance.objects.get(session=session, membership__user=cast.participant).state == "present"

    screen = desk.context.new_page()
    screen.goto(f"{room}/screen/")
    expect(screen.locator(".square svg")).to_be_visible()
    axe(screen)
    shot(screen, "screen-welcome")

    # start: both screens and the phone follow within a second
    desk.get_by_role("button", name="Start").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Result, objectives and agenda walk-through", timeout=SOON
    )
    expect(screen.get_by_role("heading", level=1)).to_have_text(
        "Result, objectives and agenda walk-through", timeout=SOON
    )
    expect(desk.get_by_text("heron-in-the-reeds")).to_be_visible()
    assert "heron-in-the-reeds" not in phone.content() + screen.content()

    # next: now and next stand on the phone within a second of the press (the best of three: the machine may be busy)
    walk, tables = "Result, objectives and agenda walk-through", "Who is at our tables?"
    took = [
        seconds_to_phone(desk, phone, button, title)
        for button, title in ((f"Next: {tables}", tables), ("Back one block", walk), (f"Next: {tables}", tables))
    ]
    assert min(took) < WITHIN, took
    expect(phone.get_by_role("heading", level=1)).to_have_text(tables)
    expect(phone.locator("[data-slot=next]")).to_have_text("Buffer and break")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Who is at our tables?", timeout=SOON)
    axe(desk)
    both_widths(desk)
    shot(desk, "live")
    axe(phone)
    both_widths(phone)
    shot(phone, "phone")
    axe(screen)
    screen.set_viewport_size({"width": 1280, "height": 720})
    shot(screen, "screen")
    desk.set_viewport_size({"width": 1280, "height": 800})

    # the clock counts on the phone alone
    before = phone.locator("[data-clock]").inner_text()
    expect(phone.locator("[data-clock]")).not_to_have_text(before, timeout=2_500)

    # a participant asks for a pause; no name reaches the desk
    phone.get_by_role("button", name="Please pause").click()
    expect(desk.get_by_text("Someone asked to pause.")).to_be_visible(timeout=SOON)
    assert cast.participant.called not in desk.locator("#pause-note").inner_text()

    # an agreement comes back to the screen
    desk.get_by_text("Return to an agreement").click()
    desk.get_by_role("button", name="Listen and share").click()
    expect(screen.get_by_text("Hear before answering, and share the air.")).to_be_visible(timeout=SOON)
    desk.get_by_role("button", name="Pause", exact=True).click()
    expect(phone.get_by_text("Pause", exact=True)).to_be_visible(timeout=SOON)
    desk.get_by_role("button", name="Go on").click()

    # something harder is put in now
    desk.get_by_text("Put something in").click()
    desk.get_by_label("Minutes", exact=True).fill("45")
    desk.get_by_role("button", name="Start it now").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Name the pattern (hard-moment pause)", timeout=SOON)

    # now we are behind: ways to end well are offered, and one tap takes one
    expect(desk.get_by_role("heading", level=2, name="Ways to end well")).to_be_visible()
    shot(desk, "live-over")
    desk.set_viewport_size({"width": 1280, "height": 800})
    desk.locator(".options").get_by_role("button", name="Do this").first.click()
    expect(desk.get_by_role("heading", level=2, name="Ways to end well")).to_be_hidden(timeout=SOON)

    desk.get_by_text("End the session", exact=True).click()
    desk.get_by_role("button", name="End the session now").click()
    expect(desk.get_by_text("The session is over")).to_be_visible(timeout=SOON)
    expect(phone.get_by_text("Thank you for today")).to_be_visible(timeout=SOON)
    session.refresh_from_db()
    assert session.state == "ended"
    assert desk.heard + phone.heard + screen_errors(screen) == []  # type: ignore[attr-defined]
    for page in (desk, phone):
        page.context.close()


def seconds_to_phone(desk: Page, phone: Page, button: str, title: str) -> float:
    """Press a button at the desk: from its press until the phone's heading says ``title``, by the machine's clock.

    Both moments are taken inside the pages, so that the time the test itself needs is left out.
    """
    desk.evaluate(
        "addEventListener('click', () => sessionStorage.setItem('pressed', Date.now()), { capture: true, once: true })"
    )
    phone.evaluate(
        """title => { new MutationObserver((_, watch) => {
            if (document.querySelector('h1')?.textContent !== title) return;
            window.changed = Date.now();
            watch.disconnect();
        }).observe(document.body, { childList: true, subtree: true, characterData: true }); }""",
        title,
    )
    desk.get_by_role("button", name=button).click(no_wait_after=True)
    expect(phone.get_by_role("heading", level=1)).to_have_text(title, timeout=SOON)
    changed = float(phone.evaluate("window.changed"))
    for _attempt in range(50):  # the desk may be on its way to the next page
        try:
            return (changed - float(desk.evaluate("sessionStorage.getItem('pressed')"))) / 1000
        except Error:
            desk.wait_for_timeout(100)
    raise AssertionError("the desk did not come to rest")


def screen_errors(page: Page) -> list[str]:
    return getattr(page, "heard", [])


def test_without_scripts_everything_still_works(
    browser: Browser, site: str, session: Session, cast: SimpleNamespace
) -> None:
    desk = opened(browser, cast.facilitator, site, java_script_enabled=False)
    desk.goto(f"/sessions/{session.pk}/")
    desk.get_by_role("button", name="Open the room").click()
    desk.get_by_role("button", name="Start").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Result, objectives and agenda walk-through")
    expect(desk.locator("[data-clock]")).to_contain_text(":")
    desk.get_by_role("button", name="Next: Who is at our tables?").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Who is at our tables?")
    desk.context.close()
