"""The public call and the coordinator's page."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.call import actions as call_actions
from applications.models import Application, Call, FactorPolicy
from applications.representation.policy import actions as policy_actions
from cohort.people import history
from cohort.people.models import Cohort
from cohort.people.states import NotPossible
from tests.applications.apply.filled import open_call
from tests.applications.pool import make_application
from tests.conftest import signed_in

FIT = {"elig_org": "yes", "elig_authority": ["decide"], "elig_dates": "yes"}


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


def test_call_page_says_whether_one_may_apply_now(call: Call) -> None:
    page = Client().get("/calls/north-call/").content.decode()
    assert "/calls/north-call/apply/" in page
    assert "Pacific time" in page
    now = timezone.now()
    Call.objects.update(opens_at=now + dt.timedelta(days=1))
    soon = Client().get("/calls/north-call/").content.decode()
    assert "Applications open" in soon
    assert "/calls/north-call/apply/" not in soon
    Call.objects.update(opens_at=now - dt.timedelta(days=9), closes_at=now - dt.timedelta(days=1))
    closed = Client().get("/calls/north-call/").content.decode()
    assert "This call is closed" in closed
    assert "/calls/north-call/apply/" not in closed


def test_call_in_preparation_is_hidden_but_its_coordinator_sees_it(cast: SimpleNamespace, call: Call) -> None:
    Call.objects.update(state=Call.State.DRAFT)
    for path in ("", "check/", "questions/", "apply/"):
        assert signed_in(cast.coordinator).get(f"/calls/north-call/{path}").status_code == 200
        for user in (cast.stranger, cast.screener, cast.other_coordinator, cast.superuser):
            assert signed_in(user).get(f"/calls/north-call/{path}").status_code == 404
        assert Client().get(f"/calls/north-call/{path}").status_code == 404
    assert b"north-call" not in Client().get("/calls/").content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "It looks like a fit"),
        ({"elig_org": "unsure"}, "It may well fit"),
        ({"elig_dates": "no"}, "It may not fit right now"),
    ],
)
def test_self_check_answers_kindly_and_stores_nothing(call: Call, change: dict[str, str], words: str) -> None:
    client = Client()
    client.get("/calls/north-call/check/")
    with CaptureQueriesContext(connection) as ran:
        response = client.post("/calls/north-call/check/", {**FIT, **change})
    assert words in response.content.decode()
    assert [q["sql"] for q in ran if not q["sql"].startswith("SELECT")] == []
    assert Session.objects.count() == 0
    assert "sessionid" not in client.cookies
    assert response["Cache-Control"] == "no-store"


def test_every_question_is_there_before_starting(call: Call) -> None:
    Cohort.objects.update(starts_on=dt.date(2027, 2, 1), ends_on=dt.date(2027, 11, 1))
    page = Client().get("/calls/north-call/questions/").content.decode()
    assert "What is one policy, practice or structure" in page
    assert "Your readers see this, without your name." in page
    assert "San Juan County" in page
    assert re.findall(r"\[[a-z ]+\]", page) == []  # no placeholder is left without its value


def test_pages_never_promise_what_the_policies_do_not_hold(call: Call) -> None:
    promise = "never used to choose people"
    for path in ("", "notice/"):
        assert promise in Client().get(f"/calls/north-call/{path}").content.decode()
    FactorPolicy.objects.update_or_create(
        call=call, factor="gender", defaults={"policy": "selection", "reason": "memo", "approved_by": "Counsel"}
    )
    for path in ("", "notice/"):
        page = Client().get(f"/calls/north-call/{path}").content.decode()
        assert "What is your gender? Choose all that apply." in page
        assert "identity answers are never used" not in page
        assert "about identity are never used" not in page


def test_notice_says_how_long_things_are_kept(call: Call) -> None:
    page = Client().get("/calls/north-call/notice/").content.decode()
    for words in ("60 days after your last change", "1 year after the decision", "3 years after the cohort ends"):
        assert words in page


def test_facts_are_escaped(call: Call) -> None:
    Call.objects.update(facts={**call.facts, "session_dates": "<script>alert(1)</script>"}, summary="<b>x</b>")
    for path in ("", "questions/", "check/"):
        assert "<script>alert" not in Client().get(f"/calls/north-call/{path}").content.decode()


# ---------------------------------------------------------------- coordinators


@pytest.mark.parametrize("path", ["manage/", "open/", "close/", "extend/"])
def test_only_coordinators_of_the_cohort(cast: SimpleNamespace, call: Call, path: str) -> None:
    address = f"/calls/north-call/{path}"
    assert signed_in(cast.coordinator).get(address).status_code == 200
    for user in (cast.stranger, cast.applicant, cast.other_coordinator, cast.superuser):
        assert signed_in(user).get(address).status_code == 404
        assert signed_in(user).post(address).status_code in (404, 405)
    for user in (cast.screener, cast.steward, cast.participant):
        assert signed_in(user).get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_making_and_opening_a_call_freezes_form_and_rubric(cast: SimpleNamespace) -> None:
    client = signed_in(cast.coordinator)
    assert client.get("/cohorts/north/calls/new/").status_code == 200
    wrong = client.post(
        "/cohorts/north/calls/new/", {"title": "x", "opens_at": "2027-02-01T09:00", "closes_at": "2027-01-01T09:00"}
    )
    assert "closes_at" in wrong.context["form"].errors
    assert Call.objects.count() == 0
    opens = timezone.now() - dt.timedelta(hours=1)
    closes = timezone.now() + dt.timedelta(days=20)
    data = {
        "title": "Equity in Leadership",
        "summary": "A year.",
        "opens_at": opens.strftime("%Y-%m-%dT%H:%M"),
        "closes_at": closes.strftime("%Y-%m-%dT%H:%M"),
        "decisions_on": (closes + dt.timedelta(days=9)).date(),
        "readers_per_application": 3,
        "session_dates": "third Thursdays",
        "total_sessions": 10,
        "min_sessions": 8,
        "committee_list": "Dana",
    }
    response = client.post("/cohorts/north/calls/new/", data)
    call = Call.objects.get()
    assert response.url == f"/calls/{call.slug}/manage/"
    assert call.slug == "equity-in-leadership"
    local = call.closes_at.astimezone(cast.cohort.zone)
    assert local.strftime("%Y-%m-%dT%H:%M") == data["closes_at"]  # typed on the cohort's clocks
    assert call.form_versions.count() == 0
    client.post(f"/calls/{call.slug}/open/")
    call.refresh_from_db()
    assert (call.state, call.form_versions.count()) == ("draft", 0)  # nobody has chosen what people are chosen by
    policy_actions.adopt(call=call, actor=cast.coordinator)
    client.post(f"/calls/{call.slug}/open/")
    call.refresh_from_db()
    assert call.state == "open"
    assert [call.form_versions.count(), call.rubric_versions.count()] == [1, 1]
    assert call.form_versions.get().definition["form_id"] == "cop_application_default"
    client.post(f"/calls/{call.slug}/close/")
    client.post(f"/calls/{call.slug}/open/")
    call.refresh_from_db()
    assert (call.state, call.form_versions.count()) == ("open", 1)
    verbs = [e.verb for e in history.of(call)]
    assert verbs == [
        "call.created",
        "call.rule_in_force",
        "call.policies_set",
        "call.open",
        "call.frozen",
        "call.closed",
        "call.open",
        "call.frozen",
    ]


def test_states_follow_the_table(cast: SimpleNamespace, call: Call) -> None:
    for state in Call.State.values:
        for wish in Call.State.values:
            Call.objects.update(state=state)
            if wish in Call.MOVES[state]:
                assert call_actions.move_call(call=call, to=wish, actor=cast.coordinator).state == wish
            else:
                with pytest.raises(NotPossible):
                    call_actions.move_call(call=call, to=wish, actor=cast.coordinator)


def test_a_call_without_dates_or_in_the_past_does_not_open(cast: SimpleNamespace) -> None:
    call = call_actions.create_call(cohort=cast.cohort, actor=cast.coordinator, title="No dates")
    with pytest.raises(NotPossible):
        call_actions.open_call(call=call, actor=cast.coordinator)
    assert call.form_versions.count() == 0


def test_extending_only_gives_time(cast: SimpleNamespace, call: Call) -> None:
    client = signed_in(cast.coordinator)
    zone = cast.cohort.zone
    sooner, later = (call.closes_at + dt.timedelta(days=d) for d in (-1, 2))
    wrong = client.post("/calls/north-call/extend/", {"closes_at": sooner.astimezone(zone).strftime("%Y-%m-%dT%H:%M")})
    assert list(wrong.context["form"].errors) == ["closes_at"]
    client.post("/calls/north-call/extend/", {"closes_at": later.astimezone(zone).strftime("%Y-%m-%dT%H:%M")})
    before, call.closes_at = call.closes_at, Call.objects.get().closes_at
    assert abs(call.closes_at - before - dt.timedelta(days=2)) < dt.timedelta(minutes=1)


def test_a_person_settles_eligibility(cast: SimpleNamespace, call: Call) -> None:
    row = make_application(call, 1, eligibility="check")
    draft = make_application(call, 2, state="draft", eligibility="check")
    client = signed_in(cast.coordinator)
    assert [c.reference for c in client.get("/calls/north-call/manage/").context["checks"]] == ["0001"]
    client.post("/calls/north-call/settle/", {"application": row.pk, "because": "dates"})
    client.post("/calls/north-call/settle/", {"application": draft.pk, "because": "fits"})
    client.post("/calls/north-call/settle/", {"application": row.pk, "because": "race"})
    verdicts = dict(Application.objects.values_list("number", "eligibility"))
    assert verdicts == {1: "ineligible", 2: "check"}
    assert history.of(row).get().details == {"before": "check", "after": "ineligible", "because": "dates"}


def test_totals_and_fixed_statements(cast: SimpleNamespace, call: Call) -> None:
    client = signed_in(cast.coordinator)
    counts = []
    for n in (1, 20):
        for number in range(Application.objects.count() + 1, n + 1):
            make_application(
                call,
                number,
                state="draft" if number % 5 == 0 else "submitted",
                eligibility="check" if number % 3 == 1 else "eligible",
            )
        client.get("/calls/north-call/manage/")
        with CaptureQueriesContext(connection) as ran:
            page = client.get("/calls/north-call/manage/")
        counts.append(len(ran))
    pool = page.context["pool"]
    assert (pool.total, pool.sent, pool.drafts, pool.withdrawn) == (20, 16, 4, 0)
    assert pool.eligible + pool.checking + pool.ineligible == pool.sent
    assert counts[0] == counts[1] <= 14


def test_list_of_calls_takes_the_same_statements_at_1_and_20(cast: SimpleNamespace, call: Call) -> None:
    counts = []
    for n in (1, 20):
        for number in range(Call.objects.count(), n):
            open_call(cast.cohort, slug=f"more-{number}")
        with CaptureQueriesContext(connection) as ran:
            Client().get("/calls/")
        counts.append(len(ran))
    assert counts[0] == counts[1] <= 2
