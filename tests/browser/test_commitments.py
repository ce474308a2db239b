"""Commitments in Chromium: the empty page, making one, looking back, showing it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone
from playwright.sync_api import Page, expect

from reflections.commitments import actions as commitments_actions
from reflections.models import Commitment
from tests.browser.conftest import axe, both_widths, shot, sign_in


def test_make_one_look_back_and_show_it(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    page.goto("/commitments/")
    expect(page.get_by_role("heading", name="One thing you will really do")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "commitments-1-empty")
    page.get_by_role("link", name="Add a commitment").click()
    axe(page)
    both_widths(page)
    shot(page, "commitments-2-form")
    page.get_by_label("What will you do?").fill("Send the blank agenda to the council first.")
    page.get_by_label("When or where will it happen?").fill("When I draft it on Monday, I will send it before I write.")
    page.get_by_label("Share power").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("We will ask you how it went")).to_be_visible()
    for days, state in ((1, "did"), (2, "on")):
        made = commitments_actions.commit(
            author=cast.participant,
            cohort=cast.cohort,
            kind="stop",
            what=f"Stop number {days}",
            cue="",
            look_back_on=timezone.localdate() + timedelta(days),
        )
        Commitment.objects.filter(pk=made.pk).update(state=state, look_back_on=timezone.localdate())
    commitments_actions.commit(
        author=cast.facilitator,
        cohort=cast.cohort,
        kind="listen",
        what="Ride the bus and listen.",
        cue="Thursday, 7:10",
        look_back_on=timezone.localdate() + timedelta(5),
        reader="cohort",
    )
    page.reload()
    axe(page)
    both_widths(page)
    shot(page, "commitments-3-list")
    page.get_by_role("link", name="Stop number 2").click()
    axe(page)
    both_widths(page)
    shot(page, "commitments-4-look-back")
    page.get_by_label("Letting it go").check()
    page.get_by_label("What did you learn by trying?").fill("It was not mine to carry.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It was not mine to carry.")).to_be_visible()
    page.get_by_role("link", name="Send the blank agenda").click()
    page.get_by_role("button", name="Show it to my cohort").click()
    expect(page.get_by_text("Everyone in your cohort sees this")).to_be_visible()
    page.get_by_role("link", name="Delete this commitment").click()
    axe(page)
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("The commitment is gone.")).to_be_visible()
    page.goto("/shared/")
    axe(page)
    both_widths(page)
    page.goto("/shared/new/")
    shot(page, "copies-1-new")
