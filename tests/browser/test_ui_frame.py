"""The frame of every page, in a browser."""

from __future__ import annotations

import pytest
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
