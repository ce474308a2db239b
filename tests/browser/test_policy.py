"""Choosing what people are chosen by, a second person agreeing, merging organizations, taking a file out."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from applications.call import actions as call_actions
from applications.models import Call, RuleChange
from cohort.people.models import Role, User
from tests.applications.pool import make_application
from tests.browser.conftest import axe, both_widths, shot, sign_in
from tests.conftest import join, person


@pytest.fixture
def second(transactional_db: None, cast: SimpleNamespace) -> User:
    user = person("second")
    join(user, cast.cohort, Role.COORDINATOR)
    return user


@pytest.fixture
def call(second: User, cast: SimpleNamespace) -> Call:
    now = timezone.now()
    return call_actions.create_call(
        cohort=cast.cohort,
        actor=cast.coordinator,
        title="Equity in leadership",
        opens_at=now - dt.timedelta(hours=1),
        closes_at=now + dt.timedelta(days=9),
    )


def looked_at(page: Page, name: str) -> None:
    axe(page)
    both_widths(page)
    shot(page, f"policy-{name}")


def test_from_nothing_chosen_to_an_open_call_and_a_change_by_two(
    page: Page, call: Call, second: User, cast: SimpleNamespace
) -> None:
    sign_in(page, cast.coordinator)
    page.goto(f"/calls/{call.slug}/open/")
    expect(page.get_by_text("This call cannot open yet.")).to_be_visible()
    looked_at(page, "open")
    page.get_by_role("link", name="Go through them").click()
    looked_at(page, "steps-empty")
    page.get_by_role("link", name="What the law may ask of you, in plain words").click()
    page.goto(f"/calls/{call.slug}/policy/profile/")
    page.get_by_label("We are a public agency in Washington").check()
    page.get_by_label("Who in your organization answers for this?").fill("Dana Reyes, director")
    page.get_by_role("button", name="Choose this profile").click()
    expect(page.get_by_text("Say why.").first).to_be_visible()
    looked_at(page, "profile")
    page.get_by_label("Why?").fill("We are a health district.")
    page.get_by_role("button", name="Choose this profile").click()
    page.get_by_role("link", name="Gender", exact=True).click()
    assert page.locator("input[type=radio]:checked").count() == 0
    page.get_by_label("Outreach", exact=True).check()
    page.get_by_label("Why?").fill("To see whom the call does not reach yet.")
    page.get_by_role("button", name="Keep this choice").click()
    page.get_by_role("link", name="See the suggestions").click()
    looked_at(page, "suggestions")
    page.get_by_label("We read what the law may ask, and looked at each line above.").check()
    page.get_by_label("Why are these right for this call?").fill("Read together on Monday.")
    page.get_by_role("button", name="Take these over").click()
    expect(page.get_by_text("Every choice is made.")).to_be_visible()
    looked_at(page, "steps-done")
    page.get_by_role("link", name="Targets").click()
    page.get_by_role("button", name="Start from these ranges").click()
    expect(page.get_by_text("Saved as version 1 of the targets.")).to_be_visible()
    page.goto(f"/calls/{call.slug}/policy/")
    page.get_by_role("link", name="Open the call").click()
    page.get_by_role("button", name="Open the call").click()
    expect(page.get_by_text("The call is open.")).to_be_visible()

    page.goto(f"/calls/{call.slug}/policy/factors/age/")
    page.get_by_label("Not used", exact=True).check()
    page.get_by_label("Why?").fill("We do not need it.")
    page.get_by_role("button", name="Keep this choice").click()
    change = RuleChange.objects.get(factor="age", state="waiting")
    page.goto(f"/calls/{call.slug}/board/targets/")
    page.get_by_role("link", name="Island County").click()
    page.get_by_label("Ceiling: seats at most").fill("3")
    page.get_by_label("Why does it change now?").fill("Many applied from there.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Waits for a second coordinator")).to_be_visible()
    sign_in(page, second)
    page.goto(f"/calls/{call.slug}/policy/changes/{change.pk}/")
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(page.get_by_text("Agreed. It is in force now.")).to_be_visible()
    page.goto(f"/calls/{call.slug}/policy/record/")
    page.goto(f"/calls/{call.slug}/chosen-by/")
    expect(page.get_by_text("We do not need it.")).to_be_visible()


def test_organizations_and_files(page: Page, call: Call, cast: SimpleNamespace) -> None:
    call_actions.freeze(call=call, actor=cast.coordinator)
    make_application(call, 1, organization="Skagit Valley Family Clinic")
    make_application(call, 2, organization="Skagit Family Clinic")
    make_application(call, 3, organization="Harbor Light")
    sign_in(page, cast.coordinator)
    page.goto(f"/calls/{call.slug}/organizations/")
    page.get_by_role("link", name="See what merging would do").click()
    looked_at(page, "merge")
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("Merged. 1 application was moved.")).to_be_visible()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Taken back. 1 application went back.")).to_be_visible()

    page.goto(f"/calls/{call.slug}/exports/")
    with page.expect_download() as started:
        page.get_by_role("button", name=re.compile("CSV.*Contact list")).click()
    assert started.value.suggested_filename == f"contacts-{call.slug}.csv"
    page.reload()
    expect(page.get_by_role("cell", name="CSV")).to_be_visible()
    page.get_by_role("link", name=re.compile("What each column means.*Contact list")).click()
