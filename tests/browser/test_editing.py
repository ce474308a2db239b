"""A form under the editing rule, without a network: what was typed stays on the page, and the page says so."""

from __future__ import annotations

import re
from types import SimpleNamespace

from playwright.sync_api import Page, expect

from cohort.people.models import Cohort
from tests.browser.conftest import axe, both_widths, sign_in
from tests.conftest import signed_in
from tests.ui.test_editing import opened

PAGE = "/cohorts/north/change/"


def test_words_outlive_a_lost_network_and_the_page_says_so(
    page: Page, cast: SimpleNamespace, expected_errors: list[str]
) -> None:
    expected_errors.append("ERR_INTERNET_DISCONNECTED")
    sign_in(page, cast.coordinator)
    page.goto(PAGE)
    page.get_by_label("Domain").fill("Typed for an hour")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-status]")).to_contain_text("No connection, so this is not saved.")
    expect(page.get_by_label("Domain")).to_have_value("Typed for an hour")
    assert not Cohort.objects.filter(domain="Typed for an hour").exists()
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("/cohorts/north/$"))
    assert Cohort.objects.filter(domain="Typed for an hour").exists()


def test_both_texts_stand_side_by_side(page: Page, cast: SimpleNamespace, expected_errors: list[str]) -> None:
    expected_errors.append("409")
    sign_in(page, cast.coordinator)
    page.goto(PAGE)
    page.get_by_label("Domain").fill("Mine")
    other = signed_in(cast.coordinator)
    other.post(PAGE, opened(other) | {"domain": "Theirs"})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Somebody else saved first")
    axe(page)
    both_widths(page)
    page.get_by_role("button", name="Keep mine").click()
    expect(page).to_have_url(re.compile("/cohorts/north/$"))
    assert Cohort.objects.filter(domain="Mine").exists()
