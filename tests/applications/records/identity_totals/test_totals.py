"""Identity totals: in two windows, for the steward alone, frozen once taken."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from applications.models import (
    Application,
    Call,
    Consent,
    Decision,
    FactorPolicy,
    FormVersion,
    IdentityAnswer,
    IdentityTotals,
    Offer,
)
from applications.records.identity_totals import actions as identity_totals_actions
from applications.records.identity_totals import queries as identity_totals_queries
from cohort.people import history
from cohort.people.states import NotPossible
from tests.conftest import person, signed_in

DEFINITION = {
    "small_number_rule": {
        "ladders": {
            "gender": [[["WOMAN_ONLY"], ["MAN_ONLY"], ["ANOTHER_OR_MORE_THAN_ONE"]]],
            "veteran": [[["yes"], ["no", "family"]]],
        }
    },
    "sections": [
        {
            "id": "identity",
            "questions": [
                {
                    "id": "gender",
                    "label": "What is your gender?",
                    "visibility": "equity_data",
                    "factor": "gender",
                    "options": [{"code": "woman", "label": "Woman"}, {"code": "man", "label": "Man"}],
                },
                {
                    "id": "veteran",
                    "label": "Have you served?",
                    "visibility": "equity_data",
                    "factor": "veteran",
                    "options": [{"code": "yes", "label": "Yes"}, {"code": "no", "label": "No"}],
                },
            ],
        }
    ],
}


@pytest.fixture
def pool(cast: SimpleNamespace) -> SimpleNamespace:
    now = timezone.now()
    call = Call.objects.create(
        cohort=cast.cohort,
        slug="spring",
        title="Spring call",
        state="open",
        opens_at=now - timedelta(days=9),
        closes_at=now + timedelta(days=9),
    )
    form = FormVersion.objects.create(call=call, definition=DEFINITION)
    FactorPolicy.objects.create(call=call, factor="veteran", policy="outreach")
    FactorPolicy.objects.create(call=call, factor="gender", policy="monitor")
    world = SimpleNamespace(call=call, form=form, cast=cast, now=now, n=0)
    add(world, 12, veteran="yes", gender="woman")
    add(world, 8, veteran="no", gender="man")
    return world


def add(world: SimpleNamespace, count: int, **answers: str) -> list[Application]:
    made = []
    for _ in range(count):
        world.n += 1
        application = Application.objects.create(
            call=world.call,
            applicant=person(f"a{world.n}"),
            number=world.n,
            state="submitted",
            submitted_at=world.now,
            form_version=world.form,
        )
        Consent.objects.create(
            application=application, kind="consent_demographics", given=True, notice_version="1", locale="en"
        )
        IdentityAnswer.objects.bulk_create(
            [IdentityAnswer(application=application, question=q, code=c) for q, c in answers.items()]
        )
        made.append(application)
    return made


def take(world: SimpleNamespace, factor: str = "veteran", scope: str = "pool") -> IdentityTotals:
    return identity_totals_actions.take(
        call=world.call, factor=factor, scope=scope, by=world.cast.steward, now=timezone.now()
    )


def test_outreach_totals_while_open_and_nothing_else(pool: SimpleNamespace) -> None:
    assert identity_totals_queries.windows(pool.call, pool.now) == {"pool": ["veteran"]}
    assert take(pool).cells == [{"codes": ["yes"], "count": 12}, {"codes": ["no", "family"], "count": 8}]
    with pytest.raises(NotPossible):
        take(pool, "gender")


def test_nothing_between_the_deadline_and_the_letters(pool: SimpleNamespace) -> None:
    assert identity_totals_queries.windows(pool.call, pool.call.closes_at) == {}
    Call.objects.update(state="closed")
    pool.call.refresh_from_db()
    assert identity_totals_queries.windows(pool.call, pool.now) == {}
    with pytest.raises(NotPossible):
        take(pool)


def test_monitored_factors_once_decisions_are_out(pool: SimpleNamespace) -> None:
    Call.objects.update(state="decided")
    pool.call.refresh_from_db()
    assert identity_totals_queries.windows(pool.call, pool.now) == {
        "pool": ["gender", "veteran"],
        "cohort": ["gender", "veteran"],
    }


def test_a_group_too_small_is_not_shown(pool: SimpleNamespace) -> None:
    IdentityAnswer.objects.filter(question="veteran", code="no").delete()
    add(pool, 4, veteran="no")
    taken = take(pool)
    assert (taken.cells, taken.why) == ([], "response")
    pool2 = IdentityAnswer.objects.filter(question="veteran").count()
    assert pool2 == 16


def test_one_new_person_cannot_be_read_from_two_looks(pool: SimpleNamespace) -> None:
    first = take(pool)
    add(pool, 4, veteran="yes")
    assert take(pool) == first
    add(pool, 1, veteran="yes")
    assert take(pool).number == 2


def test_prefer_not_and_blank_are_not_answers(pool: SimpleNamespace) -> None:
    extra = add(pool, 2)
    IdentityAnswer.objects.create(application=extra[0], question="veteran", code="prefer_not")
    IdentityAnswer.objects.create(application=extra[1], question="veteran", missing="left_blank")
    taken = take(pool)
    assert (taken.asked, taken.answered) == (22, 20)


def test_nobody_is_counted_who_did_not_say_yes_to_that(pool: SimpleNamespace) -> None:
    first = Application.objects.first()
    assert first is not None
    Consent.objects.create(
        application=first,
        kind="consent_demographics",
        given=False,
        notice_version="1",
        locale="en",
        at=timezone.now() + timedelta(seconds=1),
    )
    assert take(pool).answered == 19


def test_pool_and_cohort_that_differ_by_few_are_not_both_shown(pool: SimpleNamespace) -> None:
    Call.objects.update(state="decided")
    pool.call.refresh_from_db()
    take(pool)
    for application in Application.objects.all()[:18]:
        decision = Decision.objects.create(application=application, value="invite", reason_code="INVITE")
        Offer.objects.create(
            application=application,
            decision=decision,
            state="accepted",
            seat=application.number,
            reply_by=pool.now,
            cohort=pool.call.cohort,
        )
    taken = take(pool, scope="cohort")
    assert (taken.answered, taken.cells, taken.why) == (18, [], "close")


def test_each_look_is_in_the_history(pool: SimpleNamespace) -> None:
    taken = take(pool)
    assert [(row.verb, row.actor_id) for row in history.of(taken)] == [("identity_totals.viewed", pool.cast.steward.pk)]


@pytest.mark.parametrize(
    "who",
    [
        "coordinator",
        "screener",
        "facilitator",
        "participant",
        "access",
        "stranger",
        "superuser",
        "other_steward",
        "applicant",
    ],
)
def test_only_the_steward_has_this_page(pool: SimpleNamespace, who: str) -> None:
    take(pool)
    page = signed_in(pool.cast.steward).get("/calls/spring/totals/")
    assert page.status_code == 200
    assert "Have you served?" in page.content.decode()
    assert signed_in(getattr(pool.cast, who)).get("/calls/spring/totals/").status_code in (403, 404)


def test_the_page_holds_no_person(pool: SimpleNamespace) -> None:
    signed_in(pool.cast.steward).post("/calls/spring/totals/", {"factor": "veteran", "scope": "pool"})
    page = signed_in(pool.cast.steward).get("/calls/spring/totals/").content.decode()
    assert "12 of 20" in page
    for application in Application.objects.select_related("applicant"):
        assert application.applicant.email not in page
        assert str(application.pk) not in page


@pytest.mark.parametrize("extra", [1, 20])
def test_the_page_costs_the_same_whatever_the_pool(
    pool: SimpleNamespace, extra: int, django_assert_num_queries: object
) -> None:
    add(pool, extra, veteran="yes")
    client = signed_in(pool.cast.steward)
    client.get("/calls/spring/totals/")
    with django_assert_num_queries(8):  # type: ignore[operator]
        client.get("/calls/spring/totals/")
