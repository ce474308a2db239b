"""Around meetings: a commitment was saved, bring it along, a quiet moment to write. No private word, no look inside."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort.outbox.delivery import planner, sender
from cohort.outbox.models import Message
from cohort.outbox.registry import meetings
from reflections.commitments import actions as commitments_actions
from reflections.models import Commitment
from sessions.library.actions import load_activities
from sessions.models import Activity, Session
from tests.clock import clock_at, post
from tests.sessions.season import FACILITATOR, PARTICIPANT, at, held, published

SECRET = "ask the quiet ones first"
SAVED, BRING, WRITE = "It is saved", "Something to bring to the next session", "A few quiet minutes"


@pytest.fixture
def library(db: None) -> dict[str, Activity]:
    load_activities()
    return {activity.slug: activity for activity in Activity.objects.all()}


@pytest.fixture
def session(cast: SimpleNamespace, library: dict[str, Activity]) -> Session:
    return published(cast, library)


def commit(cast: SimpleNamespace, when: datetime, user: Any = None) -> Commitment:
    made = commitments_actions.commit(
        author=user or cast.participant,
        cohort=cast.cohort,
        kind="listen",
        what=SECRET,
        cue="when it gets loud",
        look_back_on=date(2027, 6, 1),
    )
    Commitment.objects.filter(pk=made.pk).update(made_at=when)
    return made


def sent(moment: datetime, subject: str) -> list[str]:
    return [who for who, words in post(moment) if words == subject]


def rows(kind: str) -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(kind=kind).values_list("state", "reason"))


# ---------------------------------------------------------------- saved


def test_three_hours_after_the_session_its_author_hears_where_it_is(session: Session, cast: SimpleNamespace) -> None:
    commit(cast, at(18, 11, 30))
    held(session, cast, {cast.participant: "present"})
    assert sent(at(18, 14, 55), SAVED) == []
    assert sent(at(18, 15), SAVED) == [PARTICIPANT]
    letter = mail.outbox[-1]
    assert (SECRET in letter.body, "/commitments/" in letter.body) == (False, True)
    assert sent(at(18, 16), SAVED) == []


def test_after_an_evening_it_comes_the_next_morning(cast: SimpleNamespace, library: dict[str, Activity]) -> None:
    evening = published(cast, library, starts_at=at(17, 16), ends_at=at(17, 18))
    commit(cast, at(17, 17, 30))
    held(evening, cast, {cast.participant: "present"})
    assert sent(at(17, 21), SAVED) == []
    assert sent(at(18, 8), SAVED) == [PARTICIPANT]


def test_no_commitment_no_message_and_not_for_those_of_other_days(session: Session, cast: SimpleNamespace) -> None:
    commit(cast, at(16, 11))
    held(session, cast, {cast.participant: "present"})
    assert sent(at(18, 15), SAVED) == []
    assert rows("commitment_saved") == []


def test_a_commitment_removed_between_plan_and_send_is_not_spoken_of(session: Session, cast: SimpleNamespace) -> None:
    made = commit(cast, at(18, 11, 30))
    held(session, cast, {cast.participant: "present"})
    post(at(18, 13))
    commitments_actions.remove(commitment=made, by=cast.participant)
    assert sent(at(18, 15), SAVED) == []
    assert rows("commitment_saved") == [("skipped", "none_written")]


# ---------------------------------------------------------------- bring it


def test_two_days_before_the_next_session(session: Session, cast: SimpleNamespace) -> None:
    commit(cast, at(3))
    assert sent(at(16, 9, 55), BRING) == []
    assert sent(at(16, 10), BRING) == [PARTICIPANT]
    assert SECRET not in mail.outbox[-1].body
    assert sent(at(17, 10), BRING) == []


def test_closed_between_plan_and_send(session: Session, cast: SimpleNamespace) -> None:
    made = commit(cast, at(3))
    post(at(15))
    commitments_actions.look_back(commitment=made, by=cast.participant, state="did", learned="", look_back_on=None)
    assert sent(at(16, 10), BRING) == []
    assert rows("commitment_next") == [("skipped", "none_open")]


def test_before_a_monday_it_shares_the_mail_of_the_day_before(
    cast: SimpleNamespace, library: dict[str, Activity]
) -> None:
    """Two days before a Monday is a Saturday: it goes with the reminder on Sunday, as one mail."""
    published(cast, library, starts_at=at(22, 10), ends_at=at(22, 12))
    commit(cast, at(3))
    assert sent(at(20, 10), BRING) == []
    assert [found for found in post(at(21, 15)) if found[0] == PARTICIPANT] == [(PARTICIPANT, "Session 1 is tomorrow")]
    letter = next(one for one in mail.outbox if one.subject == "Session 1 is tomorrow" and PARTICIPANT in one.to[0])
    assert BRING.upper() in letter.body
    assert rows("commitment_next") == [("sent", "")]


# ---------------------------------------------------------------- a quiet moment


def test_three_days_later_everybody_who_was_there_may_write(session: Session, cast: SimpleNamespace) -> None:
    """Thursday and three days is a Sunday; optional mail keeps weekends free, so it comes on Monday at eight."""
    held(session, cast, {cast.participant: "present"})
    post(at(18, 18))
    assert sent(at(21, 10), WRITE) == []
    assert sent(at(22, 8), WRITE) == [FACILITATOR, PARTICIPANT]
    assert "If you have written already, ignore this message." in mail.outbox[-1].body


def test_who_was_away_or_stopped_it_is_left_alone(session: Session, cast: SimpleNamespace) -> None:
    from cohort.outbox.preferences import actions as preferences_actions

    held(session, cast, {cast.participant: "absent"})
    preferences_actions.choose(user=cast.facilitator, wanted={"reflection_prompt": False})
    post(at(18, 18))
    assert sent(at(22, 8), WRITE) == []


def test_no_statement_looks_at_a_journal(session: Session, cast: SimpleNamespace) -> None:
    """Whether somebody wrote is theirs alone: planning and sending the prompt never touches what they keep."""
    held(session, cast, {cast.participant: "present"})
    moment = at(22, 8)
    with clock_at(moment), CaptureQueriesContext(connection) as seen:
        planner.plan_all(moment)
        sender.send_due(moment)
    assert Message.objects.filter(kind="reflection_prompt", state="sent").count() == 2
    tables = (
        "reflections_journal",
        "reflections_record",
        "reflections_slot",
        "reflections_link",
        "reflections_sharedcopy",
    )
    assert [query["sql"] for query in seen if any(table in query["sql"] for table in tables)] == []


def test_meetings_are_found_only_while_they_stand(session: Session, cast: SimpleNamespace) -> None:
    found = meetings.find(session.pk)
    assert found is not None
    assert (found.cohort, found.starts_at, found.over) == (cast.cohort, session.starts_at, False)
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    assert meetings.find(session.pk) is None
    assert meetings.between(at(1), at(1) + timedelta(days=60)) == []


def test_planning_around_meetings_takes_the_same_statements_for_one_and_many(
    session: Session, cast: SimpleNamespace
) -> None:
    from tests.conftest import join, person

    def statements() -> int:
        with clock_at(at(16)), CaptureQueriesContext(connection) as seen:
            planner.plan_all(at(16))
        return len(seen)

    def more(names: range) -> None:
        for n in names:
            someone = person(f"more{n}")
            join(someone, cast.cohort, "participant")
            Commitment.objects.create(
                author=someone, cohort=cast.cohort, kind="listen", what="x", look_back_on=date(2027, 2, 16)
            )

    more(range(1))
    one = statements()
    more(range(1, 21))
    assert statements() == one
