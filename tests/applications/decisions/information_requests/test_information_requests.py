"""One more question to one applicant: the letter, the answer and who reads it."""

from __future__ import annotations

import html
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.apply import withdraw
from applications.common import inquiries
from applications.decisions import actions as decisions_actions
from applications.decisions import release
from applications.decisions.information_requests import actions as information_requests_actions
from applications.models import Answer, AnswerRevision, Decision, Inquiry
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.states import NotPossible
from cohort.ui import cards
from tests.applications.pool import fill, make_application, make_call, make_screeners, score
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast):
    return make_call(cast.cohort)


@pytest.fixture
def application(cast, call):
    cast.applicant.name = "Zephyrina Quillfeather"
    cast.applicant.save()
    application = make_application(call, 7, applicant=cast.applicant)
    fill(application)
    return application


def due(days: int = 7):
    """A day counted from today where the cohort is."""
    return timezone.localdate(timezone=ZoneInfo("America/Los_Angeles")) + timedelta(days=days)


def ask(application, by, readers="reviewer", words="Which clinic is it about, Zephyrina?") -> Inquiry:
    return information_requests_actions.ask(
        application=application, words=words, readers=readers, due_on=due(), actor=by
    )


def test_asked_on_the_page_answered_by_the_applicant(cast, call, application):
    coordinator, applicant = signed_in(cast.coordinator), signed_in(cast.applicant)
    page = reverse("applications:information_ask", args=[call.slug, 7])
    answer = coordinator.post(page, {"words": "Which clinic?", "readers": "staff", "due_on": due().isoformat()})
    assert answer.status_code == 302
    letter = Message.objects.get(kind="more_information")
    assert letter.recipient == cast.applicant
    words = " ".join(p.words for p in kinds.get("more_information").context(letter)["letter"].paragraphs)
    assert "Which clinic?" in words
    assert "Which clinic" not in str(letter.refs)
    assert Decision.objects.get(application=application).value == "needs_information"
    path = reverse("applications:information_answer", args=[application.pk, 1])
    assert next(card.url for card in cards.cards_for(cast.applicant)) == path
    assert "Program staff only can read this" in html.unescape(applicant.get(path).content.decode())
    assert applicant.post(path, {"words": "The one in Mount Vernon."}).status_code == 302
    assert Answer.objects.get(question="+asked1").visibility == "staff"
    shown = coordinator.get(reverse("applications:decision", args=[call.slug, 7])).content.decode()
    assert "The one in Mount Vernon." in shown
    assert Message.objects.get(kind="information_answered").recipient == cast.coordinator
    assert kinds.get("more_information").still_needed(letter) == "answered"


@pytest.mark.parametrize(("readers", "seen"), [("reviewer", True), ("staff", False)])
def test_readers_see_only_answers_that_were_promised_to_them_and_masked(cast, call, application, readers, seen):
    review = score(application, cast.screener, 3, state="started")
    inquiry = ask(application, cast.coordinator, readers)
    information_requests_actions.answer(inquiry=inquiry, words="Mount-canary, says Quillfeather.", actor=cast.applicant)
    assert "Mount-canary" in Answer.objects.get(question="+asked1").value
    desk = signed_in(cast.screener).get(reverse("applications:desk", args=[review.pk])).content.decode()
    assert ("Mount-canary" in desk) == seen
    assert "Quillfeather" not in desk
    assert "Zephyrina" not in desk
    if seen:  # staff can shorten it like any other answer
        signed_in(cast.coordinator).post(
            reverse("applications:reading_redact", args=[call.slug, 7]),
            {"which": "+asked1", "+asked1-question": "+asked1", "+asked1-text": "One of two."},
        )
        desk = signed_in(cast.screener).get(reverse("applications:desk", args=[review.pk])).content.decode()
        assert "One of two." in desk
        assert "Mount-canary" not in desk


def test_the_answer_can_change_until_the_day_is_over_and_the_old_one_is_kept(cast, application):
    inquiry = ask(application, cast.coordinator)
    information_requests_actions.answer(inquiry=inquiry, words="First", actor=cast.applicant)
    information_requests_actions.answer(inquiry=inquiry, words="Second", actor=cast.applicant)
    assert Answer.objects.get(question="+asked1").value == "Second"
    assert AnswerRevision.objects.get(question="+asked1").value == "First"
    Inquiry.objects.update(due_on=due(-2))
    inquiry.refresh_from_db()
    with pytest.raises(NotPossible):
        information_requests_actions.answer(inquiry=inquiry, words="Third", actor=cast.applicant)


def test_until_the_end_of_the_day_where_the_applicant_lives(cast, application):
    cast.applicant.time_zone = "Pacific/Auckland"
    cast.applicant.save()
    inquiry = ask(application, cast.coordinator)
    inquiry = Inquiry.objects.select_related("application__applicant", "application__call__cohort").get(pk=inquiry.pk)
    assert str(inquiries.until(inquiry).tzinfo) == "Pacific/Auckland"
    assert inquiries.until(inquiry).time().isoformat() == "23:59:59"


def test_one_question_at_a_time_and_none_after_the_outcome(cast, call, application):
    inquiry = ask(application, cast.coordinator)
    with pytest.raises(NotPossible):
        ask(application, cast.coordinator)
    client = signed_in(cast.coordinator)
    client.post(reverse("applications:information_undo", args=[call.slug, 7, 1]))
    inquiry.refresh_from_db()
    assert inquiry.state == "taken_back"
    assert (
        "We do not need an answer any more."
        in signed_in(cast.applicant)
        .get(reverse("applications:information_answer", args=[application.pk, 1]))
        .content.decode()
    )
    assert ask(application, cast.coordinator).number == 2
    information_requests_actions.take_back(inquiry=Inquiry.objects.get(number=2), actor=cast.coordinator)
    no = decisions_actions.Choice("decline", "SCORE_BELOW_LINE")
    decisions_actions.decide(application=application, choice=no, actor=cast.coordinator)
    release.propose(call=call, actor=cast.coordinator)
    with pytest.raises(NotPossible):
        ask(application, cast.coordinator)


@pytest.mark.parametrize("days", [0, -3])
def test_the_day_must_be_ahead(cast, application, days):
    with pytest.raises(NotPossible):
        information_requests_actions.ask(
            application=application, words="x", readers="staff", due_on=due(days), actor=cast.coordinator
        )


@pytest.mark.parametrize("name", ["coordinator", "screener", "stranger", "superuser", "other_coordinator"])
def test_only_the_applicant_opens_the_answer_page(cast, application, name):
    ask(application, cast.coordinator)
    path = reverse("applications:information_answer", args=[application.pk, 1])
    assert signed_in(cast.applicant).get(path).status_code == 200
    assert signed_in(getattr(cast, name)).get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [("coordinator", 200), ("screener", 403), ("other_coordinator", 404), ("applicant", 404), ("superuser", 404)],
)
def test_ask_page_matrix(cast, call, application, name, status):
    path = reverse("applications:information_ask", args=[call.slug, 7])
    assert signed_in(getattr(cast, name)).get(path).status_code == status


def test_what_was_typed_survives_an_expired_sign_in(cast, application, client):
    ask(application, cast.coordinator)
    path = reverse("applications:information_answer", args=[application.pk, 1])
    assert client.post(path, {"words": "Typed while signed out"}).status_code == 302
    client.force_login(cast.applicant)
    assert "Typed while signed out" in client.get(path).content.decode()


def test_withdrawing_takes_question_and_answer_along(cast, application):
    inquiry = ask(application, cast.coordinator)
    information_requests_actions.answer(inquiry=inquiry, words="Mount-canary", actor=cast.applicant)
    withdraw.withdraw(application=application)
    assert not Inquiry.objects.exists()
    assert not Answer.objects.exists()


def test_the_copy_of_everything_holds_both(cast, application):
    inquiry = ask(application, cast.coordinator)
    information_requests_actions.answer(inquiry=inquiry, words="Mount-canary", actor=cast.applicant)
    copy = signed_in(cast.applicant).get(reverse("applications:copy", args=[application.pk])).content.decode()
    assert "Which clinic is it about" in copy
    assert "Mount-canary" in copy


def test_the_asker_is_told_only_while_they_coordinate_and_have_no_tie(cast, call, application):
    (reader,) = make_screeners(call.cohort, 1)
    inquiry = ask(application, cast.coordinator)
    information_requests_actions.answer(inquiry=inquiry, words="Yes", actor=cast.applicant)
    message = Message.objects.get(kind="information_answered")
    needed = kinds.get("information_answered").still_needed
    assert needed(message) is None
    message.recipient = reader
    assert needed(message) == "no_role"
