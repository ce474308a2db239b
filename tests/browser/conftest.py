"""Fixtures and helpers of the tests that look at pages in Chromium.

Every test in this folder has the marker `browser`. Without Chromium they are skipped, and the summary says so.
Each page fails its test on any error in the console, which includes every breach of the content security policy;
a test that provokes one on purpose adds a pattern to `expected_errors`.

    def test_something(page, expected_errors, cast):
        sign_in(page, cast.participant)
        page.goto("/journal/")
        axe(page)
        both_widths(page)
        shot(page, "journal")

Known traps: tests use a real flush of the database (slower than the rest); passkeys need the host name `localhost`;
rate limits live in the cache, which the root conftest empties; the live server is WSGI, so endless streams hang it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from cohort.people.models import User
from tests.conftest import signed_in

HERE = Path(__file__).parent
WIDTHS = (320, 360, 1280)
PATIENCE = 10_000  # milliseconds; only a test that fails waits so long, and the machine may be very busy
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE)


def chromium(*, whole: bool = False) -> str | None:
    """The browser to use: COHORT_CHROMIUM, or one that the system has.

    Debian's build without a window comes first: the whole browser, drawing a window that nobody sees, takes half as
    much time again. ``whole`` asks for the one that people use, for what it leaves on the disk.
    """
    names = ["/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"]
    names.insert(len(names) if whole else 0, "chromium-headless-shell")
    wanted = [os.environ.get("COHORT_CHROMIUM", ""), *names]
    return next((found for name in wanted if name and (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in Path(item.path).parents and chromium() is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed: this page was NOT looked at"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": FLAGS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args(live_server: Any) -> dict[str, Any]:
    return {
        "base_url": live_server.url,
        "locale": "en-US",
        "timezone_id": "America/Los_Angeles",
        "viewport": {"width": 1280, "height": 800},
        "reduced_motion": "reduce",
        "color_scheme": "light",
    }


@pytest.fixture
def expected_errors() -> list[str]:
    """Patterns of console errors that this test provokes on purpose."""
    return []


@pytest.fixture
def context(context: BrowserContext, expected_errors: list[str]) -> Iterator[BrowserContext]:
    """A browser context whose pages fail the test on console errors."""
    heard: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            heard.append(f"{message.text} ({message.location.get('url', '')})")

    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(2 * PATIENCE)
    context.on("console", console)
    context.on("weberror", lambda error: heard.append(str(error.error)))
    yield context
    unexpected = [h for h in heard if not any(re.search(pattern, h) for pattern in expected_errors)]
    assert unexpected == [], "the console of the browser has errors"


def sign_in(page: Page, user: User) -> None:
    """Make ``user`` the reader of ``page``, by a session cookie, without the sign-in pages."""
    cookie = next(iter(signed_in(user).cookies.values()))
    page.context.add_cookies(
        [
            {
                "name": cookie.key,
                "value": cookie.value,
                "url": base_url(page),
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )


def sign_out(page: Page) -> None:
    """Forget all cookies of the browser."""
    page.context.clear_cookies()


def base_url(page: Page) -> str:
    return str(page.context._impl_obj._options["baseURL"])  # Playwright tells it nowhere else


_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
_RUN = "([context, options]) => axe.run(context || document, options).then(found => found.violations)"


def axe(page: Page, *, best_practice: bool = True, within: str | None = None, contrast: bool = True) -> None:
    """Fail on any violation of WCAG 2.2 A and AA that axe finds (and, unless told otherwise, of its best practices).

    ``contrast=False`` leaves the colours out, which take half of the time: for a second look at the same page.
    """
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": WCAG + (["best-practice"] if best_practice else [])},
        "resultTypes": ["violations"],
        "rules": {"color-contrast": {"enabled": contrast}},
    }
    if page.evaluate("typeof axe !== 'object'"):
        page.evaluate(_AXE)
    told = [
        f"{v['id']} ({v['impact']}): {v['help']}\n"
        + "\n".join(
            f"    {n['target']}: {n['html'][:160]}\n      {n.get('failureSummary', '')[:300]}" for n in v["nodes"][:6]
        )
        for v in page.evaluate(_RUN, [within, options])
    ]
    assert told == [], f"axe on {page.url}:\n" + "\n".join(told)


_TOO_WIDE = """() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return [];
  const edge = e => Math.round(e.getBoundingClientRect().right);
  return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && edge(e) > most + 1)
    .slice(0, 8).map(e => e.tagName + '.' + (e.getAttribute('class') || e.id || e.type) + ' ' + edge(e));
}"""


def no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than the window; names the elements that stick out."""
    assert page.evaluate(_TOO_WIDE) == [], f"{page.url} scrolls sideways at {page.viewport_size}"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
        f"{page.url} scrolls sideways at {page.viewport_size}"
    )


def both_widths(page: Page) -> None:
    """No sideways scroll at 320, 360 and 1280 px. Leaves the page at 1280."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        no_sideways_scroll(page)


def shot(page: Page, name: str) -> None:
    """With COHORT_SHOTS set to a folder: save the page at 360 and 1280 px, light and dark, as NAME-360-light.png …"""
    folder = os.environ.get("COHORT_SHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
