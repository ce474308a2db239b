"""A week before, shortly before, and what facilitators hear: who, when, and when not."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from django.core import mail

from cohort.outbox.models import Message
from cohort.people import actions as people_actions
from cohort.people.models import Membership
from sessions.attendance import actions as attendance_actions
from sessions.live import actions as live_actions
from sessions.models import Activity, Attendance, Session
from sessions.planning import actions as planning_actions
from tests.clock import clock_at, post
from tests.conftest import join, person
from tests.sessions.season import FACILITATOR, PARTICIPANT, at, held, member, published

Library = dict[str, Activity]


def rows(kind: str) -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(kind=kind).values_list("state", "reason"))


# ---------------------------------------------------------------- a week before


def test_a_week_before_everybody_hears_what_to_do_and_is_asked_what_they_need(
    cast: SimpleNamespace, library: Library
) -> None:
    published(cast, library, prework="Read two pages.", ask_needs=True)
    assert post(at(11, 8, 55), "in a week") == []
    assert post(at(11), "in a week") == [
        (FACILITATOR, "Session 1 is in a week"),
        (PARTICIPANT, "Session 1 is in a week"),
    ]
    text = mail.outbox[-1].body
    assert "To do before: Read two pages." in text
    assert "You need not say why." in text
    assert mail.outbox[-1].reply_to == ["Dana Reyes <dana@example.org>"]
    assert post(at(11, 9, 5), "in a week") == []


def test_a_week_before_says_nothing_when_there_is_nothing_to_say(cast: SimpleNamespace, library: Library) -> None:
    session = published(cast, library)
    assert post(at(11), "in a week") == []
    with clock_at(at(10)):
        planning_actions.change_session(session=session, by=cast.facilitator, prework="Read two pages.")
    post(at(10, 9))
    with clock_at(at(10, 12)):
        planning_actions.change_session(session=session, by=cast.facilitator, prework="")
    assert post(at(11), "in a week") == []


def test_prework_taken_back_between_plan_and_send_is_not_sent(cast: SimpleNamespace, library: Library) -> None:
    session = published(cast, library, prework="Read two pages.")
    post(at(10))
    Session.objects.filter(pk=session.pk).update(prework="")
    assert post(at(11), "in a week") == []
    assert rows("week_before") == [("skipped", "nothing_to_do_before")] * 2


def test_who_joined_after_the_week_began_is_not_told_of_it(cast: SimpleNamespace, library: Library) -> None:
    published(cast, library, prework="Read two pages.")
    late = join(person("late"), cast.cohort, "participant")
    Membership.objects.filter(pk=late.pk).update(joined_at=at(11, 10))
    assert ("late@example.org", "Session 1 is in a week") not in post(at(11, 11))


# ---------------------------------------------------------------- starting soon


def test_an_online_session_sends_its_link_45_minutes_before(cast: SimpleNamespace, library: Library) -> None:
    published(cast, library, place="", link="https://meet.example/room")
    post(at(17, 15))  # the day before
    assert post(at(18, 9, 10), "starts soon") == []
    assert post(at(18, 9, 15), "starts soon") == [(PARTICIPANT, "Session 1 starts soon")]
    assert "https://meet.example/room" in mail.outbox[-1].body
    assert post(at(18, 9, 20), "starts soon") == []


def test_other_sessions_only_when_switched_on(cast: SimpleNamespace, library: Library) -> None:
    session = published(cast, library, link="https://meet.example/room")
    post(at(17, 15))
    assert post(at(18, 9, 15), "starts soon") == []
    with clock_at(at(18, 9, 16)):
        planning_actions.change_session(session=session, by=cast.facilitator, remind_soon=True)
    assert post(at(18, 9, 20), "starts soon") == [(PARTICIPANT, "Session 1 starts soon")]


def test_who_is_here_or_not_coming_is_not_told_that_it_starts(cast: SimpleNamespace, library: Library) -> None:
    session = published(cast, library, remind_soon=True)
    excused = join(person("excused"), cast.cohort, "participant")
    Membership.objects.filter(pk=excused.pk).update(joined_at=at(1))
    post(at(17, 15))
    post(at(18, 8))
    with clock_at(at(18, 9, 10)):
        attendance_actions.mark(session=session, by=cast.facilitator, marks={excused.pk: "excused"})
        live_actions.open_room(session=session, by=cast.facilitator)
        attendance_actions.check_in(session=session, membership=member(cast))
    assert post(at(18, 9, 15), "starts soon") == []
    assert rows("starting_soon") == [("skipped", "checked_in"), ("skipped", "not_coming")]


def test_ten_minutes_into_the_session_it_is_too_late(cast: SimpleNamespace, library: Library) -> None:
    published(cast, library, remind_soon=True)
    post(at(17, 15))
    post(at(18, 8))  # planned; then everything stands still for two hours
    assert post(at(18, 10, 11), "starts soon") == []
    assert rows("starting_soon") == [("expired", "too_late")]


# ---------------------------------------------------------------- for facilitators


def test_facilitators_hear_what_is_missing_and_nothing_when_nothing_is(cast: SimpleNamespace, library: Library) -> None:
    session = published(cast, library)
    assert post(at(4)) == [(FACILITATOR, "What session 1 still needs")]
    text = mail.outbox[-1].body
    assert "- There are no objectives yet." in text
    assert "2 blocks have nobody who leads them." in text
    assert "Leading together" not in text
    with clock_at(at(5)):
        planning_actions.change_session(session=session, by=cast.facilitator, objectives=["See who is missing"])
        block = session.blocks.first()
        assert block is not None
        block.objectives.set(session.objectives.all())
        session.blocks.update(lead=member(cast, "facilitator"))
    assert post(at(15)) == []
    assert rows("session_readiness") == [("sent", ""), ("skipped", "nothing_missing")]


def test_published_late_the_first_readiness_message_is_not_filled_in(cast: SimpleNamespace, library: Library) -> None:
    session = published(cast, library)
    Session.objects.filter(pk=session.pk).update(published_at=at(4, 12))
    Message.objects.filter(kind="session_readiness").delete()  # as if it had not been planned before
    assert post(at(4, 12, 5)) == []
    assert rows("session_readiness") == [("skipped", "joined_later")]
    assert post(at(15)) == [(FACILITATOR, "What session 1 still needs")]


def test_the_run_sheet_comes_at_half_past_seven_or_an_hour_before(cast: SimpleNamespace, library: Library) -> None:
    session = published(cast, library)
    post(at(17, 15))
    assert post(at(18, 7, 25)) == []
    assert post(at(18, 7, 30)) == [(FACILITATOR, "Session 1 is today")]
    assert f"/sessions/{session.pk}/print/run-sheet/" in mail.outbox[-1].body
    early = published_at_dawn(cast, session)
    assert post(early.starts_at - timedelta(minutes=65)) == []
    assert [who for who, subject in post(early.starts_at - timedelta(minutes=60)) if "today" in subject] == [
        FACILITATOR
    ]


def published_at_dawn(cast: SimpleNamespace, session: Session) -> Session:
    """The same session again on the next day at seven."""
    Session.objects.filter(pk=session.pk).update(starts_at=at(19, 7), ends_at=at(19, 9))
    session.refresh_from_db()
    return session


# ---------------------------------------------------------------- leaving


def test_who_leaves_gets_the_coming_sessions_out_of_their_calendar(cast: SimpleNamespace, library: Library) -> None:
    session = published(cast, library)
    with clock_at(at(9)):
        people_actions.end_role(membership=member(cast), by=cast.coordinator)
    assert [found for found in post(at(9, 9, 5)) if found[0] != FACILITATOR] == [
        (PARTICIPANT, "Session 1 is no longer in your calendar")
    ]
    letter = next(one for one in mail.outbox if "no longer" in one.subject)
    file = next(content for name, content, _type in letter.attachments if name == "session.ics")
    words = file.decode() if isinstance(file, bytes) else str(file)
    assert ("METHOD:CANCEL" in words, "STATUS:CANCELLED" in words, str(session.uid) in words) == (True, False, True)
    assert "List-Unsubscribe" not in letter.extra_headers
    assert [found for found in post(at(9, 10)) if found[0] != FACILITATOR] == []
    assert post(at(17, 15), "tomorrow") == [(FACILITATOR, "Session 1 is tomorrow")]


def test_who_was_not_invited_yet_or_still_takes_part_is_not_uninvited(cast: SimpleNamespace, library: Library) -> None:
    published(cast, library)
    both = join(cast.facilitator, cast.cohort, "participant")
    newcomer = join(person("newcomer"), cast.cohort, "participant")
    with clock_at(at(9)):
        people_actions.end_role(membership=both, by=cast.coordinator)
        people_actions.end_role(membership=newcomer, by=cast.coordinator)
    assert [found for found in post(at(9, 9, 5)) if found[0] != FACILITATOR] == []


def test_who_comes_back_within_minutes_is_not_uninvited(cast: SimpleNamespace, library: Library) -> None:
    published(cast, library)
    with clock_at(at(9, 19, 58)):
        people_actions.end_role(membership=member(cast), by=cast.coordinator)
    assert [found for found in post(at(9, 20, 5)) if found[0] != FACILITATOR] == []  # quiet hours
    again = people_actions.give_role(cohort=cast.cohort, user=cast.participant, role="participant", by=cast.coordinator)
    Membership.objects.filter(pk=again.pk).update(joined_at=at(9, 21))
    assert [found for found in post(at(10, 8)) if found[0] != FACILITATOR] == [(PARTICIPANT, "Invitation to session 1")]
    assert rows("no_longer_invited") == [("skipped", "invited_again")]


def test_marks_of_the_register_decide_who_has_something_to_catch_up(cast: SimpleNamespace, library: Library) -> None:
    session = held(published(cast, library), cast, {cast.participant: "absent"})
    assert [row.membership.user for row in Attendance.objects.to_catch_up()] == [cast.participant]
    with clock_at(session.ends_at + timedelta(hours=1)):
        attendance_actions.open_register(session=session, by=cast.facilitator)
    assert Attendance.objects.to_catch_up().count() == 0
