"""The frame of every page, in a browser."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import axe, both_widths, shot, sign_in


def test_home_of_a_visitor(page: Page, db: None) -> None:
    page.goto("/")
    axe(page)
    both_widths(page)
    shot(page, "home-visitor")


def test_home_of_a_member(page: Page, cast) -> None:
    sign_in(page, cast.participant)
    page.goto("/")
    axe(page)
    both_widths(page)
    shot(page, "home-member")
