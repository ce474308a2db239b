"""Applying in other ways: by keyboard alone, without JavaScript and in Spanish, and back by a mailed link."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, expect

from applications.apply import actions as apply_actions
from applications.common import access
from applications.models import Answer, Application, Call, IdentityAnswer
from cohort.people.models import User
from tests.applications.apply.filled import POSTS
from tests.browser.conftest import axe, base_url, no_sideways_scroll, shot, sign_in
from tests.browser.test_apply import PHONE, call, look
from tests.conftest import person

__all__ = ["call"]  # the fixture

_HERE = """() => {
  const e = document.activeElement;
  return [e.name || "", e.type || "", e.value || "", e.tagName, e.textContent.trim().slice(0, 40), e.checked === true];
}"""


@pytest.fixture
def draft(call: Call) -> Application:
    return apply_actions.start(call=call, applicant=person("maya"))


@pytest.fixture
def plain(browser: Browser, page: Page) -> Iterator[BrowserContext]:
    """A phone whose browser runs no JavaScript."""
    made = browser.new_context(java_script_enabled=False, base_url=base_url(page), viewport=PHONE, locale="en-US")
    made.set_default_timeout(5_000)
    yield made
    made.close()


def by_keyboard(page: Page, section: str, button: str) -> None:
    """Answer one part with Tab, arrows, Space and typing, and press ``button``."""
    wanted = {name: list(value) if isinstance(value, list) else [value] for name, value in POSTS[section].items()}
    page.locator("#main").focus()
    for _ in range(220):
        page.keyboard.press("Tab")
        name, kind, value, tag, words, checked = page.evaluate(_HERE)
        todo = wanted.get(name, [])
        if kind == "radio" and todo:
            for _ in range(40):
                if page.evaluate(_HERE)[2] == todo[0]:
                    break
                page.keyboard.press("ArrowDown")
            if not page.evaluate(_HERE)[5]:
                page.keyboard.press("Space")
            wanted.pop(name)
        elif kind == "checkbox" and not checked and (value in todo or todo == [POSTS[section].get(name)]):
            page.keyboard.press("Space")
            todo.remove(value if value in todo else todo[0])
        elif kind in ("text", "email", "tel", "textarea") and todo:
            if not value:
                page.keyboard.insert_text(todo[0])
            wanted.pop(name)
        elif tag == "BUTTON" and words == button:
            assert [n for n, rest in wanted.items() if rest] == []
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{button} was not reached; not answered: {wanted}")


def test_whole_application_by_keyboard_alone(page: Page, draft: Application) -> None:
    sign_in(page, draft.applicant)
    page.set_viewport_size(PHONE)
    page.goto(f"/applications/{draft.pk}/parts/before_you_start/")
    for section in POSTS:
        expect(page).to_have_url(re.compile(f"/parts/{section}/$"))
        by_keyboard(page, section, "Save and go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    no_sideways_scroll(page)
    by_keyboard_to(page, "Send my application")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your application")
    draft.refresh_from_db()
    assert draft.state == "submitted"
    assert set(Answer.objects.filter(application=draft).values_list("question", flat=True)) >= {
        "q_change",
        "org_name",
        "conflict",
    }
    assert IdentityAnswer.objects.filter(application=draft, question="lived_experience").count() == 3
    by_keyboard_to(page, "Withdraw")
    expect(page.get_by_role("heading", level=1)).to_have_text("Withdraw your application?")
    by_keyboard_to(page, "Withdraw and delete")
    expect(page.get_by_role("heading", level=1)).to_have_text("You withdrew this application")
    assert Answer.objects.count() == IdentityAnswer.objects.count() == 0


def by_keyboard_to(page: Page, words: str) -> None:
    """Tab to the link or button that says ``words``, and press it."""
    page.locator("#main").focus()
    for _ in range(120):
        page.keyboard.press("Tab")
        _name, _kind, _value, tag, here, _checked = page.evaluate(_HERE)
        if tag in ("BUTTON", "A") and here == words:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{words} was not reached")


def fill_plain(page: Page, section: str) -> None:
    for name, value in POSTS[section].items():
        fields = page.locator(f'[name="{name}"]')
        kind = fields.first.get_attribute("type") or ""
        for one in value if isinstance(value, list) else [value]:
            if kind in ("radio", "checkbox"):
                page.locator(f'[name="{name}"][value="{one}"]').check() if fields.count() > 1 else fields.check()
            else:
                fields.fill(one)


def test_whole_application_without_javascript_in_spanish(plain: BrowserContext, draft: Application) -> None:
    """Also a sign-in that ends in the middle of a part: the words come back after a code from the mail."""
    page = plain.new_page()
    page.goto("/calls/north-call/")
    page.get_by_role("button", name="Español").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_role("link", name="Ver antes todas las preguntas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Todas las preguntas, antes de empezar")
    EmailAddress.objects.create(user=draft.applicant, email=draft.applicant.email, verified=True, primary=True)
    User.objects.filter(pk=draft.applicant.pk).update(language="es")
    draft.applicant.language = "es"
    sign_in(page, draft.applicant)
    page.goto(f"/applications/{draft.pk}/")
    page.get_by_role("link", name="Antes de empezar").first.click()
    for section in POSTS:
        expect(page).to_have_url(re.compile(f"/parts/{section}/$"))
        fill_plain(page, section)
        no_sideways_scroll(page)
        if section == "reflection":
            Session.objects.all().delete()
            cache.clear()
            page.get_by_role("button", name="Guardar y seguir").click()
            expect(page).to_have_url(re.compile("/accounts/login/"))
            page.locator('[name="login"]').fill("maya@example.org")
            page.locator('[name="password"]').fill("pass-phrase-1")
            page.locator("main form button").first.click()
            expect(page).to_have_url(re.compile("/parts/reflection/$"))
            expect(page.locator("[name=q_change]")).to_have_value(POSTS["reflection"]["q_change"])
            expect(page.locator("main")).to_contain_text("Conservamos lo que escribió")
        page.get_by_role("button", name="Guardar y seguir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revise sus respuestas")
    page.get_by_role("button", name="Enviar mi solicitud").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tenemos su solicitud")
    draft.refresh_from_db()
    assert draft.state == "submitted"
    assert Answer.objects.get(application=draft, question="q_change").value == POSTS["reflection"]["q_change"]


def test_back_by_a_mailed_link(page: Page, draft: Application, mailoutbox: list, expected_errors: list[str]) -> None:
    expected_errors.append("410")
    EmailAddress.objects.create(user=draft.applicant, email=draft.applicant.email, verified=True, primary=True)
    sign_in(page, draft.applicant)
    page.set_viewport_size(PHONE)
    page.goto(f"/applications/{draft.pk}/parts/reflection/")
    page.locator("[name=q_change]").fill("Half a thought")
    page.get_by_role("button", name="Save and stop for now").click()
    page.get_by_role("button", name="Email me a link to go on").click()
    expect(page.locator("main")).to_contain_text("We sent a link to maya@example.org")
    look(page, "tasks-link-sent")
    page.context.clear_cookies()
    page.goto(f"/go-on/{access.resume_token(draft.pk, 'reflection')}/")
    page.get_by_role("button", name="Email me a code").click()
    page.locator('[name="code"]').fill(
        re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|\b[A-Z0-9]{6}\b", str(mailoutbox[-1].body))[0]
    )
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/parts/reflection/$"))
    expect(page.locator("[name=q_change]")).to_have_value("Half a thought")


def test_pages_in_spanish(page: Page, draft: Application) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/calls/north-call/")
    page.get_by_role("button", name="Español").first.click()
    look(page, "es-call")
    sign_in(page, draft.applicant)
    page.goto(f"/applications/{draft.pk}/parts/reflection/")
    page.get_by_role("button", name="Español").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_role("button", name="Guardar y seguir").click()
    expect(page).to_have_title(re.compile("^Error:"))
    look(page, "es-part-errors")
    page.goto(f"/applications/{draft.pk}/parts/identity/")
    look(page, "es-identity")
    page.goto(f"/applications/{draft.pk}/copy/")
    axe(page)
    shot(page, "es-copy")
    draft.applicant.refresh_from_db()
    assert draft.applicant.language == "es"
