"""A question about a call: asked by a visitor, answered by a coordinator, and then there for everybody."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from applications.call.page import actions as page_actions
from applications.call.partners import actions as partners_actions
from tests.applications.apply.filled import open_call
from tests.applications.pool import make_application
from tests.browser.conftest import axe, both_widths, shot, sign_in, sign_out

pytestmark = pytest.mark.django_db(transaction=True)


def look(page: Page, name: str) -> None:
    axe(page)
    both_widths(page)
    shot(page, f"call-{name}")


def test_a_question_is_asked_answered_and_shown(page: Page, live_server: object, cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    make_application(call, 1)
    page_actions.add_line(call=call, part="question", actor=cast.coordinator, title="Is it free?", words="Yes.")
    partners_actions.add_partner(call=call, name="Food bank", actor=cast.coordinator)

    page.goto("/calls/north-call/")
    page.get_by_role("link", name="Ask us a question").first.click()
    page.get_by_label("Your question").fill("Hello, this is Rosa. Can I bring my baby?")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("alert")).to_be_visible()  # the address is missing; the words are still there
    expect(page.get_by_label("Your question")).to_have_value("Hello, this is Rosa. Can I bring my baby?")
    page.get_by_label("Your email").fill("rosa@example.org")
    page.get_by_label("What should we call you?").fill("Rosa")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your question.")
    axe(page)

    sign_in(page, cast.coordinator)
    page.goto("/")
    page.get_by_role("link", name="Open the inbox").click()
    page.get_by_role("link", name="Hello, this is Rosa").click()
    page.get_by_label("Your answer").fill("Yes, Rosa. There is a quiet room.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("The email is on its way.")).to_be_visible()
    page.get_by_role("link", name="Put it on the call page").click()
    expect(page.get_by_label("Answer", exact=True)).to_have_value("Yes, [hidden]. There is a quiet room.")
    page.get_by_label("Question", exact=True).fill("Can I bring my baby?")
    page.get_by_label("Answer", exact=True).fill("Yes. There is a quiet room.")
    page.get_by_label("I have read it").check()
    page.get_by_role("button", name="Put it on the page").click()
    page.get_by_role("link", name="It stands on the call page").click()

    sign_out(page)
    page.goto("/calls/north-call/")
    page.get_by_text("Can I bring my baby?").click()
    expect(page.get_by_text("Yes. There is a quiet room.")).to_be_visible()
    assert "Rosa" not in page.content()
