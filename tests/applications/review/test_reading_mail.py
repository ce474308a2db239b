"""Mail to readers about what is due, and to the second person about a release that waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from applications.decisions import actions as decisions_actions
from applications.decisions import release as decisions_release
from applications.models import Review
from applications.review import actions as review_actions
from applications.review import messages as review_messages
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.models import Membership
from tests.applications.pool import make_application, make_applications, make_call
from tests.conftest import join, person

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 10)
ASSIGNED = datetime(2027, 2, 1, tzinfo=UTC)


@pytest.fixture
def call(cast):
    return make_call(cast.cohort)


@pytest.fixture
def readings(cast, call):
    return [
        Review.objects.create(application=one, reader=cast.screener, due_on=DAY, assigned_at=ASSIGNED)
        for one in make_applications(call, 3)
    ]


def planned(now: datetime):
    return sorted(review_messages.reading_due(now), key=lambda row: row.due_at)


def row(planned_one) -> Message:
    return Message(
        kind="reading_due", recipient=planned_one.recipient, refs=dict(planned_one.refs), due_at=planned_one.due_at
    )


def test_one_mail_three_days_before_and_one_the_day_after_at_ten_where_the_reader_is(cast, call, readings):
    cast.screener.time_zone = "America/New_York"
    cast.screener.save()
    (soon,) = planned(datetime(2027, 3, 6, 12, tzinfo=UTC))
    assert soon.due_at.isoformat() == "2027-03-07T10:00:00-05:00"
    assert soon.key == f"reading_due:{call.pk}:{cast.screener.pk}:2027-03-10:soon"
    assert soon.since == ASSIGNED
    late = planned(datetime(2027, 3, 10, 12, tzinfo=UTC))[-1]
    assert (late.key.rsplit(":", 1)[1], late.due_at.isoformat()) == ("late", "2027-03-11T10:00:00-05:00")
    assert planned(datetime(2027, 3, 1, 12, tzinfo=UTC)) == []


def test_it_says_how_many_are_left_and_stays_away_when_none_is(cast, call, readings):
    (soon,) = planned(datetime(2027, 3, 6, 12, tzinfo=UTC))
    kind = kinds.get("reading_due")
    assert (kind.context(row(soon))["left"], kind.context(row(soon))["late"]) == (3, False)
    assert kind.still_needed(row(soon)) is None
    review_actions.step_aside(
        application=readings[0].application, person=cast.screener, kind="family", by=cast.screener
    )
    assert kind.context(row(soon))["left"] == 2
    Review.objects.update(state="submitted", submitted_at=timezone.now())
    assert kind.still_needed(row(soon)) == "done"
    assert planned(datetime(2027, 3, 6, 12, tzinfo=UTC)) == []


def test_a_former_screener_gets_none(cast, readings):
    (soon,) = planned(datetime(2027, 3, 6, 12, tzinfo=UTC))
    Membership.objects.filter(user=cast.screener).update(ended_at=timezone.now())
    assert kinds.get("reading_due").still_needed(row(soon)) == "done"


def test_a_release_that_waits_is_mailed_to_every_other_coordinator(cast, call):
    second = person("second")
    join(second, cast.cohort, "coordinator")
    application = make_application(call, 1)
    no = decisions_actions.Choice("decline", "SCORE_BELOW_LINE")
    decisions_actions.decide(application=application, choice=no, actor=cast.coordinator)
    release = decisions_release.propose(call=call, actor=cast.coordinator)
    message = Message.objects.get(kind="release_waits")
    kind = kinds.get("release_waits")
    assert message.recipient == second
    assert kind.still_needed(message) is None
    assert (kind.context(message)["count"], kind.context(message)["who"]) == (1, "Coordinator")
    decisions_release.approve(release=release, actor=second)
    assert kind.still_needed(message) == "done"


def test_no_second_person_no_mail(cast, call):
    call.release_needs_two = False
    call.save()
    no = decisions_actions.Choice("decline", "SCORE_BELOW_LINE")
    decisions_actions.decide(application=make_application(call, 1), choice=no, actor=cast.coordinator)
    decisions_release.propose(call=call, actor=cast.coordinator)
    assert not Message.objects.filter(kind="release_waits").exists()


def test_retention_counts_from_the_day_when_the_outcome_was_told(cast, call):
    call.release_needs_two = False
    call.save()
    application = make_application(call, 1)
    no = decisions_actions.Choice("decline", "SCORE_BELOW_LINE")
    decisions_actions.decide(application=application, choice=no, actor=cast.coordinator)
    release = decisions_release.approve(
        release=decisions_release.propose(call=call, actor=cast.coordinator), actor=cast.coordinator
    )
    application.refresh_from_db()
    assert application.outcome_told_at is None  # it can still be called back
    decisions_release.finish_due(now=timezone.now() + timedelta(minutes=6))
    application.refresh_from_db()
    release.refresh_from_db()
    assert application.outcome_told_at == release.undo_until
