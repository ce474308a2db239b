"""The planning pages, with the demo's season, at work. That each is in order is in test_every_page.py."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cohort.people import demo_people
from cohort.people.demo import Stage
from sessions import demo
from sessions.models import Session
from tests.browser.conftest import axe, sign_in


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    made = demo_people.make_stage(timezone.now())
    demo_people.load(made)
    demo.load(made)
    return made


def test_planning_a_session_from_nothing(page: Page, stage: Stage, expected_errors: list[str]) -> None:
    expected_errors.append("422")  # the browser notes the refused form
    sign_in(page, stage.people["facilitator2"])
    page.goto("/sessions/")
    page.get_by_role("link", name="Plan a session").click()
    page.get_by_role("button", name="Save the draft").click()
    expect(page).to_have_title("Error: Plan a session – Cohort")
    axe(page)
    page.get_by_label("Title").fill("Who decides")
    page.get_by_label("Objectives").fill("See who decides today")
    page.get_by_label("Date").fill(datetime(2031, 3, 4, tzinfo=UTC).strftime("%Y-%m-%d"))
    page.get_by_label("Starts").fill("09:30")
    page.get_by_label("Ends").fill("11:00")
    page.get_by_label("Place").fill("Harbor Hall")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("The result line is empty.")).to_be_visible()
    page.get_by_label("Words in the name, purpose or credit").fill("power")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Add Recognizing power").click()
    page.get_by_label("Words in the name, purpose or credit").fill("commitments leave")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Add Commitments").click()
    expect(page.locator(".builder .block h2")).to_have_text(["Recognizing power", "Commitments"])
    page.get_by_role("button", name="Move Recognizing power down").click()
    expect(page.locator(".builder .block h2")).to_have_text(["Commitments", "Recognizing power"])
    page.get_by_role("button", name="Take out Commitments").click()
    expect(page.locator(".builder .block h2")).to_have_text(["Recognizing power"])
    page.get_by_role("button", name="Put back Commitments").click()
    page.get_by_label("Minutes Recognizing power").fill("50")
    page.get_by_role("button", name="Set Recognizing power").click()
    expect(page.locator(".builder .when")).to_have_text(["09:30", "09:40", "10:30"])
    axe(page)
    page.get_by_role("link", name="Change result, objectives, time or place").click()
    page.get_by_label("Result line").fill("We know who decides, and who should.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish and invite").click()
    expect(page.get_by_role("button", name="Call them back")).to_be_visible()
    assert Session.objects.get(title="Who decides").state == "published"


def test_nobody_else_gets_in(page: Page, stage: Stage, expected_errors: list[str], cast: SimpleNamespace) -> None:
    expected_errors.append("404")
    sign_in(page, cast.stranger)
    answer = page.goto(f"/sessions/{Session.objects.get(state='published').pk}/")
    assert answer is not None
    assert answer.status == 404
