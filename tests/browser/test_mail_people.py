"""What people see of messages: their choices with examples, a message before it goes, and their own calendar."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cohort.outbox import api as outbox_api
from cohort.outbox.models import Message
from cohort.outbox.previews import samples as previews_samples
from cohort.people.models import Cohort, Membership, User
from sessions.messages import during
from sessions.models import Session
from tests.browser.conftest import axe, base_url, both_widths, no_sideways_scroll, shot, sign_in
from tests.outbox.conftest import REAL

#: Around the mail: inside its frame no script may run, so nothing could be measured there.
AROUND = "main > *:not(iframe)"


MEASURED = ("day_before", "application_received", "application_decision")


@pytest.fixture
def going(cast: SimpleNamespace, settings: Any, live_server: Any) -> SimpleNamespace:
    """A session that everybody is invited to, in two weeks; one invitation waits."""
    settings.SITE_URL = live_server.url
    starts = timezone.now() + timedelta(days=14)
    cast.session = Session.objects.create(
        cohort=cast.cohort,
        title="Leading together",
        result="We have a map.",
        state=Session.State.PUBLISHED,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        published_at=timezone.now(),
        place="Library, room 2",
    )
    member = Membership.objects.get(user=cast.participant)
    outbox_api.queue(
        kind="session_invitation",
        key="invite:1",
        recipient=cast.participant,
        cohort=cast.cohort,
        refs={"session": str(cast.session.pk), "member": str(member.pk)},
        due_at=timezone.now() + timedelta(days=3),
    )
    return cast


def test_choices_have_examples(page: Page, going: SimpleNamespace) -> None:
    sign_in(page, going.participant)
    page.goto("/account/messages/")
    page.get_by_text("Messages that always come").click()
    axe(page)
    both_widths(page)
    shot(page, "people-choices")
    page.get_by_role("link", name=re.compile(r"See an example ?: The day before a session")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The day before a session")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Session 3 is tomorrow")).to_be_visible()
    axe(page, within=AROUND)
    both_widths(page)
    shot(page, "people-example")


def test_a_coordinator_reads_a_message_before_it_goes(page: Page, going: SimpleNamespace) -> None:
    sign_in(page, going.coordinator)
    page.goto("/cohorts/north/messages/")
    page.get_by_role("link", name=re.compile(r"Read it ?: Session invitation, to Participant")).click()
    expect(page.frame_locator("iframe").get_by_role("heading", name="Invitation to session 1")).to_be_visible()
    axe(page, within=AROUND)
    both_widths(page)
    shot(page, "people-preview")
    page.get_by_role("link", name="Messages", exact=True).first.click()
    page.get_by_role("link", name="Read a message before it goes").click()
    axe(page)
    both_widths(page)
    shot(page, "people-preview-choose")
    page.get_by_label("Which message").select_option("day_before")
    page.get_by_label("As it would reach").select_option(label="Facilitator")
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("No message of this kind waits for this person yet.")).to_be_visible()
    assert Message.objects.count() == 1


def test_a_long_word_or_address_makes_no_page_wider_than_a_phone(page: Page, going: SimpleNamespace) -> None:
    long = "coordination.office@northwest-health-alliance.example"
    Cohort.objects.update(name=long.upper())
    User.objects.filter(pk=going.participant.pk).update(name=long, preferred_name="")
    sign_in(page, going.coordinator)
    preview = f"/cohorts/north/messages/{Message.objects.get().pk}/"
    for path in ("/cohorts/north/", "/cohorts/north/messages/", preview):
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(path)
        expect(page.get_by_text(re.compile(re.escape(long), re.IGNORECASE)).first).to_be_visible()
        no_sideways_scroll(page)


def test_a_calendar_address_is_made_copied_and_stopped(page: Page, going: SimpleNamespace) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base_url(page))
    sign_in(page, going.participant)
    page.goto("/account/calendar/")
    axe(page)
    both_widths(page)
    shot(page, "people-calendar-none")
    page.get_by_role("button", name="Make my calendar address").click()
    address = page.get_by_label("Your calendar address").input_value()
    axe(page)
    both_widths(page)
    shot(page, "people-calendar")
    page.get_by_role("button", name="Copy the address").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    reads = page.request
    answer = reads.get(address)
    assert (answer.status, "SUMMARY:Session 1\\, North" in answer.text()) == (200, True)
    page.get_by_role("link", name="Make a new address").click()
    axe(page)
    page.get_by_role("button", name="Make a new address").click()
    newer = page.get_by_label("Your calendar address").input_value()
    assert [reads.get(address).status, reads.get(newer).status] == [404, 200]
    page.get_by_role("link", name="Stop it").click()
    axe(page)
    shot(page, "people-calendar-stop")
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_role("button", name="Make my calendar address")).to_be_visible()
    assert reads.get(newer).status == 404


def test_a_facilitator_takes_a_session_back(page: Page, going: SimpleNamespace) -> None:
    Message.objects.all().delete()
    during.invite(going.session)
    sign_in(page, going.facilitator)
    page.goto(f"/sessions/{going.session.pk}/call-off/")
    expect(page.get_by_text("The messages leave in five minutes.")).to_be_visible()
    axe(page)
    shot(page, "people-call-off")
    page.goto(f"/sessions/{going.session.pk}/")
    expect(page.get_by_text(re.compile("2 messages leave at"))).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "people-take-back")
    page.get_by_role("button", name="Call them back").click()
    expect(page.get_by_text("Taken back. The session is a draft again, and nobody was told.")).to_be_visible()
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}


def test_every_mail_fits_a_phone_in_light_and_dark(page: Page) -> None:
    """Each kind at the widths of phones and mail programs, without a network; contrast and order of those that use
    all pieces of the frame measured by axe."""
    page.goto("about:blank")
    page.context.set_offline(True)
    for name, kind in sorted(REAL.items()):
        made = previews_samples.mail(kind)
        page.set_content(str(made.alternatives[0].content))  # type: ignore[union-attr]
        for scheme in ("light", "dark") if name in MEASURED else ():
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            axe(page, best_practice=False)
        for width in (320, 360, 600):
            page.set_viewport_size({"width": width, "height": 800})
            no_sideways_scroll(page)
        mail_shots(page, name)


def mail_shots(page: Page, name: str) -> None:
    """Like ``shot``, at the widths of mail programs."""
    folder = os.environ.get("COHORT_SHOTS")
    for scheme in ("light", "dark") if folder else ():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (360, 600):
            page.set_viewport_size({"width": width, "height": 600})
            page.screenshot(path=f"{folder}/mail-{name}-{width}-{scheme}.png", full_page=True)
