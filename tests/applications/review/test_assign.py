"""Coordinators share out, move and watch readings."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, Call, EarlierRedaction, ReaderProfile, Recusal, Review
from applications.review import actions as review_actions
from applications.review import assign, progress_queries
from applications.review.queries import scores, standings
from cohort.people import history
from tests.applications.pool import fill, make_application, make_applications, make_call, make_screeners, score
from tests.conftest import join, person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast):
    return make_call(cast.cohort)


def share(call, cast, each=2, due_on=None):
    return assign.assign_readers(call=call, actor=cast.coordinator, each=each, due_on=due_on)


def test_shared_out_evenly_in_an_order_of_their_own(cast, call):
    make_screeners(cast.cohort, 2)
    make_applications(call, 12)
    plan = share(call, cast, due_on=date(2026, 12, 1))
    assert plan.short == {}
    assert sorted(Counter(Review.objects.values_list("reader", flat=True)).values()) == [8, 8, 8]
    orders = [
        tuple(Review.objects.filter(reader=r).order_by("position").values_list("application__number", flat=True))
        for r in Review.objects.values_list("reader", flat=True).distinct()
    ]
    assert any(order != tuple(sorted(order)) for order in orders)
    assert set(Review.objects.values_list("due_on", flat=True)) == {date(2026, 12, 1)}
    (entry,) = history.of(call)
    assert (entry.verb, entry.details["new"], entry.details["seed"]) == ("call.readers_assigned", 24, str(call.pk))


def test_doing_it_again_only_fills_in(cast, call):
    make_screeners(cast.cohort, 2)
    make_applications(call, 4)
    share(call, cast)
    before = set(Review.objects.values_list("pk", flat=True))
    share(call, cast)
    assert set(Review.objects.values_list("pk", flat=True)) == before
    make_application(call, 5)
    share(call, cast)
    assert set(Review.objects.exclude(pk__in=before).values_list("application__number", flat=True)) == {5}


def test_ties_are_taken_out(cast, call):
    first, second, third = make_screeners(cast.cohort, 3)
    cast.screener.memberships.all().delete()
    tied = make_application(call, 1, organization="Bay Clinic")
    told = make_application(call, 2)
    own = make_application(call, 3, applicant=third)
    ReaderProfile.objects.create(cohort=cast.cohort, person=first, employer="The Bay Clinic, Inc.")
    review_actions.step_aside(application=told, person=second, kind="family", by=second)
    plan = share(call, cast, each=2)
    found = {(r.application_id, r.reader_id) for r in Review.objects.all()}
    assert found == {(tied.pk, second.pk), (told.pk, first.pk), (own.pk, first.pk), (own.pk, second.pk)}
    assert plan.short == {tied.pk: 1, told.pk: 1}  # the third reads nothing: they are applying


def test_colleagues_never_share_an_application(cast, call):
    first, second = make_screeners(cast.cohort, 2)
    for one in (first, second):
        ReaderProfile.objects.create(cohort=cast.cohort, person=one, employer="Same House")
    make_applications(call, 6)
    share(call, cast)
    for application in Application.objects.all():
        assert {first.pk, second.pk} - set(application.reviews.values_list("reader_id", flat=True))


def test_only_what_was_sent_and_may_be_eligible(cast, call):
    make_application(call, 1, state="draft")
    make_application(call, 2, eligibility="ineligible")
    make_application(call, 3, eligibility="check")
    share(call, cast, each=1)
    assert [r.application.number for r in Review.objects.all()] == [3]


@pytest.mark.parametrize("state", ["draft", "decided", "archived"])
def test_not_in_other_states_of_the_call(cast, call, state):
    make_applications(call, 1)
    Call.objects.update(state=state)
    with pytest.raises(assign.NotPossible):
        share(call, cast)


def test_nobody_to_read_is_said(cast, call):
    make_applications(call, 1)
    cast.screener.memberships.all().delete()
    page = signed_in(cast.coordinator).post(reverse("applications:reading", args=[call.slug]), {"each": 2})
    assert "There is nobody to read yet." in page.content.decode()


def test_move_and_add(cast, call):
    first, second = make_screeners(cast.cohort, 2)
    application = make_application(call, 1)
    review = Review.objects.create(application=application, reader=first)
    client = signed_in(cast.coordinator)
    client.post(reverse("applications:reading_move", args=[call.slug, 1, review.pk]), {"move-reader": second.pk})
    assert list(application.reviews.exclude(state="removed").values_list("reader", flat=True)) == [second.pk]
    client.post(reverse("applications:reading_add", args=[call.slug, 1]), {"reader": first.pk})
    assert application.reviews.exclude(state="removed").count() == 1  # had it before, does not get it again
    client.post(reverse("applications:reading_add", args=[call.slug, 1]), {"reader": cast.screener.pk})
    assert application.reviews.exclude(state="removed").count() == 2


def test_a_sent_reading_cannot_be_moved(cast, call):
    first, second = make_screeners(cast.cohort, 2)
    review = score(make_application(call, 1), first, 3)
    with pytest.raises(assign.NotPossible):
        assign.reassign(review=review, to=second, actor=cast.coordinator)


def test_words_can_be_hidden_on_the_page(cast, call):
    application = make_application(call, 1)
    fill(application)
    client = signed_in(cast.coordinator)
    page = client.get(reverse("applications:reading_paper", args=[call.slug, 1]))
    assert page.status_code == 200
    client.post(
        reverse("applications:reading_redact", args=[call.slug, 1]),
        {"which": "q_peers", "q_peers-question": "q_peers", "q_peers-text": "Shorter"},
    )
    assert application.redactions.get().text == "Shorter"
    shown = client.get(reverse("applications:reading_paper", args=[call.slug, 1])).content.decode()
    assert "Shorter" in shown
    assert "I bring rotas, and hope to learn." in shown  # the words as written stand beside
    assert "The applicant has changed this answer since." not in shown
    application.answers.filter(question="q_peers").update(value="New words", saved_at=timezone.now())
    shown = client.get(reverse("applications:reading_paper", args=[call.slug, 1])).content.decode()
    assert "The applicant has changed this answer since." in shown
    join(cast.coordinator, call.cohort, "screener")
    shown = client.get(reverse("applications:reading_paper", args=[call.slug, 1])).content.decode()
    assert "New words" not in shown  # who reads too stays blind
    assert (
        client.post(
            reverse("applications:reading_redact", args=[call.slug, 1]), {"which": "full_name", "full_name-text": "x"}
        ).status_code
        == 404
    )


def test_earlier_words_of_staff_are_kept_with_who_and_when(cast, call):
    application = make_application(call, 1)
    fill(application)
    answer = application.answers.get(question="q_peers").value
    second = person("second")
    join(second, cast.cohort, "coordinator")

    def redact(text, by):
        assign.redact(application=application, question="q_peers", text=text, actor=by)

    redact("First-canary words", cast.coordinator)
    redact("First-canary words", second)  # the same again: nothing to keep
    assert not EarlierRedaction.objects.exists()
    redact("Second-canary words", second)
    redact("", cast.coordinator)  # shown as written
    redact("Third-canary words", cast.coordinator)
    kept = [(row.text, row.made_by, row.replaced_by) for row in EarlierRedaction.objects.order_by("made_at")]
    assert kept == [("First-canary words", cast.coordinator, second), ("Second-canary words", second, cast.coordinator)]
    assert application.redactions.get().text == "Third-canary words"
    assert application.answers.get(question="q_peers").value == answer
    page = reverse("applications:reading_paper", args=[call.slug, 1])
    shown = signed_in(cast.coordinator).get(page).content.decode()
    assert "2 earlier versions" in shown
    assert [words for words in ("First-canary", "Second-canary", "Third-canary") if words not in shown] == []
    review = Review.objects.create(application=application, reader=cast.screener)
    desk = signed_in(cast.screener).get(reverse("applications:desk", args=[review.pk])).content.decode()
    assert "Third-canary" in desk
    assert [words for words in ("First-canary", "Second-canary") if words in desk] == []
    join(cast.coordinator, call.cohort, "screener")  # who reads too learns when, not what
    shown = signed_in(cast.coordinator).get(page).content.decode()
    assert "2 earlier versions" in shown
    assert [words for words in ("First-canary", "Second-canary") if words in shown] == []


def test_waiting_tie_is_settled_on_the_page(cast, call):
    review = Review.objects.create(application=make_application(call, 1), reader=cast.screener)
    recusal = review_actions.step_aside(
        application=review.application, person=cast.screener, kind="acquaintance", by=cast.screener
    )
    client = signed_in(cast.coordinator)
    assert "Ties to decide on" in client.get(reverse("applications:reading", args=[call.slug])).content.decode()
    client.post(reverse("applications:settle_tie", args=[call.slug, recusal.pk]), {"then": "may_read"})
    assert Recusal.objects.get().outcome == "may_read"


def test_a_coordinator_with_a_tie_opens_nothing_of_it(cast, call):
    make_application(call, 1)
    application = make_application(call, 2)
    fill(application)
    review_actions.step_aside(application=application, person=cast.coordinator, kind="family", by=cast.coordinator)
    client = signed_in(cast.coordinator)
    names = ["reading_paper", "decision"]
    assert [client.get(reverse(f"applications:{name}", args=[call.slug, 2])).status_code for name in names] == [
        404,
        404,
    ]
    assert [client.get(reverse(f"applications:{name}", args=[call.slug, 1])).status_code for name in names] == [
        200,
        200,
    ]
    assert "you have a tie" in client.get(reverse("applications:reading", args=[call.slug])).content.decode()
    assert "recused" in client.get(reverse("applications:decisions", args=[call.slug])).content.decode()


@pytest.mark.parametrize("name", ["reading", "decisions", "draft_decisions", "release_new", "offers"])
def test_coordinator_pages_matrix(cast, call, name):
    path = reverse(f"applications:{name}", args=[call.slug])
    statuses = {
        who: signed_in(getattr(cast, who)).get(path).status_code
        for who in (
            "coordinator",
            "screener",
            "facilitator",
            "participant",
            "steward",
            "access",
            "applicant",
            "stranger",
            "superuser",
            "other_coordinator",
        )
    }
    assert statuses == {
        "coordinator": 200,
        "screener": 403,
        "facilitator": 403,
        "participant": 403,
        "steward": 403,
        "access": 403,
        "applicant": 404,
        "stranger": 404,
        "superuser": 404,
        "other_coordinator": 404,
    }


def test_scores_for_the_board(cast, call):
    first, second = make_screeners(cast.cohort, 2)
    one, two, three = make_applications(call, 3)
    score(one, first, 4)
    score(one, second, 5)
    score(two, first, [5, 1, 1, 1, 1, 1])
    score(three, first, 5, state=Review.State.STARTED)
    score(three, second, 5, state=Review.State.REMOVED)
    assert scores(call) == {one.pk: 450, two.pk: 180}
    assert {key: (s.hundred, s.band, s.readers) for key, s in standings(call).items()} == {
        one.pk: (87.5, "A", 2),
        two.pk: (20.0, "C", 1),
    }


def test_scores_take_two_statements_for_any_number(cast, call):
    (reader,) = make_screeners(cast.cohort, 1)
    counts = []
    for number, application in enumerate(make_applications(call, 25)):
        score(application, reader, 3)
        if number in (0, 24):
            with CaptureQueriesContext(connection) as asked:
                assert len(scores(call)) == number + 1
            counts.append(len(asked))
    assert counts == [2, 2]


def test_reading_page_statements_do_not_grow(cast, call):
    readers = make_screeners(cast.cohort, 3)
    client, path, counts = signed_in(cast.coordinator), reverse("applications:reading", args=[call.slug]), []
    for number, application in enumerate(make_applications(call, 20)):
        for one in readers:
            score(application, one, 3)
        if number in (0, 19):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_progress_counts_and_leaning(cast, call):
    first, second = make_screeners(cast.cohort, 2)
    one, two = make_applications(call, 2)
    score(one, first, 4)
    score(one, second, 3)
    Review.objects.create(application=two, reader=first)
    found = {row.user.pk: row for row in progress_queries.progress(call).readers}
    assert (found[first.pk].sent, found[first.pk].assigned, found[first.pk].figures.leaning) == (1, 1, 25.0)
    assert found[second.pk].figures.leaning == -25.0
    assert progress_queries.progress(call).papers[0].disagreement == ("totals",)


def test_a_coordinator_who_also_screens_is_still_blind_on_the_desk(cast, call):
    join(cast.coordinator, cast.cohort, "screener")
    application = make_application(call, 1)
    fill(application)
    review = Review.objects.create(application=application, reader=cast.coordinator)
    page = signed_in(cast.coordinator).get(reverse("applications:desk", args=[review.pk])).content.decode()
    assert "Quillfeather" not in page
