"""The journal in Chromium: set up, write from a question, reload, unlock, read; and everything that may go wrong."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from reflections.models import Journal, Record, Slot
from tests.browser.conftest import axe, both_widths, shot, sign_in

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


def test_set_up_write_from_a_question_reload_unlock_read(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    page.goto("/journal/")
    expect(page.get_by_role("heading", name="A journal that only you can open")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "journal-1-start")
    page.get_by_role("button", name="Start").click()

    suggested = page.locator(".secret").inner_text()
    assert len(suggested.split()) == 6
    axe(page)
    both_widths(page)
    shot(page, "journal-2-passphrase")
    page.get_by_label("Type it again").fill(suggested)
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", name="Keep this recovery code")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "journal-3-code")
    page.get_by_label(re.compile(r"^Group \d$")).first.fill("0000")
    page.get_by_role("button", name="Finish and start writing").click()
    expect(page.get_by_text("That is not what your code says")).to_be_visible()
    assert not Journal.objects.exists()
    confirm_code(page)
    page.get_by_role("button", name="Finish and start writing").click()

    expect(page.get_by_role("heading", name="Your journal", exact=True)).to_be_visible()
    assert Journal.objects.get().owner == cast.participant
    assert sorted(Slot.objects.values_list("kind", flat=True)) == [1, 2]
    axe(page)
    both_widths(page)
    shot(page, "journal-4-empty")
    question = "Where did you hold on to a decision that you could have shared?"
    page.get_by_role("button", name=question).click()
    expect(page.get_by_role("heading", name=question)).to_be_visible()
    page.get_by_label("Your words").fill(WORDS)
    expect(page.get_by_text("Kept on this device, encrypted")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "journal-5-write")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name=WORDS)).to_be_visible()
    assert Record.objects.filter(type=2).count() == 1

    page.reload()
    expect(page.get_by_role("heading", name="Your journal is locked")).to_be_visible()
    assert WORDS not in page.content()
    axe(page)
    both_widths(page)
    shot(page, "journal-6-unlock")
    unlock(page, suggested)
    page.get_by_role("button", name=WORDS).click()
    expect(page.get_by_label("Your words")).to_have_value(WORDS)
    expect(page.get_by_role("heading", name=question)).to_be_visible()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Keys, copies and settings").click()
    axe(page)
    both_widths(page)
    shot(page, "journal-7-settings")
