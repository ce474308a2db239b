"""Answers cannot be tied to a person, come in once, are released once, and never to anybody else."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from cohort.outbox.models import Message
from cohort.people.models import Membership, Role
from cohort.people.states import NotPossible
from sessions.models import (
    Attendance,
    HeardNote,
    Objective,
    SealedAnswer,
    Session,
    Survey,
    SurveyAnswer,
    SurveyTicket,
)
from sessions.surveys import access as surveys_access
from sessions.surveys import actions, messages
from tests.conftest import join, person, signed_in

CANARY = "canary-otter-91"


@pytest.fixture
def held(cast: SimpleNamespace) -> SimpleNamespace:
    """A session that just ended, with eight people who were there and one who was not."""
    now = timezone.now()
    session = Session.objects.create(
        cohort=cast.cohort,
        title="Who decides",
        result="Each names one decision",
        starts_at=now - timedelta(hours=3),
        ends_at=now - timedelta(minutes=30),
    )
    Session.objects.filter(pk=session.pk).update(state="ended", ended_at=now - timedelta(minutes=30))
    session.refresh_from_db()
    Objective.objects.create(session=session, position=1, text="Name a rule you can change")
    people = [join(person(f"attendee-{n}"), cast.cohort, Role.PARTICIPANT) for n in range(8)]
    Attendance.objects.bulk_create(
        [Attendance(session=session, membership=m, state="present") for m in people]
        + [Attendance(session=session, membership=Membership.objects.get(user=cast.participant), state="absent")]
    )
    return SimpleNamespace(session=session, people=people, cast=cast)


@pytest.fixture
def open_one(held: SimpleNamespace) -> SimpleNamespace:
    held.survey = actions.open_survey(session=held.session, by=held.cast.facilitator)
    return held


def url(world: SimpleNamespace, end: str = "") -> str:
    return f"/e/{world.survey.code}/{end}"


def answer_all(world: SimpleNamespace, count: int = 8, **payload: Any) -> None:
    for m in world.people[:count]:
        actions.answer(survey=world.survey, membership=m, payload={"ready": "now", **payload})


def test_opening_asks_everyone_who_was_there_and_nobody_else(open_one: SimpleNamespace) -> None:
    asked = set(SurveyTicket.objects.values_list("membership_id", flat=True))
    assert asked == {m.pk for m in open_one.people}
    local = open_one.survey.closes_at.astimezone(open_one.cast.cohort.zone)
    assert (local.hour, local.minute) == (17, 0)


def test_opening_twice_is_one_survey(open_one: SimpleNamespace) -> None:
    assert actions.open_survey(session=open_one.session, by=None) == open_one.survey
    assert SurveyTicket.objects.count() == 8


def test_a_group_under_six_gets_no_survey(held: SimpleNamespace) -> None:
    Attendance.objects.filter(membership__in=held.people[:3]).update(state="absent")
    with pytest.raises(NotPossible, match="Fewer than six"):
        actions.open_survey(session=held.session, by=None)


def test_one_tap_when_signed_in_then_thanks(open_one: SimpleNamespace) -> None:
    client = signed_in(open_one.people[0].user)
    assert client.get(url(open_one)).status_code == 200
    response = client.post(
        url(open_one), {"ready": "now", "objective1": "clearly", "barriers": ["time"], "comment": CANARY}
    )
    assert response.headers["Location"] == url(open_one, "thanks/")
    assert list(SurveyAnswer.objects.values_list("payload", flat=True)) == [
        {"ready": "now", "objective1": "clearly", "barriers": ["time"], "comment": CANARY}
    ]


def test_sending_again_changes_nothing_and_says_thanks(open_one: SimpleNamespace) -> None:
    client = signed_in(open_one.people[0].user)
    for _ in range(2):
        assert client.post(url(open_one), {"ready": "now"}).status_code == 302
    assert SurveyAnswer.objects.count() == 1
    assert client.get(url(open_one)).headers["Location"] == url(open_one, "thanks/")


def test_a_personal_link_opens_the_form_at_a_clean_address(open_one: SimpleNamespace) -> None:
    client = Client()
    assert client.get(url(open_one)).status_code == 403
    token = surveys_access.link_token(open_one.survey, open_one.people[1])
    response = client.get(f"/e/l/{token}/")
    assert response.headers["Location"] == url(open_one)
    assert client.post(url(open_one), {"ready": "help"}).status_code == 302
    assert SurveyTicket.objects.get(membership=open_one.people[1]).answered


def test_a_link_of_another_survey_or_a_changed_one_opens_nothing(open_one: SimpleNamespace) -> None:
    token = surveys_access.link_token(open_one.survey, open_one.people[1])
    assert Client().get(f"/e/l/{token[:-4]}aaaa/").status_code == 410
    Membership.objects.filter(pk=open_one.people[1].pk).update(ended_at=timezone.now())
    assert Client().get(f"/e/l/{token}/").status_code == 410


def test_someone_who_was_absent_cannot_answer(open_one: SimpleNamespace) -> None:
    page = signed_in(open_one.cast.participant).post(url(open_one), {"ready": "now"})
    assert page.status_code == 410
    assert SurveyAnswer.objects.count() == 0


def test_strangers_and_facilitators_cannot_answer(open_one: SimpleNamespace) -> None:
    for user in (open_one.cast.stranger, open_one.cast.facilitator, open_one.cast.superuser):
        assert signed_in(user).post(url(open_one), {"ready": "now"}).status_code == 403
    assert SurveyAnswer.objects.count() == 0


def test_three_choices_where_two_are_asked_lose_nothing(open_one: SimpleNamespace) -> None:
    page = (
        signed_in(open_one.people[0].user)
        .post(url(open_one), {"barriers": ["time", "how", "above"], "comment": CANARY})
        .content.decode()
    )
    assert "Choose one or two" in page
    assert CANARY in page


@pytest.mark.parametrize("model", [SurveyAnswer, SealedAnswer])
@pytest.mark.parametrize("field", ["membership", "user", "created_at", "answered_at", "ip", "ticket"])
def test_a_sheet_has_nothing_but_its_survey_and_its_answers(model: Any, field: str) -> None:
    with pytest.raises(FieldDoesNotExist):
        model._meta.get_field(field)
    assert {f.name for f in model._meta.get_fields()} == {"id", "survey", "payload"}


def test_tickets_hold_no_time() -> None:
    assert {f.name for f in SurveyTicket._meta.get_fields()} == {"id", "survey", "membership", "answered"}


def test_closing_seals_in_another_order_and_releases_once(open_one: SimpleNamespace) -> None:
    for n, m in enumerate(open_one.people):
        actions.answer(survey=open_one.survey, membership=m, payload={"ready": "now", "comment": f"c{n}"})
    closed = actions.close(survey=open_one.survey, by=None)
    assert (closed.state, closed.invited, closed.answered) == ("released", 8, 8)
    assert SurveyAnswer.objects.count() == 0
    assert sorted(p["comment"] for p in SealedAnswer.objects.values_list("payload", flat=True)) == [
        f"c{n}" for n in range(8)
    ]
    before = closed.results
    assert actions.close(survey=open_one.survey, by=None).results == before
    assert Message.objects.filter(kind="survey_ready").count() == 1


def test_four_answers_are_kept_and_read_with_a_later_small_session(open_one: SimpleNamespace) -> None:
    answer_all(open_one, 4)
    first = actions.close(survey=open_one.survey, by=None)
    assert (first.state, first.results) == ("held", {})
    now = timezone.now()
    second = Session.objects.create(
        cohort=open_one.cast.cohort,
        title="Later",
        result="r",
        starts_at=now - timedelta(hours=2),
        ends_at=now - timedelta(minutes=5),
    )
    Session.objects.filter(pk=second.pk).update(state="ended", ended_at=now)
    Attendance.objects.bulk_create([Attendance(session=second, membership=m, state="remote") for m in open_one.people])
    survey = actions.open_survey(session=Session.objects.get(pk=second.pk), by=None)
    actions.answer(survey=survey, membership=open_one.people[0], payload={"ready": "now"})
    survey = actions.close(survey=survey, by=None)
    first.refresh_from_db()
    assert (survey.state, survey.results["answered"]) == ("released", 5)
    assert (first.state, first.pooled_into, first.results) == ("pooled", survey, {})


def test_the_threshold_can_never_be_below_five(open_one: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.update(threshold=4)


def test_results_cannot_be_stored_while_open(open_one: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.update(results={"answered": 3})


def test_time_closes_and_tickets_are_forgotten_a_day_later(open_one: SimpleNamespace) -> None:
    answer_all(open_one)
    assert actions.close_due(timezone.now()) == 0
    assert actions.close_due(open_one.survey.closes_at) == 1
    assert SurveyTicket.objects.count() == 8
    Survey.objects.update(closed_at=timezone.now() - timedelta(days=1, minutes=1))
    actions.close_due(timezone.now())
    assert SurveyTicket.objects.count() == 0


def test_a_session_that_ended_without_one_gets_its_survey(held: SimpleNamespace) -> None:
    assert actions.open_due(timezone.now()) == 1
    assert actions.open_due(timezone.now()) == 0


@pytest.mark.parametrize(
    "who_", ["participant", "coordinator", "screener", "steward", "stranger", "superuser", "other_facilitator"]
)
def test_only_the_facilitators_read_results(open_one: SimpleNamespace, who_: str) -> None:
    answer_all(open_one, comment=CANARY)
    actions.close(survey=open_one.survey, by=None)
    for end in ("", "screen/"):
        address = f"/sessions/{open_one.session.pk}/survey/{end}"
        facilitator = signed_in(open_one.cast.facilitator).get(address)
        assert facilitator.status_code == 200
        if not end:
            assert CANARY in facilitator.content.decode()
        other = signed_in(getattr(open_one.cast, who_)).get(address)
        assert other.status_code in (403, 404)
        assert CANARY not in other.content.decode()


def test_before_the_close_a_facilitator_sees_a_count_and_no_answer(open_one: SimpleNamespace) -> None:
    answer_all(open_one, comment=CANARY)
    assert SurveyAnswer.objects.filter(payload__comment=CANARY).count() == 8
    page = signed_in(open_one.cast.facilitator).get(f"/sessions/{open_one.session.pk}/survey/").content.decode()
    assert CANARY not in page
    assert ">8<" in page


def test_nobody_sees_who_has_not_answered(open_one: SimpleNamespace) -> None:
    answer_all(open_one, 3)
    client = signed_in(open_one.cast.facilitator)
    for address in (f"/sessions/{open_one.session.pk}/survey/", f"/sessions/{open_one.session.pk}/survey/screen/"):
        page = client.get(address).content.decode()
        assert all(m.user.name not in page and m.user.email not in page for m in open_one.people)


def test_a_hidden_comment_is_gone_and_counted(open_one: SimpleNamespace) -> None:
    answer_all(open_one, comment=CANARY)
    actions.close(survey=open_one.survey, by=None)
    client = signed_in(open_one.cast.facilitator)
    for place in range(8):
        client.post(f"/sessions/{open_one.session.pk}/survey/comments/{place}/")
    page = client.get(f"/sessions/{open_one.session.pk}/survey/").content.decode()
    assert CANARY not in page
    assert page.count("Hidden: it named someone.") == 8


def test_the_note_goes_to_the_group_and_tells_once(open_one: SimpleNamespace) -> None:
    answer_all(open_one)
    actions.close(survey=open_one.survey, by=None)
    client = signed_in(open_one.cast.facilitator)
    for heard in ("You want more table time.", "You want more table time and breaks."):
        client.post(f"/sessions/{open_one.session.pk}/survey/", {"heard": heard, "will": "", "will_not": ""})
    assert HeardNote.objects.get().heard == "You want more table time and breaks."
    assert Message.objects.filter(kind="we_heard_you").count() == 9
    page = signed_in(open_one.cast.participant).get(f"/sessions/{open_one.session.pk}/survey/heard/")
    assert "more table time and breaks" in page.content.decode()
    assert signed_in(open_one.cast.stranger).get(f"/sessions/{open_one.session.pk}/survey/heard/").status_code == 404


def test_links_are_planned_for_those_who_have_not_answered(open_one: SimpleNamespace) -> None:
    answer_all(open_one, 3)
    planned = list(messages.plan_links(timezone.now()))
    assert {p.refs["membership"] for p in planned} == {str(m.pk) for m in open_one.people[3:]}
    assert {p.due_at for p in planned} == {open_one.session.over_at + timedelta(minutes=20)}


def test_someone_who_answers_between_plan_and_send_gets_nothing(open_one: SimpleNamespace) -> None:
    refs = {"survey": str(open_one.survey.pk), "membership": str(open_one.people[0].pk)}
    assert messages.still_asked(SimpleNamespace(refs=refs)) is None
    answer_all(open_one, 1)
    assert messages.still_asked(SimpleNamespace(refs=refs)) == "not needed"


def test_two_nudges_at_most_at_ten_in_the_readers_zone(open_one: SimpleNamespace) -> None:
    times = messages.nudge_times(open_one.survey, open_one.cast.cohort.zone)
    assert [(n, t.astimezone(open_one.cast.cohort.zone).hour) for n, t in times] == [(1, 10), (2, 10)]


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_sheet(open_one: SimpleNamespace) -> None:
    gate = threading.Barrier(4)

    def tap() -> None:
        gate.wait()
        try:
            actions.answer(survey=open_one.survey, membership=open_one.people[0], payload={"ready": "now"})
        except NotPossible:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=tap) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert SurveyAnswer.objects.count() == 1
