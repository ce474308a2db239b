"""The piece that follows messages which go out together."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Route, expect

PAGE = (
    '<!doctype html><html lang="en"><title>Batch</title><main>{}</main>'
    '<script type="module" src="/static/js/batch.js"></script>'
)
GOING = """<section class="note" data-batch="" data-batch-over="{over}">
<p role="status">{n} of 3 messages have left.</p>
<progress max="3" value="{n}" aria-label="Messages that have left"></progress>
{again}</section>"""


def test_it_follows_until_all_have_left(page: Page, live_server: Any) -> None:
    """It asks again every few seconds, keeps the element that a screen reader listens to, and ends by itself."""
    asked = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        n = min(len(asked), 3)
        again = '<p data-batch-again><a href="">Look again</a></p>' if n < 3 else ""
        piece = GOING.format(n=n, over="yes" if n == 3 else "no", again=again)
        route.fulfill(body=PAGE.format(piece), content_type="text/html")

    page.clock.install()
    page.route("**/batch/", answer)
    page.goto("/batch/")
    status = page.get_by_role("status")
    expect(status).to_have_text("1 of 3 messages have left.")
    expect(page.get_by_text("Look again")).to_be_hidden()
    page.evaluate("window.first = document.querySelector('[role=status]')")
    for n in (2, 3):
        page.clock.run_for(3100)
        expect(status).to_have_text(f"{n} of 3 messages have left.")
    assert page.evaluate("document.querySelector('[role=status]') === window.first")
    assert page.evaluate("document.querySelector('progress').value") == 3
    page.clock.run_for(60_000)
    assert len(asked) == 3
