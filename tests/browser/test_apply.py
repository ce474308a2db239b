"""Applying, as a person does it on a phone: from the call to the receipt; two windows; a sign-in that ran out."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from applications.apply import actions as apply_actions
from applications.models import Answer, Application, Call, IdentityAnswer
from cohort.people.models import Cohort
from tests.applications.apply.filled import POSTS, fill, open_call
from tests.browser.conftest import axe, both_widths, shot, sign_in
from tests.conftest import person, signed_in

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def call(transactional_db: None) -> Call:
    now = timezone.now()
    cohort = Cohort.objects.create(
        slug="north",
        name="Equity in Leadership",
        state=Cohort.State.RECRUITING,
        region="nw_washington",
        place="Northwest Washington",
        seats=15,
        contact_name="Dana Reyes",
        contact_email="dana@example.org",
        contact_phone="360-555-0142",
        starts_on=(now + dt.timedelta(days=80)).date(),
        ends_on=(now + dt.timedelta(days=380)).date(),
    )
    return open_call(cohort)


@pytest.fixture
def draft(call: Call) -> Application:
    return apply_actions.start(call=call, applicant=person("maya"))


def look(page: Page, name: str) -> None:
    """Everything that every page must pass, and its pictures."""
    size = page.viewport_size
    axe(page)
    both_widths(page)
    shot(page, name)
    page.set_viewport_size(size)


def answer(page: Page, section: str) -> None:
    """Fill the fields of one part as in the whole application of the tests."""
    for name, value in POSTS[section].items():
        fields = page.locator(f'[name="{name}"]')
        kind = fields.first.get_attribute("type") or fields.first.evaluate("e => e.tagName")
        for one in value if isinstance(value, list) else [value]:
            if kind == "checkbox" and fields.count() == 1:
                fields.check()
            elif kind in ("radio", "checkbox"):
                page.locator(f'[name="{name}"][value="{one}"]').check()
            elif kind == "SELECT":
                fields.select_option(one)
            else:
                fields.fill(one)


def test_from_the_call_to_the_receipt_on_a_phone(page: Page, call: Call, mailoutbox: list) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/calls/")
    page.get_by_role("link", name="Equity in leadership").click()
    page.get_by_role("link", name="How your information is used").click()
    page.go_back()
    page.get_by_role("link", name="Check if it fits you").click()
    page.get_by_label("Yes", exact=True).first.check()
    page.get_by_label("I supervise people who put changes into practice.").check()
    page.get_by_role("group", name="Can you attend").get_by_label("Yes").check()
    page.get_by_role("button", name="See if it fits").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It looks like a fit")
    look(page, "check-fits")
    assert Session.objects.count() == 0
    page.get_by_role("link", name="See every question first").click()
    page.goto("/calls/north-call/apply/")
    page.get_by_role("link", name="Make an account").click()
    page.locator('[name="email"]').fill("maya@example.org")
    for name in ("password1", "password2"):
        page.locator(f'[name="{name}"]').fill("a-calm-pass-phrase")
    page.locator("main form button").last.click()
    page.locator('[name="code"]').fill(re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", str(mailoutbox[0].body))[0])
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/calls/north-call/apply/$"))  # sign-up comes back here
    look(page, "start")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("link", name="Before you start").first.click()
    for section in POSTS:
        expect(page).to_have_url(re.compile(f"/parts/{section}/$"))
        if section == "reflection":
            page.get_by_role("button", name="Save and go on").click()
            expect(page.locator("[data-error-summary]")).to_be_focused()
            expect(page).to_have_title(re.compile("^Error:"))
            look(page, "part-errors")
        answer(page, section)
        if section == "about_you":
            page.locator('[name="contact_language_other"]').blur()
            expect(page.locator("[data-status]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
        page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    page.get_by_role("button", name="Send my application").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your application")
    made = Application.objects.get()
    assert (made.state, made.applicant.email, made.applicant.name) == ("submitted", "maya@example.org", "Ana López")
    assert Answer.objects.filter(application=made).count() == 32
    assert IdentityAnswer.objects.filter(application=made, question="lived_experience").count() == 3
    page.goto(f"/applications/{made.pk}/")
    for path, name in (("copy/", "copy"), ("withdraw/", "withdraw"), ("forget/identity/", "forget")):
        page.goto(f"/applications/{made.pk}/{path}")
        look(page, name)
    page.goto(f"/applications/{made.pk}/withdraw/")
    page.get_by_role("button", name="Withdraw and delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You withdrew this application")
    look(page, "withdrawn")
    assert Answer.objects.count() == IdentityAnswer.objects.count() == 0


def test_questions_show_when_they_apply(page: Page, draft: Application) -> None:
    sign_in(page, draft.applicant)
    page.goto(f"/applications/{draft.pk}/parts/about_you/")
    which = page.get_by_label("Which language?")
    expect(which).to_be_hidden()
    page.get_by_label("Another language (tell us below)").check()
    expect(which).to_be_visible()
    page.goto(f"/applications/{draft.pk}/parts/identity/")
    page.get_by_label("Woman").check()
    page.get_by_role("group", name="What is your gender?").get_by_label("I prefer not to answer").check()
    expect(page.get_by_label("Woman")).not_to_be_checked()


def test_two_windows(page: Page, draft: Application, expected_errors: list[str]) -> None:
    expected_errors.append("409")
    sign_in(page, draft.applicant)
    path = f"/applications/{draft.pk}/parts/reflection/"
    other = page.context.new_page()
    page.goto(path)
    other.goto(path)
    first = "[name=q_change]"
    page.locator(first).fill("From the first window")
    page.locator(first).blur()
    expect(page.locator("[data-status]")).to_have_text(re.compile("^Saved"))
    other.locator(first).fill("From the second window")
    other.locator(first).blur()
    expect(other.locator("[data-status]")).to_contain_text("changed in another window")
    other.get_by_role("button", name="Save and go on").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("You changed this part in two windows")
    expect(other.locator("main")).to_contain_text("From the first window")
    expect(other.locator("main")).to_contain_text("From the second window")
    look(other, "conflict")
    other.get_by_label("Keep both, one after the other").check()
    other.get_by_role("button", name="Save my choice").click()
    expect(other.locator(first)).to_have_value("From the first window\n\nFrom the second window")
    assert Answer.objects.get(question="q_change").value == "From the first window\n\nFrom the second window"


def test_sign_in_that_ran_out_loses_nothing(page: Page, draft: Application, expected_errors: list[str]) -> None:
    expected_errors.append("401")
    EmailAddress.objects.create(user=draft.applicant, email=draft.applicant.email, verified=True, primary=True)
    sign_in(page, draft.applicant)
    page.goto(f"/applications/{draft.pk}/parts/reflection/")
    Session.objects.all().delete()
    cache.clear()
    page.locator("[name=q_change]").fill("Typed for an hour")
    page.locator("[name=q_change]").blur()
    expect(page.locator("[data-status]")).to_contain_text("you are signed out")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]  # nothing at rest in the browser
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new window").click()
    other = opened.value
    other.locator('[name="login"]').fill("maya@example.org")
    other.locator('[name="password"]').fill("pass-phrase-1")
    other.locator("main form button").first.click()
    other.wait_for_url(re.compile(r"/$"))
    page.locator("[name=q_authority]").focus()
    page.locator("[name=q_authority]").blur()
    expect(page.locator("[data-status]")).to_have_text(re.compile("^Saved"))
    assert Answer.objects.get(question="q_change").value == "Typed for an hour"
    page.get_by_role("button", name="Save and stop for now").click()  # with the page's old token
    expect(page.get_by_role("heading", level=1)).to_have_text("Your application")


def test_lost_network_loses_nothing(page: Page, draft: Application, expected_errors: list[str]) -> None:
    expected_errors.append("ERR_INTERNET_DISCONNECTED")
    sign_in(page, draft.applicant)
    page.clock.install()
    page.goto(f"/applications/{draft.pk}/parts/reflection/")
    page.context.set_offline(True)
    page.locator("[name=q_change]").fill("Written on the ferry")
    page.locator("[name=q_change]").blur()
    expect(page.locator("[data-status]")).to_contain_text("no connection")
    page.context.set_offline(False)
    expect(page.locator("[data-status]")).to_have_text(re.compile("^Saved"))
    assert Answer.objects.get().value == "Written on the ferry"
    page.locator("[name=q_change]").fill("Still writing")  # nobody leaves the field
    expect(page.locator("[data-status]")).to_have_text("Not saved yet")
    page.clock.fast_forward(20_000)
    expect(page.locator("[data-status]")).to_have_text(re.compile("^Saved"))
    assert Answer.objects.get().value == "Still writing"


def test_pages_around_the_edges(page: Page, call: Call, draft: Application, expected_errors: list[str]) -> None:
    expected_errors += ["409", "410"]
    client = signed_in(draft.applicant)
    fill(client, draft)
    draft.refresh_from_db()
    client.post(
        f"/applications/{draft.pk}/parts/eligibility/",
        {
            "elig_org": "yes",
            "elig_authority": ["none"],
            "elig_dates": "no",
            "base": draft.sections["eligibility"]["revision"],
        },
    )
    sign_in(page, draft.applicant)
    page.goto(f"/applications/{draft.pk}/fit/")
    look(page, "fit")
    page.goto("/applications/")
    page.goto(f"/applications/{draft.pk}/parts/reflection/")
    Call.objects.update(closes_at=timezone.now() - dt.timedelta(minutes=20))
    page.locator("[name=q_change]").fill("A minute too late")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This call is closed")
    expect(page.locator("textarea").first).to_have_value("A minute too late")
    look(page, "closed")
    page.goto(f"/applications/{draft.pk}/")
    look(page, "tasks-closed")


def test_employer(page: Page, draft: Application) -> None:
    from applications.common.access import confirmation_token

    client = signed_in(draft.applicant)
    fill(client, draft)
    client.post(f"/applications/{draft.pk}/check/")
    token = confirmation_token(draft.employer_confirmation)
    page.goto(f"/confirm/{token}/")
    page.goto(f"/confirm/{token}/decline/")
    page.get_by_role("link", name="Go back to the questions").click()
    for name in ("emp_knows", "emp_time", "emp_change"):
        page.locator(f'[name="{name}"]').first.check()
    page.locator("[name=emp_safe]").check()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your answers.")
    look(page, "employer-done")
