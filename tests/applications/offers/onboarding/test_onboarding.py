"""From “yes” to the first session: the steps, their dates, and access needs in the hands of one role."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import AccessNeed, Decision, Offer, WelcomeTask
from applications.offers import actions as offers_actions
from applications.offers.onboarding import actions as onboarding_actions
from applications.offers.onboarding import messages as onboarding_messages
from applications.offers.onboarding import queries as onboarding_queries
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.models import HistoryEntry, Membership
from cohort.ui import cards
from tests.applications.pool import SECRETS, fill, make_application, make_call
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast):
    return make_call(cast.cohort)


def make_offer(call, application, *, accept: bool = True) -> Offer:
    decision = Decision.objects.create(application=application, value="invite", reason_code="COMMITTEE_CHOICE")
    offer = Offer.objects.create(
        application=application,
        decision=decision,
        cohort=call.cohort,
        reply_by=timezone.now() + timedelta(days=5),
        made_at=timezone.now() - timedelta(hours=1),
    )
    return offers_actions.accept(offer=offer, actor=application.applicant) if accept else offer


@pytest.fixture
def offer(cast, call):
    application = make_application(call, 1, applicant=cast.applicant)
    fill(application)
    return make_offer(call, application)


def test_accepting_makes_five_steps_once_with_dates(cast, call, offer):
    offers_actions.accept(offer=offer, actor=cast.applicant)  # a second tap
    tasks = list(WelcomeTask.objects.order_by("position"))
    assert [task.kind for task in tasks] == ["access", "listing", "agreement", "dates", "try_out"]
    today = timezone.localdate(timezone=call.cohort.zone)
    assert [(task.due_on - today).days for task in tasks] == [5, 5, 7, 7, 14]


@pytest.mark.parametrize(
    ("starts", "expected"),
    [(30, [5, 5, 7, 7, 23]), (6, [5, 5, 5, 5, 0]), (1, [0, 0, 0, 0, 0]), (0, [5, 5, 7, 7, 14]), (-9, [5, 5, 7, 7, 14])],
)
def test_no_step_is_asked_for_after_the_first_session(cohort, starts, expected):
    today = date(2027, 1, 10)
    cohort.starts_on = today + timedelta(days=starts)
    assert [(day - today).days for day in onboarding_actions.due_days(cohort, today).values()] == expected


def test_the_page_does_every_step_and_says_when_all_are_done(cast, offer):
    client, page = signed_in(cast.applicant), reverse("applications:welcome", args=[offer.pk])
    assert "0 of 5 steps are done" in client.get(page).content.decode()

    def do(kind: str, **data: str) -> None:
        assert client.post(reverse("applications:welcome_do", args=[offer.pk, kind]), data).status_code == 302

    do("access", words="A chair with arms")
    do("listing", choice="first_name")
    for kind in ("agreement", "dates", "try_out"):
        do(kind)
    shown = client.get(page).content.decode()
    assert "Everything is done. You are ready." in shown
    assert "A chair with arms" in shown
    assert WelcomeTask.objects.get(kind="listing").choice == "first_name"
    do("dates", then="again")
    assert WelcomeTask.objects.get(kind="dates").done_at is None


def test_nonsense_is_refused(cast, offer):
    client = signed_in(cast.applicant)
    answer = client.post(reverse("applications:welcome_do", args=[offer.pk, "listing"]), {"choice": "loud"})
    assert answer.status_code == 200
    assert client.post(reverse("applications:welcome_do", args=[offer.pk, "nonsense"])).status_code == 404
    assert WelcomeTask.objects.filter(done_at__isnull=False).count() == 0
    for fields in ({"kind": "listing", "choice": "loud"}, {"kind": "dates", "choice": "listed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WelcomeTask.objects.filter(kind=fields["kind"]).update(choice=fields["choice"])


@pytest.mark.parametrize("name", ["coordinator", "access", "participant", "stranger", "superuser", "screener"])
def test_only_the_participant_opens_their_steps(cast, offer, name):
    page = reverse("applications:welcome", args=[offer.pk])
    assert signed_in(cast.applicant).get(page).status_code == 200
    assert signed_in(getattr(cast, name)).get(page).status_code == 404


def test_no_steps_before_a_yes(cast, call):
    offer = make_offer(call, make_application(call, 2, applicant=cast.stranger), accept=False)
    assert signed_in(cast.stranger).get(reverse("applications:welcome", args=[offer.pk])).status_code == 404


def test_the_home_page_asks_for_the_next_step_until_all_are_done(cast, offer):
    found = [card for card in cards.cards_for(cast.applicant) if card.action == "Get ready"]
    assert [card.title for card in found] == ["Say what would help you take part"]
    for kind in ("agreement", "dates", "try_out"):
        onboarding_actions.tick(offer=offer, kind=kind, done=True, actor=cast.applicant)
    onboarding_actions.say_needs(offer=offer, words="", actor=cast.applicant)
    onboarding_actions.choose_listing(offer=offer, choice="listed", actor=cast.applicant)
    assert [card for card in cards.cards_for(cast.applicant) if card.action == "Get ready"] == []


def test_coordinators_see_how_far_people_are_and_never_what_they_need(cast, call, offer):
    onboarding_actions.say_needs(offer=offer, words="Stool-canary", actor=cast.applicant)
    onboarding_actions.choose_listing(offer=offer, choice="not_listed", actor=cast.applicant)
    page = signed_in(cast.coordinator).get(reverse("applications:offers", args=[call.slug])).content.decode()
    assert "Getting ready: 2 of 5 steps done" in page
    assert "Not listed at all" in page
    assert "Stool-canary" not in page
    assert AccessNeed.objects.filter(value="Stool-canary").exists()


# ---------------------------------------------------------------- access needs


def test_the_access_role_sees_needs_of_those_who_accepted_and_nobody_elses(cast, call, offer):
    other = make_application(call, 2)
    fill(other)
    AccessNeed.objects.filter(application=other).update(value="Ramp-canary of somebody who waits")
    onboarding_actions.say_needs(offer=offer, words="Stool-canary", actor=cast.applicant)
    page = signed_in(cast.access).get(reverse("applications:needs", args=[call.cohort.slug])).content.decode()
    assert SECRETS["access_text"] in page
    assert "Stool-canary" in page
    assert "Ramp-canary" not in page
    assert AccessNeed.objects.filter(application=other).exists()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("access", 200),
        ("coordinator", 403),
        ("screener", 403),
        ("steward", 403),
        ("facilitator", 403),
        ("participant", 403),
        ("applicant", 403),
        ("other_access", 404),
        ("stranger", 404),
        ("superuser", 404),
    ],
)
def test_needs_matrix(cast, call, offer, name, status):
    answer = signed_in(getattr(cast, name)).get(reverse("applications:needs", args=[call.cohort.slug]))
    assert answer.status_code == status
    assert (SECRETS["access_text"] in answer.content.decode()) == (status == 200)


def test_needs_of_somebody_who_left_are_closed(cast, call, offer):
    Membership.objects.filter(user=cast.applicant).update(ended_at=timezone.now())
    page = signed_in(cast.access).get(reverse("applications:needs", args=[call.cohort.slug])).content.decode()
    assert SECRETS["access_text"] not in page


def test_looking_is_written_down_without_what_was_seen(cast, call, offer):
    answer = signed_in(cast.access).get(reverse("applications:needs", args=[call.cohort.slug]))
    entry = HistoryEntry.objects.get(verb="access_needs.viewed")
    assert (entry.actor_id, entry.details) == (cast.access.pk, {"people": 1})
    assert answer["Cache-Control"] == "no-store"


def test_the_access_role_gets_a_mail_without_words(cast, call, offer):
    messages = Message.objects.filter(kind="access_handover")
    assert [row.recipient for row in messages] == [cast.access]
    context = kinds.get("access_handover").context(messages[0])
    assert list(context) == ["url"]
    assert context["url"].endswith(reverse("applications:needs", args=[call.cohort.slug]))
    onboarding_actions.say_needs(offer=offer, words="Something new", actor=cast.applicant)
    onboarding_actions.say_needs(offer=offer, words="Something new", actor=cast.applicant)
    assert Message.objects.filter(kind="access_handover").count() == 2
    Membership.objects.filter(user=cast.access).update(ended_at=timezone.now())
    assert kinds.get("access_handover").still_needed(messages[0]) == "no_role"


def test_nobody_with_needs_makes_no_mail(cast, call):
    make_offer(call, make_application(call, 3, applicant=cast.stranger))
    assert not Message.objects.filter(kind="access_handover").exists()


def test_one_reminder_the_day_before_the_first_step_is_due(cast, offer):
    first = min(WelcomeTask.objects.values_list("due_on", flat=True))
    before = timezone.now() + timedelta(days=3)
    (planned,) = onboarding_messages.getting_ready(before)
    assert planned.recipient == cast.applicant
    assert planned.due_at.astimezone(offer.cohort.zone).date() == first - timedelta(days=1)
    assert list(onboarding_messages.getting_ready(before - timedelta(days=3))) == []


def test_own_needs_are_in_the_copy_of_everything(cast, offer):
    onboarding_actions.say_needs(offer=offer, words="Stool-canary", actor=cast.applicant)
    copy = signed_in(cast.applicant).get(reverse("applications:copy_json", args=[offer.application_id]))
    assert "Stool-canary" in copy.content.decode()


def test_statements_of_the_needs_page_do_not_grow(cast, call, offer):
    client, page = signed_in(cast.access), reverse("applications:needs", args=[call.cohort.slug])
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for number in range(10, 15):
        application = make_application(call, number)
        fill(application)
        make_offer(call, application)
    assert len(onboarding_queries.needs_in(call.cohort)) == 6
    with CaptureQueriesContext(connection) as six:
        client.get(page)
    assert len(one) == len(six)
