"""Choosing people in a browser: score five by keyboard; draft, release by two, offer, accept, decline, replace."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from applications.decisions.told import told
from applications.models import Call, Offer, Proposal, Release, Review
from applications.review import actions as review_actions
from cohort.outbox.delivery import sender
from cohort.outbox.models import Message
from cohort.people.models import Membership
from tests.applications.pool import (
    CRITERIA,
    fill,
    make_application,
    make_applications,
    make_call,
    make_screeners,
    score,
)
from tests.browser.conftest import axe, both_widths, shot, sign_in
from tests.conftest import join, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    cast.second = person("second")
    join(cast.second, cast.cohort, "coordinator")
    cast.cohort.seats = 3
    cast.cohort.contact_phone = "360-555-0100"
    cast.cohort.save()
    return make_call(cast.cohort)


def look(page: Page, name: str) -> None:
    axe(page)
    both_widths(page)
    shot(page, name)
    page.set_viewport_size({"width": 1280, "height": 800})


def test_score_five_by_keyboard(page: Page, cast: SimpleNamespace, call: Call) -> None:
    for number, application in enumerate(make_applications(call, 5)):
        fill(application)
        Review.objects.create(
            application=application,
            reader=cast.screener,
            position=number,
            due_on=(timezone.now() + timedelta(days=6)).date(),
        )
    sign_in(page, cast.screener)
    page.goto("/screening/")
    page.get_by_role("link", name="Read 0001").click()
    for turn in range(1, 6):
        expect(page).to_have_title(re.compile(f"Application {turn:04d}"))
        page.wait_for_load_state("load")  # keys do nothing before the script has run
        page.locator("#id_level_authority_1").focus()
        for place in range(6):
            level = (3, 4, 5, 3, 0, 4)[(place + turn) % 6]
            page.keyboard.press(str(level))
            if level == 5:  # a comment is needed, and focus is in it
                page.keyboard.type("Went back and made it right 1 2 3.")
                page.keyboard.press("Control+Enter")
            else:
                page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Send my scores")).to_be_focused()
        if turn == 1:
            expect(page.locator("[data-status]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
            look(page, "desk-scored")
            page.get_by_role("button", name="Send my scores").focus()
        page.keyboard.press("Enter")
        following = page.get_by_role("link", name=re.compile("Next: application|That was the last one"))
        expect(following).to_be_focused()
        if turn == 1:
            look(page, "desk-sent")
            following.focus()
        page.keyboard.press("Enter")
    expect(page.get_by_text("You have read everything in your list.")).to_be_visible()
    assert Review.objects.filter(state="submitted").count() == 5
    assert all(review.scores.count() == 6 for review in Review.objects.all())


def test_the_desk_without_javascript(browser, cast: SimpleNamespace, call: Call, live_server) -> None:
    review = Review.objects.create(application=make_application(call, 1), reader=cast.screener)
    fill(review.application)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, cast.screener)
    page.goto(f"/screening/{review.pk}/")
    page.locator("#id_level_authority_1").check()
    page.get_by_role("button", name="Send my scores").click()
    expect(page.get_by_text("Not sent yet. Your scores are saved.")).to_be_visible()
    expect(page.locator("#id_level_authority_1")).to_be_checked()
    for key in CRITERIA:
        page.locator(f"#id_level_{key}_3").check()
    page.get_by_role("button", name="Send my scores").click()
    expect(page.get_by_text("You have sent this reading.")).to_be_visible()
    context.close()


def test_a_draft_survives_a_lost_network_and_a_closed_tab(
    page: Page, expected_errors: list[str], cast: SimpleNamespace, call: Call
) -> None:
    expected_errors.append("ERR_INTERNET_DISCONNECTED|Failed to load resource")
    review = Review.objects.create(application=make_application(call, 1), reader=cast.screener)
    sign_in(page, cast.screener)
    page.goto(f"/screening/{review.pk}/")
    page.context.set_offline(True)
    page.locator("#id_level_authority_4").check()
    expect(page.locator("[data-status]")).to_have_text("Not saved. We keep trying.")
    page.context.set_offline(False)
    expect(page.locator("[data-status]")).to_have_text(re.compile("Saved"), timeout=8000)
    page.goto(f"/screening/{review.pk}/")
    expect(page.locator("#id_level_authority_4")).to_be_checked()


def test_errors_and_stepping_aside(page: Page, cast: SimpleNamespace, call: Call) -> None:
    review = Review.objects.create(application=make_application(call, 1), reader=cast.screener)
    fill(review.application)
    sign_in(page, cast.screener)
    page.goto(f"/screening/{review.pk}/")
    page.get_by_role("button", name="Send my scores").click()
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, "desk-errors")
    page.get_by_text("I know who this is, or have a tie").click()
    page.get_by_role("button", name="Same employer or board").click()
    expect(page.get_by_text("That application has left your list.")).to_be_visible()
    page.goto("/screening/ties/north/")


def test_coordinator_shares_out_and_watches(page: Page, cast: SimpleNamespace, call: Call) -> None:
    readers = make_screeners(cast.cohort, 3)
    applications = make_applications(call, 8)
    fill(applications[0])
    sign_in(page, cast.coordinator)
    page.goto("/reading/")
    expect(page).to_have_url(re.compile("/calls/north-call/reading/"))
    page.get_by_label("Readers for each application").fill("2")
    page.get_by_role("button", name="Share out what is left").click()
    expect(page.get_by_text("16 readings shared out.")).to_be_visible()
    for review in Review.objects.filter(reader__in=readers)[:6]:
        Review.objects.filter(pk=review.pk).delete()
        score(review.application, review.reader, 4 if review.application.number % 2 else 2, flag="In the region?")
    tied = Review.objects.exclude(state="submitted").first()
    review_actions.step_aside(application=tied.application, person=tied.reader, kind="acquaintance", by=tied.reader)
    page.reload()
    page.goto(f"/calls/{call.slug}/reading/1/")


def test_from_a_proposal_to_a_participant_and_a_replacement(
    page: Page, cast: SimpleNamespace, call: Call, settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    (reader,) = make_screeners(cast.cohort, 1)
    applications = make_applications(call, 6)
    for application, level in zip(applications, (5, 4, 4, 4, 2, 3), strict=True):
        score(application, reader, level, shared_comment="Clear aim.")
    Proposal.objects.create(
        call=call,
        number=1,
        state="done",
        problem={},
        input_hash="x" * 64,
        proved=True,
        cohort=[str(a.pk) for a in applications[:2]],
    )
    sign_in(page, cast.coordinator)
    page.goto("/decisions/")
    page.get_by_role("link", name="Draft from proposal 1").click()
    page.get_by_role("button", name="Draft these decisions").click()
    expect(page.get_by_text("6 decisions drafted. Nobody has been told.")).to_be_visible()
    page.get_by_role("link", name="0005").click()
    page.goto(f"/calls/{call.slug}/releases/")
    page.get_by_role("link", name="Applicant1, 0001").click()
    page.go_back()
    page.get_by_role("button", name="Ask a second person to approve").click()
    expect(page.get_by_text("A second coordinator must approve this release.")).to_be_visible()
    release_url = page.url

    sign_in(page, cast.second)
    page.goto("/")
    page.get_by_role("link", name="Read and approve").click()
    expect(page).to_have_url(release_url)
    look(page, "release-approve")
    page.get_by_label("Send at night too").check()
    page.get_by_role("button", name="Approve and release").click()
    expect(page.get_by_role("button", name="Call them back")).to_be_visible()
    look(page, "release-undo")

    over = timezone.now() - timedelta(seconds=1)  # the five minutes are over
    Release.objects.update(undo_until=over)
    Offer.objects.update(made_at=over)
    Message.objects.update(due_at=over, next_at=over)
    sender.send_due()
    assert len(mail.outbox) == 6
    letter = next(m for m in mail.outbox if "applicant1@" in m.to[0])
    path = re.search(r"https?://[^/\s]+(/offers/[^\s]+)", str(letter.body))[1]
    page.reload()
    expect(page.get_by_text("6 of 6 messages have left.")).to_be_visible()
    look(page, "release-sent")

    applicant = applications[0].applicant
    sign_in(page, applicant)
    page.goto(path)
    page.get_by_role("button", name="Accept my place").click()
    expect(page.get_by_role("heading", name="You are in")).to_be_visible()
    look(page, "offer-accepted")
    assert Membership.objects.filter(user=applicant, cohort=cast.cohort, role="participant").count() == 1
    page.get_by_role("link", name="Get ready").click()
    page.get_by_label("What would help you take part?").fill("A chair with arms")
    page.get_by_role("button", name="This is what I need").click()
    page.get_by_role("button", name="I have read it, and I agree").click()
    expect(page.get_by_text("2 of 5 steps are done.")).to_be_visible()
    sign_in(page, cast.access)
    page.goto("/access-needs/")
    expect(page.get_by_text("A chair with arms")).to_be_visible()

    sign_in(page, applications[1].applicant)
    page.goto(reverse("applications:offer", args=[Offer.objects.get(application=applications[1]).pk]))
    page.get_by_role("link", name="Decline").click()
    page.get_by_role("button", name="Decline my place").click()
    expect(page.get_by_role("heading", name="You declined this place")).to_be_visible()

    sign_in(page, cast.coordinator)
    page.goto(f"/calls/{call.slug}/offers/")
    page.get_by_role("link", name="Offer the place of 0002").click()
    look(page, "replace")
    page.get_by_role("button", name="Offer it, and ask a second person to approve").click()
    expect(page.get_by_text("A second coordinator must approve this release.")).to_be_visible()
    replacement = Release.objects.get(state="proposed").decisions.get().application
    assert told(replacement).value == "waitlist"  # nobody hears before a second person has agreed

    sign_in(page, cast.second)
    page.reload()
    page.get_by_label("Send at night too").check()
    page.get_by_role("button", name="Approve and release").click()
    Release.objects.filter(state="approved").update(undo_until=timezone.now() - timedelta(seconds=1))
    Offer.objects.filter(application=replacement).update(made_at=timezone.now() - timedelta(seconds=1))
    sign_in(page, replacement.applicant)
    page.goto("/")
    page.get_by_role("link", name="Accept or decline").click()
    page.get_by_role("button", name="Accept my place").click()
    expect(page.get_by_role("heading", name="You are in")).to_be_visible()
    assert sorted(Offer.objects.exclude(seat=None).values_list("seat", flat=True)) == [1, 2]


def test_examples_first_then_the_list_opens(page: Page, cast: SimpleNamespace, call: Call) -> None:
    make_screeners(cast.cohort, 2)
    Review.objects.create(application=make_application(call, 1), reader=cast.screener)
    sign_in(page, cast.coordinator)
    page.goto(f"/calls/{call.slug}/reading/")
    page.get_by_role("link", name="Let all readers score the same examples first").click()
    look(page, "calibration-start")
    page.get_by_role("button", name="Give the examples to all readers").click()
    sign_in(page, cast.screener)
    page.goto("/screening/")
    look(page, "queue-examples")
    page.get_by_role("link", name="Read Example A").click()
    for turn in range(2):
        page.wait_for_load_state("load")  # keys do nothing before the script has run
        page.locator("#id_level_authority_1").focus()
        for level in (3, 4, 3, 3, 4, 3):
            page.keyboard.press(str(level))
            page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Send my scores")).to_be_focused()
        page.keyboard.press("Enter")
        following = page.get_by_role("link", name=re.compile("Next: Example B|Back to your list"))
        expect(following).to_be_focused()
        if turn == 0:
            look(page, "example-sent")
            following.focus()
        page.keyboard.press("Enter")
    expect(page.get_by_text("Your list opens when readers have talked about them.")).to_be_visible()
    sign_in(page, cast.coordinator)
    page.goto(f"/calls/{call.slug}/calibration/")
    page.get_by_label("What did you agree on?").fill("A realistic plan counts as a plan.")
    page.get_by_role("button", name="Keep the note and open the queues").click()
    look(page, "calibration-over")
    sign_in(page, cast.screener)
    page.goto("/screening/")
    page.get_by_role("link", name="Read 0001").click()
    expect(page.get_by_role("heading", name="Application 0001")).to_be_visible()


def test_one_more_question_and_its_answer(page: Page, cast: SimpleNamespace, call: Call) -> None:
    application = make_application(call, 7, applicant=cast.applicant)
    fill(application)
    sign_in(page, cast.coordinator)
    page.goto(f"/calls/{call.slug}/decisions/7/")
    page.get_by_role("link", name="Ask the applicant for more").click()
    page.get_by_label("What do you want to know?").fill("Which of the two clinics is it?")
    page.get_by_role("button", name="Send the question").click()
    sign_in(page, cast.applicant)
    page.goto("/")
    page.get_by_role("link", name="Answer", exact=True).click()
    page.get_by_label("Your answer").fill("The one near the ferry.")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_text("We have your answer.")).to_be_visible()
    sign_in(page, cast.coordinator)
    page.goto(f"/calls/{call.slug}/decisions/7/")
    expect(page.get_by_text("The one near the ferry.")).to_be_visible()
    look(page, "decision-asked")
