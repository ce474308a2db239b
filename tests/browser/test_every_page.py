"""Every page of the project, read from the resolver, as the people of the demo see it; one test for each of them.

Each is opened in Chromium and must have one first heading, no sideways scroll at 320 px, and nothing that axe finds
at the width of a phone and of a laptop; the colours, the same at both, are looked at once (and in the dark on the page
that shows every component, in test_ui_frame.py). The console is watched as always. Which pages there are is found by
finding.py; that all of them are opened here is in tests/test_every_address.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import demo_site, demo_stages
from tests.browser.conftest import axe, no_sideways_scroll, shot, sign_in
from tests.browser.finding import HOLDERS, Seen

#: Names in tables are what people write. Each table gets a long word into the first of its named rows; told are those
#: that make the page wider than the window then.
STRETCHED = r"""word => {
  const root = document.documentElement, wide = () => root.scrollWidth > root.clientWidth;
  const stretches = cell => {
    const text = document.createTextNode(' ' + word);
    (cell.querySelector('a') || cell).append(text);
    const found = wide();
    text.remove();
    return found;
  };
  const rows = [...document.querySelectorAll('table')].map(table =>
    [...table.querySelectorAll('tbody th[scope="row"]')].find(e => /^\s*\p{L}/u.test(e.innerText)));
  return rows.filter(e => e && stretches(e)).map(e => e.innerText);
}"""

#: Who is shown pages in which stage of the demo, and in how many tests they are opened.
WALKS = {
    ("open", "coordinator1"): 6,
    ("open", "facilitator1"): 2,
    ("open", "participant1"): 1,
    ("open", "applicant1"): 1,
    ("open", "applicant2"): 1,
    ("open", "screener1"): 1,
    ("open", "steward1"): 1,
    ("open", "access1"): 1,
    ("open", ""): 1,
    ("changed", "applicant2"): 1,
    ("decided", "coordinator1"): 1,
    ("decided", HOLDERS): 1,
}


def parts() -> Iterator[object]:
    for (stage, person), count in WALKS.items():
        for part in range(count):
            name = f"{stage}-{person or 'visitor'}" + (f"-{part + 1}-of-{count}" if count > 1 else "")
            yield pytest.param(stage, person, part, id=name)


def look(page: Page, seen: list[Seen]) -> None:
    """Open each page; all that is wrong is told together."""
    wrong: list[str] = []
    reader = None
    for person, name, path in seen:
        if person and person != reader:
            sign_in(page, demo_site.someone(person))
            reader = person
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(path)
        try:
            expect(page.locator("h1")).to_have_count(1)  # the journal draws itself
            no_sideways_scroll(page)
            assert page.evaluate(STRETCHED, demo_site.LONG_NAME) == [], "a long word stretches the table"
            page.set_viewport_size({"width": 360, "height": 800})
            axe(page)
            page.set_viewport_size({"width": 1280, "height": 800})
            no_sideways_scroll(page)
            axe(page, contrast=False)
        except AssertionError as error:
            wrong.append(f"{person or 'a visitor'}, {name}: {error}")
        shot(page, f"{name.replace(':', '-')}-{person or 'visitor'}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize(("stage", "person", "part"), list(parts()))
def test_every_page_of_every_address(page: Page, transactional_db: None, stage: str, person: str, part: int) -> None:
    pages = [seen for seen in demo_stages.restore(stage) if demo_stages.walker(seen) == person]
    assert pages, "has no pages of its own any more"
    look(page, pages[part :: WALKS[stage, person]])
