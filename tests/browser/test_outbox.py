"""Message pages in a browser: the log, choices, the stop link, mail on this machine, and a mail itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page

from cohort.outbox import api as outbox_api
from cohort.outbox.calendar import ics as calendar_ics
from cohort.outbox.delivery import file_backend, sender
from tests.browser.conftest import axe, both_widths, shot, sign_in
from tests.conftest import person
from tests.outbox.calendar.test_ics import BASE
from tests.outbox.conftest import TUESDAY, _own_register, _trial_templates, trial  # noqa: F401


@pytest.fixture
def sent(
    cast: SimpleNamespace,
    trial: Any,  # noqa: F811
    settings: Any,
    tmp_path: Path,
    live_server: Any,
) -> SimpleNamespace:
    """A few messages in different states, as mail files."""
    settings.SITE_URL = live_server.url
    settings.DEBUG, settings.MAIL_DIR, settings.EMAIL_BACKEND = True, tmp_path / "outbox", file_backend.BACKEND
    trial("decision", title="Decision about your application")
    trial(
        "invitation",
        title="Session invitation",
        blind=False,
        attachments=lambda m: [calendar_ics.mail_part(calendar_ics.invitation(**BASE), "REQUEST")],
    )
    trial(
        "day_before",
        klass="B",
        title="The day before a session",
        topic="day_before",
        about="Comes at 15:00 the day before, with place, access notes and what to bring.",
    )
    trial(
        "digest",
        klass="C",
        title="Weekly digest",
        topic="digest",
        default_on=False,
        about="Comes on Monday at 9:00, only when something is new.",
    )
    trial("broken", template="trial/broken", title="Run sheet", klass="F")
    later = {"due_at": TUESDAY + timedelta(days=900)}
    for n, (kind, who, fields) in enumerate(
        [
            ("decision", cast.participant, {}),
            ("invitation", cast.participant, {}),
            ("day_before", cast.participant, {}),
            ("broken", cast.facilitator, {}),
            ("day_before", cast.facilitator, later),
            ("digest", cast.participant, {}),
            ("decision", person("maria-fernanda"), {"not_after": TUESDAY - timedelta(days=1)}),
        ]
    ):
        outbox_api.queue(kind=kind, key=f"k:{n}", recipient=who, cohort=cast.cohort, **{"due_at": TUESDAY, **fields})
    sender.send_due(TUESDAY)
    return cast


def test_message_log(page: Page, sent: SimpleNamespace) -> None:
    sign_in(page, sent.coordinator)
    page.goto("/cohorts/north/messages/")
    shot(page, "messages-log")
    page.goto("/cohorts/north/messages/?show=missed")
    page.get_by_role("link", name="Send it now").first.click()
    axe(page)
    both_widths(page)
    shot(page, "messages-send")
    page.get_by_role("button", name="Send it now").click()
    assert page.url.endswith("/cohorts/north/messages/")


def test_choices_and_stop(page: Page, sent: SimpleNamespace) -> None:
    sign_in(page, sent.participant)
    page.goto("/account/messages/")
    shot(page, "messages-choices")
    page.get_by_label("The day before a session").uncheck()
    page.get_by_role("button", name="Save").click()
    assert not page.get_by_label("The day before a session").is_checked()
    page.context.clear_cookies()
    from cohort.outbox.models import StopToken

    token = StopToken.objects.filter(scope="day_before").first()
    assert token is not None
    page.goto(f"/stop/{token.token}/")
    axe(page)
    shot(page, "messages-stop")
    page.get_by_role("button", name="Stop them").click()
    axe(page)
    shot(page, "messages-stopped")


def test_mail_on_this_machine(page: Page, sent: SimpleNamespace) -> None:
    page.goto("/dev/outbox/")
    axe(page)
    both_widths(page)
    shot(page, "machine-list")
    page.goto(f"/dev/outbox/{file_backend.names()[0]}/")
    both_widths(page)
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Hello from North").wait_for()
    with page.expect_popup() as opened:  # links open beside the page, not inside of the frame
        frame.get_by_role("link", name="Choose which messages you get").click()
    opened.value.wait_for_url("**/accounts/login/?next=/account/messages/")
    axe(page, within="main > *:not(iframe)")
    shot(page, "machine-mail")


def test_a_mail_as_mail_programs_show_it(page: Page, sent: SimpleNamespace) -> None:
    """Outside of its frame: there no script may run, so nothing could be measured."""
    page.goto("about:blank")
    for n, name in enumerate(file_backend.names()[:2]):
        message = file_backend.read(name)
        assert message is not None
        page.set_content(file_backend.text_of(message, "html"))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            axe(page, best_practice=False)
        both_widths(page)
        shot(page, f"mail-{n}")
