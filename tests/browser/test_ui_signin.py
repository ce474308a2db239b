"""Signing in, in each way, as a person does it: the pages, the mail, the keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from playwright.sync_api import Page, expect

from cohort.people.models import User
from cohort.ui import cards
from tests.browser.conftest import axe, both_widths, shot, sign_in
from tests.conftest import person


@pytest.fixture(autouse=True)
def _plain_home() -> Iterator[None]:
    """Home, where sign-in ends, without what the apps above have to say."""
    with cards.PROVIDERS.holding():
        yield


def code_in(message: mail.EmailMessage) -> str:
    found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", str(message.body))
    assert found is not None, message.body
    return found[0]


def member(name: str) -> User:
    """A person whose email address is confirmed."""
    user = person(name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def keyring(page: Page) -> Iterator[None]:
    """A device that says yes: Chromium's virtual authenticator, with the person always present."""
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    client.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield
    client.detach()


def test_make_an_account_with_a_code_by_mail(page: Page, transactional_db: None, mailoutbox) -> None:
    page.goto("/accounts/signup/")
    shot(page, "signup")
    page.get_by_label("Email").fill("new@example.org")
    page.get_by_label("Password", exact=True).fill("a long pass phrase")
    page.get_by_label("Password (again)").fill("a long pass phrase")
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your email address")
    axe(page)
    both_widths(page)
    shot(page, "confirm-code")

    page.get_by_label("Code").fill("AAAA-AAAA")
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    axe(page)

    page.get_by_label("Code").fill(code_in(mailoutbox[0]))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert User.objects.get().email == "new@example.org"
    assert [m.subject for m in mailoutbox] == ["Confirm your email address"]


def test_mistakes_at_sign_up_keep_what_was_typed(page: Page, transactional_db: None) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill("new@example.org")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Password (again)").fill("short")
    page.get_by_role("button", name="Make my account").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Email")).to_have_value("new@example.org")
    axe(page)
    shot(page, "signup-errors")
    page.locator("[data-error-summary] a").first.click()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()


def test_sign_in_with_a_password(page: Page, transactional_db: None) -> None:
    member("dana")
    page.goto("/accounts/login/")
    shot(page, "login")
    page.get_by_label("Email").fill("dana@example.org")
    page.get_by_label("Password", exact=True).fill("pass-phrase-1")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    page.goto("/accounts/sessions/")
    expect(page.get_by_text("this browser")).to_be_visible()
    expect(page.get_by_text("Chrome on Linux")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "sessions")


def test_sign_in_with_a_code(page: Page, transactional_db: None, mailoutbox) -> None:
    member("dana")
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Email me a code").click()
    page.get_by_label("Email").fill("dana@example.org")
    page.get_by_role("button", name="Email me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    axe(page)
    assert [m.subject for m in mailoutbox] == ["Your code to sign in"]
    page.get_by_label("Code").fill(code_in(mailoutbox[0]))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_choose_a_new_password_with_a_code(page: Page, transactional_db: None, mailoutbox) -> None:
    member("dana")
    page.goto("/accounts/password/reset/")
    page.get_by_label("Email").fill("dana@example.org")
    page.get_by_role("button", name="Email me a code").click()
    axe(page)
    page.get_by_label("Code").fill(code_in(mailoutbox[0]))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a new password")
    axe(page)
    page.get_by_label("New Password", exact=True).fill("another long phrase")
    page.get_by_label("New Password (again)").fill("another long phrase")
    page.get_by_role("button", name="Save the new password").click()
    page.wait_for_load_state()
    assert User.objects.get().check_password("another long phrase")


def test_a_passkey_is_added_and_then_opens_the_account(page: Page, transactional_db: None, keyring: None) -> None:
    dana = member("dana")
    sign_in(page, dana)
    page.goto("/your-account/")
    shot(page, "account")
    page.get_by_role("link", name="Passkeys").click()
    axe(page)
    shot(page, "mfa")
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    axe(page)
    shot(page, "reauthenticate")
    page.get_by_label("Password", exact=True).fill("pass-phrase-1")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a passkey")
    axe(page)
    both_widths(page)
    shot(page, "passkey-add")
    page.get_by_label("A name for it").fill("My phone")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url(re.compile("recovery-codes|webauthn/$"))
    axe(page)
    shot(page, "recovery-codes")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("My phone", exact=True)).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "passkeys")
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_passkey_that_is_not_used_says_so_on_the_page(page: Page, transactional_db: None) -> None:
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")  # a browser without any key
    client.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": False,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    axe(page)
    client.detach()


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/logout/",
    ],
)
def test_pages_of_the_account(page: Page, transactional_db: None, address: str) -> None:
    sign_in(page, member("dana"))
    page.goto(address)
    axe(page)
    both_widths(page)
    shot(page, "account-" + address.strip("/").replace("/", "-"))


def test_set_up_the_authenticator_app(page: Page, transactional_db: None) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    sign_in(page, member("dana"))
    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_label("Password", exact=True).fill("pass-phrase-1")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your authenticator app")
    axe(page)
    both_widths(page)
    shot(page, "totp")
    secret = page.locator(".code").inner_text()
    counter = next(iter(yield_hotp_counters_from_time()))
    page.get_by_label("Authenticator code").fill(format_hotp_value(hotp_value(secret, counter)))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    axe(page)
    shot(page, "recovery-codes")
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill("dana@example.org")
    page.get_by_label("Password", exact=True).fill("pass-phrase-1")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    axe(page)
    both_widths(page)
    shot(page, "one-more-step")
