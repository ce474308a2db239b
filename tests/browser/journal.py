"""The journal in Chromium, as tests use it: set up, write, unlock."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

WORDS = "I said yes to the steering group before I had asked my own team."
PASSPHRASE = "seven quiet walnut boats 42"


def code_groups(page: Page) -> list[str]:
    return page.locator(".secret.code span").all_inner_texts()


def confirm_code(page: Page) -> str:
    """Read the recovery code that is shown, type back the two groups that are asked for, and return it."""
    expect(page.get_by_role("heading", name="Keep this recovery code")).to_be_visible()
    groups = code_groups(page)
    assert len(groups) == 7
    for field in page.get_by_label(re.compile(r"^Group \d$")).all():
        number = int(re.search(r"\d", field.evaluate("e => e.labels[0].textContent")).group())  # type: ignore[union-attr]
        field.fill(groups[number - 1].lower())
    return "-".join(groups)


def choose_own(page: Page, passphrase: str) -> None:
    page.get_by_role("button", name="Use words of my own").click()
    page.get_by_label("Your passphrase").fill(passphrase)
    page.get_by_label("Type it again").fill(passphrase)
    page.get_by_role("button", name="Continue").click()


def set_up(page: Page, passphrase: str = PASSPHRASE) -> str:
    """Set a journal up through its pages; returns the recovery code. Ends on the list."""
    page.goto("/journal/")
    page.get_by_role("button", name="Start").click()
    choose_own(page, passphrase)
    code = confirm_code(page)
    page.get_by_role("button", name="Finish and start writing").click()
    expect(page.get_by_role("heading", name="Your journal", exact=True)).to_be_visible()
    return code


def write(page: Page, words: str) -> None:
    page.get_by_role("button", name="Write something").click()
    page.get_by_label("Your words").fill(words)
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".entries").get_by_role("button", name=words[:20])).to_be_visible()


def unlock(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.get_by_label("Your journal passphrase").fill(passphrase)
    page.get_by_role("button", name="Open", exact=True).click()
