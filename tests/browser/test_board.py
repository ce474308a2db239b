"""The board in Chromium: ask, watch, read the reasons, try a swap, pin, ask again, compare."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from applications.models import Application, Call, Explanation, Proposal
from applications.representation.proposals.tasks import run_explanation, run_proposal
from tests.applications.representation.proposals.pool import choosing_call, fill_pool
from tests.browser.conftest import axe, both_widths, shot, sign_in


@pytest.fixture
def call(transactional_db: None, cast: SimpleNamespace) -> object:
    found = choosing_call(cast.cohort, cast.coordinator)
    fill_pool(found, 46)
    return found


def work() -> None:
    """What the worker does: the waiting proposal, then every question asked."""
    for pk in Proposal.objects.filter(state="queued").values_list("pk", flat=True):
        run_proposal(str(pk))
    for pk in Explanation.objects.filter(state="asked").values_list("pk", flat=True):
        run_explanation(str(pk))


def looked_at(page: Page, name: str) -> None:
    axe(page)
    both_widths(page)
    shot(page, f"board-{name}")


def test_from_the_pool_to_a_proposal_and_back(page: Page, call: object, cast: SimpleNamespace) -> None:
    sign_in(page, cast.coordinator)
    page.goto(f"/calls/{call.slug}/board/")
    expect(page.get_by_text("46 applications could be chosen for 15 seats.")).to_be_visible()
    page.get_by_role("link", name="Targets", exact=True).click()
    page.get_by_role("link", name="Island County").click()
    page.goto(f"/calls/{call.slug}/board/targets/preset/")

    page.goto(f"/calls/{call.slug}/board/")
    page.get_by_role("button", name="Work out a proposal").click()
    expect(page.get_by_role("heading", name="Proposal 1 is being worked out")).to_be_visible()
    looked_at(page, "working")
    work()
    expect(page.get_by_role("heading", name="Who would be at the table")).to_be_visible()  # it came by itself
    proposal = Proposal.objects.get(number=1)
    numbers = {str(a.pk): a.number for a in call.applications.all()}
    inside = numbers[proposal.cohort[0]]
    outside = next(n for pk, n in sorted(numbers.items(), key=lambda row: row[1]) if pk not in proposal.cohort)
    members = page.get_by_role("region", name="Who is in, and why")
    expect(members.locator("strong", has_text=f"{inside:04d}")).to_be_visible()

    page.locator("#id_application").fill(str(outside))
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("button", name="Weigh balance against scores").click()
    page.get_by_role("button", name="Make a reserve list").click()
    work()
    expect(page.get_by_role("region", name="Why is somebody not in?").get_by_text(f"{outside:04d}")).to_be_visible()
    expect(page.get_by_text("About a quarter of the people are different")).to_be_visible()
    expect(page.locator("[data-poll]")).to_have_count(0)  # every answer is there: the page stays as it is

    at = page.url
    page.get_by_label("Out: application number").fill(f"{inside:04d}")
    page.get_by_label("In: application number").fill(f"{outside:04d}")
    page.keyboard.press("Enter")  # nothing here needs a mouse
    expect(page.get_by_role("heading", name=f"{inside:04d} out, {outside:04d} in")).to_be_focused()
    assert page.url == at  # the effect comes without leaving the page
    looked_at(page, "swap")
    keep = page.get_by_role("button", name="Keep this group as a proposal")
    if keep.count():
        keep.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("changed by hand, from proposal 1")).to_be_visible()
    else:  # this swap breaks a rule, so one of the other good groups is kept
        page.get_by_role("button", name="Keep group 1 as a proposal").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("one of the other good groups, from proposal 1")).to_be_visible()
    page.get_by_label("Comment", exact=True).focus()
    page.keyboard.type("This group has one more from the islands.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This group has one more from the islands.")).to_be_visible()
    page.locator(".threads summary").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Your answer").fill("And nobody loses a seat.")
    page.get_by_role("button", name="Answer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("And nobody loses a seat.")).to_be_visible()
    looked_at(page, "kept")
    page.get_by_role("link", name="Take back").first.click()
    looked_at(page, "take-back")

    page.goto(f"/calls/{call.slug}/board/proposals/1/")
    page.get_by_label("Application number", exact=True).nth(1).fill(str(inside))
    page.get_by_role("button", name="See who could take the seat").click()
    expect(page.get_by_role("heading", name=f"If {inside:04d} declines")).to_be_focused()
    page.goto(f"/calls/{call.slug}/board/proposals/1/change/?declined={inside}")
    looked_at(page, "replacements")

    page.get_by_role("link", name="Go to pins").click()
    page.get_by_text("Pin an application").click()
    page.get_by_label("Application number", exact=True).fill(str(inside))
    page.get_by_label("always out").check()
    page.get_by_role("button", name="Pin it").click()
    expect(page.get_by_text("Say why.").first).to_be_visible()
    looked_at(page, "rules-error")
    page.get_by_label("Why?").first.fill("Moves away in March")
    page.get_by_role("button", name="Pin it").click()
    expect(page.get_by_text("Moves away in March")).to_be_visible()

    page.get_by_role("link", name="Pool and proposals").click()
    page.get_by_role("button", name="Work out a proposal").click()
    work()
    expect(page.get_by_role("heading", name="Who would be at the table")).to_be_visible()
    expect(members.locator("strong", has_text=f"{inside:04d}")).to_have_count(0)
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.get_by_text("Only in proposal 3:")).to_be_visible()
    looked_at(page, "compare")
    Call.objects.filter(pk=call.pk).update(
        state="open", opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() + timedelta(days=9)
    )
    Application.objects.filter(call=call).update(submitted_at=timezone.now() - timedelta(days=2))
    page.get_by_role("link", name="Who is missing").click()
    expect(page.get_by_role("heading", name="Please look for")).to_be_visible()


def test_the_board_works_without_javascript(
    browser: object, call: object, cast: SimpleNamespace, live_server: object
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page, cast.coordinator)
    page.goto(f"/calls/{call.slug}/board/")
    page.get_by_role("button", name="Work out a proposal").click()
    work()
    page.get_by_role("heading", name="Who would be at the table").wait_for(timeout=15_000)
    context.close()
