"""Deciding: reasons, history, bulk, drafts from a proposal, and nobody told by it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.common.call_forms import default_definition
from applications.common.review_labels import REASONS
from applications.decisions import actions as decisions_actions
from applications.decisions import queries as decisions_queries
from applications.decisions.actions import Choice, RestOfPool
from applications.models import Decision, Proposal
from cohort.outbox.models import Message
from cohort.people import history
from tests.applications.pool import make_applications, make_call, make_screeners, score
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
NO = Choice("decline", "SCORE_BELOW_LINE")


@pytest.fixture
def call(cast):
    return make_call(cast.cohort)


def rest(**changes):
    return RestOfPool(
        **{
            "waitlist_bands": frozenset({"A", "B"}),
            "waitlist_reason": "COHORT_FULL_EQUAL_SCORE",
            "decline_reason": "SCORE_BELOW_LINE",
            **changes,
        }
    )


def make_proposal(call, applications):
    return Proposal.objects.create(
        call=call,
        number=3,
        state="done",
        problem={},
        input_hash="x" * 64,
        cohort=sorted(str(a.pk) for a in applications),
        proved=True,
    )


def test_reason_codes_for_no_are_those_of_the_facts(cohort):
    known = {row["code"] for row in default_definition(cohort)["decline_reason_codes"]}
    assert set(REASONS["decline"]) | set(REASONS["not_eligible"]) | set(REASONS["waitlist"]) <= known


def test_a_decision_has_a_reason_and_a_changed_one_keeps_the_old(cast, call):
    (application,) = make_applications(call, 1)
    first = decisions_actions.decide(application=application, choice=NO, actor=cast.coordinator)
    second = decisions_actions.decide(
        application=application, choice=Choice("invite", "COMMITTEE_CHOICE", "We looked again"), actor=cast.coordinator
    )
    first.refresh_from_db()
    assert (first.superseded_at is not None, second.superseded_at) == (True, None)
    assert [entry.details["supersedes"] for entry in history.of(second)] == [str(first.pk)]
    assert Message.objects.count() == 0


def test_the_same_again_changes_nothing(cast, call):
    (application,) = make_applications(call, 1)
    assert decisions_actions.decide(
        application=application, choice=NO, actor=cast.coordinator
    ) == decisions_actions.decide(application=application, choice=NO, actor=cast.coordinator)
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("choice", [Choice("invite", "SCORE_BELOW_LINE"), Choice("decline", ""), Choice("nosuch", "X")])
def test_a_reason_that_does_not_go_with_it_is_refused(cast, call, choice):
    (application,) = make_applications(call, 1)
    with pytest.raises(decisions_actions.NotPossible):
        decisions_actions.decide(application=application, choice=choice, actor=cast.coordinator)
    assert Decision.objects.count() == 0


def test_the_database_keeps_one_in_force_and_a_reason(cast, call):
    (application,) = make_applications(call, 1)
    decisions_actions.decide(application=application, choice=NO, actor=cast.coordinator)
    for broken in (
        {"value": "invite", "reason_code": "X"},
        {"value": "invite", "reason_code": "", "superseded_at": "2026-01-01T00:00Z"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(application=application, **broken)


def test_many_at_once_on_the_page(cast, call):
    one, two, three = make_applications(call, 3)
    client = signed_in(cast.coordinator)
    client.post(
        reverse("applications:decide_many", args=[call.slug]),
        {"decision": "waitlist:ORG_LIMIT", "chosen": [str(one.pk), str(two.pk)]},
    )
    assert {d.application_id: (d.value, d.reason_code, d.decided_by) for d in Decision.objects.all()} == dict.fromkeys(
        (one.pk, two.pk), ("waitlist", "ORG_LIMIT", cast.coordinator)
    )
    client.post(reverse("applications:decide_many", args=[call.slug]), {"decision": "", "chosen": [str(three.pk)]})
    client.post(reverse("applications:decide_many", args=[call.slug]), {"decision": "decline:LATE"})
    assert Decision.objects.count() == 2


def test_one_on_its_page(cast, call):
    (application,) = make_applications(call, 1)
    score(
        application,
        make_screeners(cast.cohort, 1)[0],
        4,
        shared_comment="Words for the applicant",
        private_note="Mine alone",
    )
    client, path = signed_in(cast.coordinator), reverse("applications:decision", args=[call.slug, 1])
    page = client.get(path).content.decode()
    assert "75.0" in page
    assert "Words for the applicant" in page
    assert "Mine alone" not in page
    client.post(path, {"decision": "invite:COMMITTEE_CHOICE", "note": "Strong"})
    assert Decision.objects.get().note == "Strong"


def test_draft_from_a_proposal(cast, call):
    (reader,) = make_screeners(cast.cohort, 1)
    chosen, strong, weak, unread, out, drafted = make_applications(call, 6)
    for application, level in ((chosen, 5), (strong, 4), (weak, 2), (drafted, 5)):
        score(application, reader, level)
    out.eligibility = "ineligible"
    out.save()
    decisions_actions.decide(application=drafted, choice=NO, actor=cast.coordinator)
    proposal = make_proposal(call, [chosen, drafted])
    decisions_actions.draft_from_proposal(call=call, proposal=proposal, rest=rest(), actor=cast.coordinator)

    def in_force():
        return {d.application.number: (d.value, d.reason_code) for d in Decision.objects.filter(superseded_at=None)}

    expected = {
        1: ("invite", "IN_PROPOSAL"),
        2: ("waitlist", "COHORT_FULL_EQUAL_SCORE"),
        3: ("decline", "SCORE_BELOW_LINE"),
        5: ("not_eligible", "INELIGIBLE"),
        6: ("decline", "SCORE_BELOW_LINE"),
    }
    assert in_force() == expected  # 4 has no score: left for people; 6 was drafted before: left
    decisions_actions.draft_from_proposal(
        call=call, proposal=proposal, rest=rest(replace_drafts=True), actor=cast.coordinator
    )
    assert in_force() == expected | {6: ("invite", "IN_PROPOSAL")}
    assert unread.decisions.count() == 0


def test_draft_page(cast, call):
    applications = make_applications(call, 2)
    client, path = signed_in(cast.coordinator), reverse("applications:draft_decisions", args=[call.slug])
    assert "No proposal yet" in client.get(path).content.decode()
    make_proposal(call, applications[:1])
    assert "Draft decisions from proposal 3" in client.get(path).content.decode()
    client.post(path, {"waitlist": "A,B", "waitlist_reason": "ORG_LIMIT", "decline_reason": "LATE"})
    assert [(d.application.number, d.value) for d in Decision.objects.all()] == [(1, "invite")]


def test_filters_and_order(cast, call):
    (reader,) = make_screeners(cast.cohort, 1)
    one, two, three = make_applications(call, 3)
    score(one, reader, 3)
    score(two, reader, 5)
    make_proposal(call, [two])
    decisions_actions.decide(application=one, choice=NO, actor=cast.coordinator)
    rows = decisions_queries.board(call, cast.coordinator).rows

    def numbers(sort="number", **wanted):
        return [row.number for row in decisions_queries.chosen_rows(rows, wanted, sort)]

    assert numbers() == [1, 2, 3]
    assert numbers("score") == [2, 1, 3]
    assert numbers(band="A") == [2]
    assert numbers(band="none") == [3]
    assert numbers(value="decline") == [1]
    assert numbers(value="none") == [2, 3]
    assert numbers(status="draft") == [1]
    assert numbers(proposal="in") == [2]
    assert numbers(proposal="out") == [1, 3]
    assert three.number == 3


def test_list_of_decisions_takes_at_most_ten_statements(cast, call):
    (reader,) = make_screeners(cast.cohort, 1)
    client, path, counts = signed_in(cast.coordinator), reverse("applications:decisions", args=[call.slug]), []
    applications = make_applications(call, 20)
    make_proposal(call, applications[:5])
    for number, application in enumerate(applications):
        score(application, reader, 3)
        decisions_actions.decide(application=application, choice=NO, actor=cast.coordinator)
        if number in (0, 19):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_the_decision_record_says_who_what_when_on_which_totals_and_no_applicant(cast, call):
    reader = make_screeners(cast.cohort, 1)[0]
    one, two = make_applications(call, 2)
    score(one, reader, 4)
    proposal = make_proposal(call, [one])
    decisions_actions.decide(application=one, choice=Choice("invite", "IN_PROPOSAL"), actor=cast.coordinator)
    decisions_actions.decide(
        application=one, choice=Choice("waitlist", "ORG_LIMIT", "=cmd|' /C calc'!A0"), actor=cast.coordinator
    )
    decisions_actions.decide(application=two, choice=NO, actor=cast.coordinator)
    client, path = signed_in(cast.coordinator), reverse("applications:decision_record", args=[call.slug])
    assert client.get(path).status_code == 405
    import csv
    import io

    rows = list(csv.DictReader(io.StringIO(client.post(path).content.decode())))
    assert [(r["application"], r["decision"], r["score_points"], r["readings"], r["in_proposal"]) for r in rows] == [
        ("0001", "invite", "400", "1", "True"),
        ("0001", "waitlist", "400", "1", "True"),
        ("0002", "decline", "", "0", "False"),
    ]
    assert (rows[0]["proposal"], rows[0]["rubric_version"], rows[0]["decided_by"]) == (
        str(proposal.number),
        "1",
        "Coordinator",
    )
    assert rows[0]["replaced_at"] != ""
    assert rows[1]["note"] == "'=cmd|' /C calc'!A0"
    text = client.post(path).content.decode()
    assert [one.applicant.name, one.applicant.email] == ["Applicant1", "applicant1@example.org"]
    assert [word for word in ("Applicant", "applicant1") if word in text] == []
    assert [e.verb for e in history.of(call)] == ["decisions.exported", "decisions.exported"]
    assert signed_in(cast.screener).post(path).status_code == 403
