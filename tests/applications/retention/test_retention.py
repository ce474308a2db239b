"""What is deleted when: each retention class, legal holds, the notices before, and the dry run."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from applications.apply import actions as apply_actions
from applications.models import (
    AccessNeed,
    Answer,
    Application,
    Call,
    Consent,
    Decision,
    IdentityAnswer,
    LegalHold,
    Offer,
    Review,
)
from applications.retention import actions as retention_actions
from applications.retention import rules as retention_rules
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.outbox.rendering import render
from cohort.people import history
from cohort.people.models import Cohort
from tests.applications.apply.filled import fill, open_call
from tests.conftest import person, signed_in

DAY = dt.timedelta(days=1)


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


def sent_by(call: Call, name: str) -> Application:
    user = person(name)
    found = apply_actions.start(call=call, applicant=user)
    client = signed_in(user)
    fill(client, found)
    client.post(f"/applications/{found.pk}/check/")
    found.refresh_from_db()
    return found


@pytest.fixture
def sent(call: Call) -> Application:
    return sent_by(call, "maya")


def decided(application: Application, at: dt.datetime, value: str = "decline") -> Decision:
    Call.objects.filter(pk=application.call_id).update(
        state="decided", opens_at=at - 60 * DAY, closes_at=at - 30 * DAY, decisions_on=at.date()
    )
    Application.objects.filter(pk=application.pk).update(outcome_told_at=at)
    return Decision.objects.create(
        application=application, value=value, reason_code="X", note="Talk about dates", decided_at=at
    )


def holds(application: Application) -> dict[str, bool]:
    tables = {
        "answers": Answer,
        "identity": IdentityAnswer,
        "access": AccessNeed,
        "reviews": Review,
        "consents": Consent,
    }
    return {name: model.objects.filter(application=application).exists() for name, model in tables.items()}


EVERYTHING = {"answers": True, "identity": True, "access": True, "reviews": True, "consents": True}


# ---------------------------------------------------------------- the rules alone


def _case(**changes: object) -> retention_rules.Case:
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    facts: dict[str, object] = {
        "sent": True,
        "selected": False,
        "edited_at": start,
        "closes_at": start,
        "decided_at": start,
        "cohort_ends": start + 300 * DAY,
        "keep_for_next": False,
        "days": {
            "draft_unsubmitted": 60,
            "not_selected": 365,
            "selected": 1095,
            "scores_and_reasons": 1095,
            "demographics_rows": 180,
            "access_needs": 30,
        },
    }
    return retention_rules.Case(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({}, {"application": 365, "scores": 1095, "identity": 180, "access_needs": 330}),
        ({"keep_for_next": True}, {"application": 730, "scores": 1095, "identity": 180, "access_needs": 330}),
        ({"selected": True}, {"application": 1395, "scores": 1095, "identity": 180, "access_needs": 330}),
        ({"selected": True, "cohort_ends": None}, {"scores": 1095, "identity": 180}),
        ({"cohort_ends": None}, {"application": 365, "scores": 1095, "identity": 180, "access_needs": 365}),
        ({"sent": False}, {"draft": 60}),
        ({"sent": False, "closes_at": dt.datetime(2026, 6, 1, tzinfo=dt.UTC)}, {"draft": 152}),
        ({"decided_at": None, "cohort_ends": None}, {}),
        ({"days": {}}, {}),
    ],
)
def test_when_each_class_goes(changes: dict[str, object], days: dict[str, int]) -> None:
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert {what: (at - start).days for what, at in retention_rules.moments(_case(**changes)).items()} == days


# ---------------------------------------------------------------- the job


def test_a_draft_goes_60_days_after_its_last_change_and_not_while_the_call_is_open(
    cast: SimpleNamespace, call: Call
) -> None:
    now = timezone.now()
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    Application.objects.update(edited_at=now - 61 * DAY)
    assert retention_actions.retain(now=now) == {}
    Call.objects.update(opens_at=now - 80 * DAY, closes_at=now - 2 * DAY, state="closed")
    Application.objects.update(edited_at=now - 59 * DAY)
    assert retention_actions.retain(now=now) == {}
    Application.objects.update(edited_at=now - 61 * DAY)
    assert retention_actions.retain(now=now) == {"draft": 1}
    assert Application.objects.count() == 0
    assert [e.verb for e in history.of(draft)][-1] == "retention.deleted"
    assert [e.details for e in history.of(call) if e.verb == "retention.run"] == [{"draft": 1}]
    assert retention_actions.retain(now=now) == {}


def test_each_drawer_goes_at_its_own_time(cast: SimpleNamespace, sent: Application) -> None:
    at = timezone.now()
    Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=(at + 100 * DAY).date())
    Review.objects.create(application=sent, reader=cast.screener)
    decision = decided(sent, at)
    assert retention_actions.retain(now=at + DAY) == {}
    assert holds(sent) == EVERYTHING
    assert retention_actions.retain(now=at + 132 * DAY) == {"access_needs": 1}
    assert holds(sent) == {**EVERYTHING, "access": False}
    assert retention_actions.retain(now=at + 181 * DAY) == {"identity": 1}
    assert holds(sent) == {**EVERYTHING, "access": False, "identity": False}
    assert retention_actions.retain(now=at + 366 * DAY) == {"application": 1}
    assert holds(sent) == {"answers": False, "identity": False, "access": False, "reviews": True, "consents": False}
    decision.refresh_from_db()
    assert decision.note == "Talk about dates"
    assert retention_actions.retain(now=at + 1096 * DAY) == {"scores": 1}
    assert holds(sent) == dict.fromkeys(EVERYTHING, False)
    decision.refresh_from_db()
    assert (decision.value, decision.note) == ("decline", "")
    sent.refresh_from_db()
    assert (sent.state, sent.organization, sent.sections) == ("submitted", None, {})
    assert retention_actions.retain(now=at + 5000 * DAY) == {}


def test_a_participant_is_kept_until_three_years_after_the_cohort(cast: SimpleNamespace, sent: Application) -> None:
    at = timezone.now()
    Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=(at + 300 * DAY).date())
    decision = decided(sent, at, "invite")
    Offer.objects.create(
        application=sent, decision=decision, cohort=cast.cohort, state="accepted", seat=1, reply_by=at, answered_at=at
    )
    assert "application" not in retention_actions.retain(now=at + 400 * DAY)
    assert holds(sent)["answers"]
    assert "application" in retention_actions.retain(now=at + 1397 * DAY)
    assert not holds(sent)["answers"]


def test_who_asked_us_to_keep_it_for_the_next_cohort_is_kept_longer(sent: Application) -> None:
    at = timezone.now()
    decided(sent, at)
    Consent.objects.create(application=sent, kind="consent_future", given=True, notice_version="1.0", locale="en")
    assert "application" not in retention_actions.retain(now=at + 366 * DAY)
    assert "application" in retention_actions.retain(now=at + 731 * DAY)


def test_more_than_one_batch_goes_whole(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.retention.queries.BATCH", 2)
    now = timezone.now()
    for n in range(7):
        apply_actions.start(call=call, applicant=person(f"p{n}"))
    Call.objects.update(opens_at=now - 200 * DAY, closes_at=now - 100 * DAY, state="closed")
    Application.objects.update(edited_at=now - 61 * DAY)
    assert retention_actions.retain(now=now) == {"draft": 7}
    assert Application.objects.count() == 0


def test_others_are_left_alone(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    now = timezone.now()
    other = open_call(cast.other_cohort, slug="other-call")
    theirs = sent_by(other, "bo")
    decided(sent, now - 400 * DAY)
    retention_actions.retain(now=now)
    assert not holds(sent)["answers"]
    assert holds(theirs) == {**EVERYTHING, "reviews": False}


def test_a_legal_hold_stops_the_deletion_until_it_is_lifted(sent: Application) -> None:
    now = timezone.now()
    decided(sent, now - 400 * DAY)
    retention_actions.hold(call=sent.call, reason="Request for records 12", actor=None)
    retention_actions.hold(call=sent.call, reason="Another", actor=None)
    assert [hold.reason for hold in LegalHold.objects.all()] == ["Request for records 12"]
    assert retention_actions.retain(now=now) == {}
    assert holds(sent)["answers"]
    assert retention_actions.lift(call=sent.call, actor=None)
    assert not retention_actions.lift(call=sent.call, actor=None)
    assert retention_actions.retain(now=now)["application"] == 1
    assert [e.verb for e in history.of(sent.call) if "hold" in e.verb or "held" in e.verb] == [
        "retention.held",
        "retention.hold_lifted",
    ]


def test_dry_run_says_what_would_go_and_changes_nothing(sent: Application) -> None:
    decided(sent, timezone.now() - 400 * DAY)
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert out.getvalue() == "access_needs of 1\napplication of 1\nidentity of 1\n"
    assert holds(sent) == {**EVERYTHING, "reviews": False}
    call_command("retention", "--hold", sent.call.slug, "--reason", "Lawsuit", stdout=StringIO())
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert out.getvalue() == (
        "Nothing is due.\nheld back: access_needs of 1\nheld back: application of 1\nheld back: identity of 1\n"
    )
    call_command("retention", "--lift", sent.call.slug, stdout=StringIO())
    call_command("retention", stdout=StringIO())
    assert not holds(sent)["answers"]
    with pytest.raises(CommandError):
        call_command("retention", "--hold", sent.call.slug)
    with pytest.raises(CommandError):
        call_command("retention", "--lift", "no-such-call")


# ---------------------------------------------------------------- the notices before


def _notices(now: dt.datetime) -> list[str]:
    return sorted(p.key for p in kinds.get("retention_notice").plan(now) or [])


def test_notices_30_and_7_days_before(sent: Application) -> None:
    at = timezone.now()
    decided(sent, at)
    gone = at + 365 * DAY
    assert _notices(gone - 40 * DAY) == []
    assert _notices(gone - 31 * DAY) == [f"retain:{sent.pk}:application:30:{gone:%Y%m%d}"]
    assert _notices(gone - 20 * DAY) == []
    assert _notices(gone - 8 * DAY) == [f"retain:{sent.pk}:application:7:{gone:%Y%m%d}"]
    assert _notices(gone + 5 * DAY) == []
    planned = next(iter(kinds.get("retention_notice").plan(gone - 31 * DAY)))
    assert (planned.recipient, planned.cohort, planned.not_after) == (sent.applicant, sent.call.cohort, gone)
    message = Message(kind="retention_notice", recipient=sent.applicant, cohort=sent.call.cohort, refs=planned.refs)
    assert kinds.get("retention_notice").still_needed(message) is None
    text = render(message, kinds.get("retention_notice")).text
    assert "take a copy before that day" in text
    assert f"/applications/{sent.pk}/copy/" in text
    retention_actions.hold(call=sent.call, reason="Lawsuit", actor=None)
    assert kinds.get("retention_notice").still_needed(message) == "not needed"
    assert _notices(gone - 31 * DAY) == []


def test_a_draft_that_is_written_to_gets_another_day(cast: SimpleNamespace, call: Call) -> None:
    now = timezone.now()
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    Call.objects.update(opens_at=now - 80 * DAY, closes_at=now - 40 * DAY, state="closed")
    Application.objects.update(edited_at=now - 53 * DAY)
    [planned] = kinds.get("retention_notice").plan(now)
    assert planned.key.startswith(f"retain:{draft.pk}:draft:7:")
    message = Message(kind="retention_notice", recipient=cast.applicant, cohort=call.cohort, refs=planned.refs)
    assert kinds.get("retention_notice").still_needed(message) is None
    Application.objects.update(edited_at=now)
    assert kinds.get("retention_notice").still_needed(message) == "not needed"


def test_private_parts_go_without_a_notice(sent: Application) -> None:
    at = timezone.now()
    decided(sent, at)
    assert _notices(at + 180 * DAY - 31 * DAY) == []


def test_planning_takes_the_same_statements_for_1_and_20(call: Call, django_assert_max_num_queries: object) -> None:
    at = timezone.now()
    users = [person(f"p{n}") for n in range(20)]
    for user in users:
        apply_actions.start(call=call, applicant=user)
    Call.objects.update(opens_at=at - 80 * DAY, closes_at=at - 40 * DAY, state="closed")
    Application.objects.update(edited_at=at - 53 * DAY)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert len(list(kinds.get("retention_notice").plan(at))) == 20
