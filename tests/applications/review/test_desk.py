"""The screening desk: my queue, drafts, sending, taking back, and whose doors are shut."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Call, CriterionScore, Recusal, Review, ReviewRevision
from applications.review import actions as review_actions
from applications.review import queries as review_queries
from cohort.people import history
from cohort.people.models import HistoryEntry
from tests.applications.pool import (
    CRITERIA,
    fill,
    make_application,
    make_applications,
    make_call,
    make_screeners,
    score,
)
from tests.conftest import join, person, signed_in
from tests.pages import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast):
    return make_call(cast.cohort)


@pytest.fixture
def mine(cast, call):
    application = make_application(call, 187, organization="Tidewater Clinic")
    fill(application)
    return Review.objects.create(application=application, reader=cast.screener)


def url(name: str, review: Review) -> str:
    return reverse(f"applications:{name}", args=[review.pk])


def post(levels: str = "333333", comment: str = "", **extra: str) -> dict[str, str]:
    data = {f"level_{key}": level.strip() for key, level in zip(CRITERIA, levels, strict=True)}
    return data | {f"comment_{key}": comment for key in CRITERIA} | extra


def test_desk_shows_the_application_by_number_beside_the_rubric(cast, mine):
    page = signed_in(cast.screener).get(url("desk", mine)).content.decode()
    assert "Application 0187" in page
    assert "Our intake line closes at four." in page
    assert (
        "I can make or approve changes to policy, budget, hiring, contracts or services." in page
    )  # a label, not a code
    assert "Room to make structural change" in page
    assert "Seniority alone is not a 5." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; thanks" in page


def test_opening_is_written_down(cast, mine):
    signed_in(cast.screener).get(url("desk", mine))
    assert [entry.verb for entry in history.of(mine)] == ["review.opened"]


def test_draft_is_saved_and_the_answer_says_when(cast, mine):
    client = signed_in(cast.screener)
    answer = client.post(url("save_reading", mine), post("3x41  ", private_note="hm"))
    now = timezone.localtime(timezone=cast.cohort.zone)
    assert answer.status_code == 200
    assert answer.json()["saved"] in {f"{now:%H:%M}", f"{now.replace(second=0):%H:%M}"}
    mine.refresh_from_db()
    assert (mine.state, mine.private_note, mine.started_at is not None) == (Review.State.STARTED, "hm", True)
    given = {s.criterion: (s.level, s.cannot_judge) for s in mine.scores.all()}
    assert given == dict(
        zip(CRITERIA, [(3, False), (None, True), (4, False), (1, False), (None, False), (None, False)], strict=True)
    )
    assert 'id="id_level_change_aim_x" value="x" checked' in flat(client.get(url("desk", mine)).content.decode())


def test_a_comment_that_is_too_long_is_refused_and_what_was_saved_stays(cast, mine):
    client = signed_in(cast.screener)
    client.post(url("save_reading", mine), post(comment="fine"))
    answer = client.post(url("save_reading", mine), post("4" * 6, comment="x" * 601))
    assert answer.status_code == 422
    assert set(mine.scores.values_list("level", "comment")) == {(4, "fine")}


def test_nonsense_is_refused_not_stored(cast, mine):
    answer = signed_in(cast.screener).post(
        url("save_reading", mine), {"level_authority": "9", "level_change_aim": "abc"}
    )
    assert answer.status_code == 422
    assert set(mine.scores.values_list("level", flat=True)) == {None}


@pytest.mark.parametrize(
    ("levels", "comment", "missing"),
    [
        ("33333 ", "", ["level_commitment"]),
        ("333331", "", ["comment_commitment"]),
        ("333332", "", ["comment_commitment"]),
        ("333335", "   ", ["comment_commitment"]),
        ("33333x", "", []),
        ("333334", "", []),
        ("111111", "It says so.", []),
    ],
)
def test_what_sending_needs(cast, mine, levels, comment, missing):
    response = signed_in(cast.screener).post(url("desk", mine), post(levels, comment, then="send"))
    mine.refresh_from_db()
    if missing:
        assert response.status_code == 200
        assert list(response.context["form"].errors) == missing
        assert "Error:" in response.content.decode()
        assert mine.state == Review.State.STARTED  # kept as a draft
    else:
        assert response.status_code == 302
        assert (mine.state, mine.submitted_at is not None) == (Review.State.SUBMITTED, True)


def test_sent_scores_cannot_change_until_taken_back_and_the_old_ones_are_kept(cast, mine):
    client = signed_in(cast.screener)
    client.post(url("desk", mine), post("3" * 6, then="send"))
    assert client.post(url("save_reading", mine), post("4" * 6)).status_code == 409
    assert client.post(url("take_back_reading", mine), {"reason": ""}).status_code == 302
    assert ReviewRevision.objects.count() == 0
    client.post(url("take_back_reading", mine), {"reason": "I misread the second answer"})
    client.post(url("desk", mine), post("4" * 6, then="send"))
    assert set(mine.scores.values_list("level", flat=True)) == {4}
    kept = ReviewRevision.objects.get()
    assert {row["level"] for row in kept.scores} == {3}
    assert kept.reason == "I misread the second answer"
    assert [e.verb for e in history.of(mine) if e.verb != "review.opened"] == [
        "review.started",
        "review.submitted",
        "review.taken_back",
        "review.submitted",
    ][1:]


def test_others_scores_only_after_my_own_are_sent(cast, call, mine):
    (other,) = make_screeners(cast.cohort, 1)
    theirs = score(mine.application, other, 5, shared_comment="Their shared words", private_note="Their private words")
    theirs.scores.filter(criterion="authority").update(comment="Their authority words")
    client = signed_in(cast.screener)
    shared = {"Their shared words", "Their authority words", "Reader 1"}
    before = client.get(url("desk", mine)).content.decode()
    assert not [words for words in shared if words in before]
    client.post(url("desk", mine), post("4" * 6, then="send"))
    after = client.get(url("desk", mine)).content.decode()
    assert [words for words in shared if words in after] == list(shared)
    assert "Their private words" not in after
    assert other.name not in after
    assert signed_in(other).get(url("desk", theirs)).content.decode().count("Their private words") == 1


def test_nothing_changes_after_decisions_are_out(cast, call, mine):
    Call.objects.update(state=Call.State.DECIDED)
    assert signed_in(cast.screener).post(url("save_reading", mine), post()).status_code == 409
    assert CriterionScore.objects.count() == 0


@pytest.mark.parametrize("name", ["desk", "save_reading", "take_back_reading", "step_aside"])
def test_only_the_reader_opens_it(cast, mine, name):
    method = "get" if name == "desk" else "post"
    statuses = {
        who: getattr(signed_in(getattr(cast, who)), method)(url(name, mine)).status_code
        for who in (
            "coordinator",
            "facilitator",
            "participant",
            "steward",
            "access",
            "applicant",
            "stranger",
            "superuser",
            "other_screener",
            "other_coordinator",
        )
    }
    assert set(statuses.values()) == {404}
    assert getattr(signed_in(cast.screener), method)(url(name, mine)).status_code in {200, 302}


def test_queue_matrix(cast, client):
    path = reverse("applications:screening")
    assert client.get(path).status_code == 302
    assert {
        who: signed_in(getattr(cast, who)).get(path).status_code
        for who in ("screener", "other_screener", "coordinator", "participant", "stranger", "superuser")
    } == {
        "screener": 200,
        "other_screener": 200,
        "coordinator": 403,
        "participant": 403,
        "stranger": 403,
        "superuser": 403,
    }


def test_a_former_screener_opens_nothing(cast, mine):
    cast.screener.memberships.update(ended_at=timezone.now())
    assert signed_in(cast.screener).get(url("desk", mine)).status_code == 404


def test_a_withdrawn_application_leaves_the_list(cast, mine):
    client = signed_in(cast.screener)
    assert "0187" in client.get(reverse("applications:screening")).content.decode()
    mine.application.state = "withdrawn"
    mine.application.save()
    assert "0187" not in client.get(reverse("applications:screening")).content.decode()
    assert client.get(url("desk", mine)).status_code == 404


# ---------------------------------------------------------------- ties


def test_one_click_steps_aside_from_every_route(cast, call, mine):
    client = signed_in(cast.screener)
    client.post(url("desk", mine), post("5" * 6, "Good", then="send"))
    assert client.post(url("step_aside", mine), {"kind": "same_org"}).status_code == 302
    mine.refresh_from_db()
    assert mine.state == Review.State.REMOVED
    assert "0187" not in client.get(reverse("applications:screening")).content.decode()
    assert {
        name: client.post(url(name, mine)).status_code for name in ("save_reading", "take_back_reading", "step_aside")
    } == {"save_reading": 404, "take_back_reading": 404, "step_aside": 404}
    assert client.get(url("desk", mine)).status_code == 404
    from applications.review.queries import scores

    assert scores(call) == {}  # out of the averages
    assert Recusal.objects.get().outcome == Recusal.Outcome.AWAY


def test_an_unknown_tie_changes_nothing(cast, mine):
    signed_in(cast.screener).post(url("step_aside", mine), {"kind": "nosuch"})
    assert Recusal.objects.count() == 0


def test_acquaintance_waits_for_a_coordinator_and_comes_back_as_it_was(cast, mine):
    client = signed_in(cast.screener)
    client.post(url("save_reading", mine), post("444444"))
    client.post(url("step_aside", mine), {"kind": "acquaintance"})
    recusal = Recusal.objects.get()
    assert recusal.outcome == Recusal.Outcome.WAITING
    assert client.get(url("desk", mine)).status_code == 404
    review_actions.settle_tie(recusal=recusal, may_read=True, actor=cast.coordinator)
    assert client.get(url("desk", mine)).status_code == 200
    assert set(mine.scores.values_list("level", flat=True)) == {4}
    client.post(url("step_aside", mine), {"kind": "family"})  # and may still step aside for good
    assert client.get(url("desk", mine)).status_code == 404


def test_nobody_settles_their_own_tie(cast, mine):
    recusal = review_actions.step_aside(
        application=mine.application, person=cast.screener, kind="acquaintance", by=cast.screener
    )
    with pytest.raises(review_actions.NotPossible):
        review_actions.settle_tie(recusal=recusal, may_read=True, actor=cast.screener)


def test_i_am_applying_ends_all_readings_of_the_call(cast, call, mine):
    other = Review.objects.create(application=make_application(call, 2), reader=cast.screener)
    review_actions.step_aside(application=mine.application, person=cast.screener, kind="self", by=cast.screener)
    other.refresh_from_db()
    assert other.state == Review.State.REMOVED


def test_telling_about_ties_takes_applications_from_there_out(cast, mine):
    far = Review.objects.create(
        application=make_application(mine.application.call, 3, organization="Far Clinic"), reader=cast.screener
    )
    client = signed_in(cast.screener)
    response = client.post(
        reverse("applications:about_me", args=["north"]),
        {"employer": "Somewhere else", "ties": "A board\nThe TIDEWATER Clinic, Inc.\n"},
    )
    assert response.status_code == 302
    assert [client.get(url("desk", review)).status_code for review in (mine, far)] == [404, 200]
    assert Recusal.objects.get().kind == "same_org"


# ---------------------------------------------------------------- disagreement


def test_readers_who_disagree_get_a_further_reader_who_scores_unseen(cast, call):
    application = make_application(call, 1)
    first, second, third = make_screeners(cast.cohort, 3)
    join(person("colleague"), cast.cohort, "screener")
    score(application, first, 5)
    reviews = {r: Review.objects.create(application=application, reader=r) for r in (second, third)}
    signed_in(second).post(url("desk", reviews[second]), post("444444", then="send"))
    assert Review.objects.filter(extra=True).count() == 1  # 5 against 4 throughout: 25 points apart
    extra = Review.objects.get(extra=True)
    assert extra.reader not in (first, second, third)
    assert "Reader 1" not in signed_in(extra.reader).get(url("desk", extra)).content.decode()
    signed_in(third).post(url("desk", reviews[third]), post("111111", "No.", then="send"))
    assert Review.objects.filter(extra=True).count() == 1  # once per application
    verbs = list(HistoryEntry.objects.filter(object_id=str(application.pk)).values_list("verb", flat=True))
    assert verbs == ["application.readers_disagree"]


def test_readers_who_agree_get_none(cast, call):
    application = make_application(call, 1)
    first, second, _spare = make_screeners(cast.cohort, 3)
    score(application, first, [4, 4, 4, 3, 3, 3])
    review = Review.objects.create(application=application, reader=second)
    signed_in(second).post(url("desk", review), post("3" * 6, then="send"))
    assert Review.objects.filter(extra=True).count() == 0


# ---------------------------------------------------------------- speed


def test_queue_statements_do_not_grow(cast, call):
    client, path = signed_in(cast.screener), reverse("applications:screening")
    counts = []
    for number, application in enumerate(make_applications(call, 40)):
        Review.objects.create(application=application, reader=cast.screener, position=number)
        if number in (0, 39):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(path).status_code == 200
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_desk_statements_do_not_grow(cast, call, mine):
    client = signed_in(cast.screener)
    client.post(url("desk", mine), post("3" * 6, then="send"))
    with CaptureQueriesContext(connection) as few:
        client.get(url("desk", mine))
    for one in make_screeners(cast.cohort, 6):
        score(mine.application, one, 3)
    with CaptureQueriesContext(connection) as many:
        client.get(url("desk", mine))
    assert len(many) <= len(few) + 1  # one more statement once there are other readings at all


def test_the_query_itself_gives_no_other_reading_before_mine_is_sent(cast, call, mine):
    definition = review_queries.rubric_definition(call)
    score(mine.application, make_screeners(cast.cohort, 1)[0], 4)
    assert review_queries.other_readings(mine, definition) == []
    mine.state = Review.State.SUBMITTED
    assert [other.total for other in review_queries.other_readings(mine, definition)] == [75.0]


def test_a_tie_alone_closes_the_door_even_while_the_reading_still_stands(cast, mine):
    Recusal.objects.create(application=mine.application, person=cast.screener, kind="family")
    client = signed_in(cast.screener)
    assert client.get(url("desk", mine)).status_code == 404
    assert client.post(url("save_reading", mine), post()).status_code == 404
    assert "0187" not in client.get(reverse("applications:screening")).content.decode()
