"""Checking in, the mark on the phone, and the register."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohort.people import history
from cohort.people.models import Role
from cohort.people.states import NotPossible
from sessions.attendance import actions as attendance_actions
from sessions.attendance import codes
from sessions.attendance import queries as attendance_queries
from sessions.live import actions as live_actions
from sessions.models import Attendance, Session
from tests.conftest import join, person, signed_in
from tests.sessions.conftest import membership

HERE = Attendance.State


def row(session: Session, cast: SimpleNamespace) -> Attendance:
    return Attendance.objects.get(session=session, membership__user=cast.participant)


def url(session: Session, **ago: int) -> str:
    return reverse("program_sessions:check_in", args=[codes.code_for(session, **ago)])


# ---------------------------------------------------------------- codes


def test_codes_change_every_minute_and_the_last_one_still_counts(running: Session) -> None:
    now = timezone.now()
    old, older = (codes.code_for(running, now, periods_ago=n) for n in (1, 2))
    assert [codes.matches(running, code, now) for code in (codes.code_for(running, now), old, older)] == [
        True,
        True,
        False,
    ]
    assert len({codes.code_for(running, now + timedelta(minutes=n)) for n in range(30)}) == 30
    assert set("".join(codes.code_for(running, now + timedelta(minutes=n)) for n in range(99))) <= set(codes.LETTERS)


def test_typed_codes_forgive_spaces_and_small_letters(running: Session) -> None:
    code = codes.code_for(running)
    assert codes.session_with(f"{code[:3].lower()} {code[3:]}") == running
    assert codes.session_with("ABC") is None


def test_a_closed_room_has_no_code(published: Session) -> None:
    assert codes.session_with(codes.code_for(published)) is None


# ---------------------------------------------------------------- checking in


def test_looking_changes_nothing_pressing_does(running: Session, cast: SimpleNamespace) -> None:
    client = signed_in(cast.participant)
    assert client.get(url(running)).status_code == 200
    assert row(running, cast).state == HERE.EXPECTED
    answer = client.post(url(running))
    assert answer.url == reverse("program_sessions:now", args=[running.pk])
    assert (row(running, cast).state, row(running, cast).checked_in_at is not None) == (HERE.PRESENT, True)


def test_the_phone_remembers(running: Session, cast: SimpleNamespace, rf: Any) -> None:
    client = signed_in(cast.participant)
    answer = client.post(url(running))
    cookie = answer.cookies[codes.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 24 * 3600)
    request = rf.get("/")
    request.COOKIES[codes.COOKIE] = cookie.value
    assert codes.mark_on(request) == (running.pk, membership(cast).pk)
    request.COOKIES[codes.COOKIE] = cookie.value[:-2] + "xx"
    assert codes.mark_on(request) is None


def test_online(running: Session, cast: SimpleNamespace) -> None:
    signed_in(cast.participant).post(url(running), {"how": "online"})
    assert row(running, cast).state == HERE.REMOTE


def test_twice_changes_nothing(running: Session, cast: SimpleNamespace) -> None:
    attendance_actions.check_in(session=running, membership=membership(cast))
    attendance_actions.mark(session=running, by=cast.facilitator, marks={membership(cast).pk: HERE.LATE})
    attendance_actions.check_in(session=running, membership=membership(cast))
    assert row(running, cast).state == HERE.LATE
    assert [entry.verb for entry in history.of(row(running, cast))] == ["attendance.checked_in", "attendance.marked"]


def test_who_was_excused_and_comes_is_here(running: Session, cast: SimpleNamespace) -> None:
    attendance_actions.mark(session=running, by=cast.facilitator, marks={membership(cast).pk: HERE.EXCUSED})
    attendance_actions.check_in(session=running, membership=membership(cast))
    assert row(running, cast).state == HERE.PRESENT


def test_others_cannot_check_in(running: Session, cast: SimpleNamespace) -> None:
    address = url(running)
    assert signed_in(cast.facilitator).post(address).status_code == 200  # told that it is not needed
    assert [signed_in(user).post(address).status_code for user in (cast.stranger, cast.other_participant)] == [404, 404]
    assert Attendance.objects.there().count() == 0
    assert signed_in(cast.participant).get(reverse("program_sessions:check_in", args=["AAAAAA"])).status_code == 404


def test_signing_in_may_take_longer_than_the_code(running: Session, cast: SimpleNamespace, monkeypatch: Any) -> None:
    """A visitor scans, signs in, and comes back minutes later: the phone still holds that it scanned in time."""
    client = Client()
    address = url(running)
    answer = client.get(address)
    assert answer.url.startswith("/accounts/login/?next=/s/")
    real = codes.code_for
    monkeypatch.setattr(
        codes,
        "code_for",
        lambda session, at=None, *, periods_ago=0: real(
            session, (at or timezone.now()) + timedelta(minutes=10), periods_ago=periods_ago
        ),
    )
    assert signed_in(cast.participant).get(address).status_code == 404  # without the scan it is too late
    client.force_login(cast.participant)
    assert client.post(address).status_code == 302
    assert row(running, cast).state == HERE.PRESENT


# ---------------------------------------------------------------- the register


def test_unmarked_is_not_absent(running: Session, cast: SimpleNamespace) -> None:
    join(person("late-joiner"), cast.cohort, Role.PARTICIPANT)
    states = [presence.state for presence in attendance_queries.register_of(running)]
    assert states == [HERE.EXPECTED, HERE.EXPECTED]
    attendance_actions.close_register(session=running, by=cast.facilitator, mark_rest_absent=False)
    assert [presence.state for presence in attendance_queries.register_of(running)] == [HERE.EXPECTED, HERE.EXPECTED]


def test_closing_can_mark_the_rest(running: Session, cast: SimpleNamespace) -> None:
    other = join(person("other"), cast.cohort, Role.PARTICIPANT)
    attendance_actions.check_in(session=running, membership=other)
    client, address = signed_in(cast.facilitator), reverse("program_sessions:close_register", args=[running.pk])
    assert "Participant" in client.get(address).content.decode()
    assert client.post(address, {}).status_code == 422
    client.post(address, {"rest": "absent"})
    assert {p.membership.user.name: p.state for p in attendance_queries.register_of(running)} == {
        "Participant": HERE.ABSENT,
        "Other": HERE.PRESENT,
    }
    with pytest.raises(NotPossible, match="closed"):
        attendance_actions.check_in(session=Session.objects.get(pk=running.pk), membership=membership(cast))


def test_marks_can_be_put_right_after_closing(going: Session, cast: SimpleNamespace) -> None:
    live_actions.press(session=going, by=cast.facilitator, kind="end", expected=1)
    client = signed_in(cast.facilitator)
    client.post(reverse("program_sessions:close_register", args=[going.pk]), {"rest": "leave"})
    register = reverse("program_sessions:register", args=[going.pk])
    name = f"person-{membership(cast).pk}"
    assert client.post(register, {name: "made_up"}).status_code == 302
    assert row(going, cast).state == HERE.MADE_UP
    assert client.post(register, {name: "vanished"}).status_code == 422
    client.post(reverse("program_sessions:open_register", args=[going.pk]))
    assert Session.objects.get(pk=going.pk).register_closed_at is None


def test_a_person_who_left_stays_in_the_register(running: Session, cast: SimpleNamespace) -> None:
    attendance_actions.check_in(session=running, membership=membership(cast))
    member = membership(cast)
    member.ended_at = timezone.now()
    member.save()
    assert [presence.state for presence in attendance_queries.register_of(running)] == [HERE.PRESENT]
    assert attendance_queries.headcount(running) == (0, 0)


def test_headcount(running: Session, cast: SimpleNamespace) -> None:
    for number in range(3):
        member = join(person(f"p{number}"), cast.cohort, Role.PARTICIPANT)
        if number:
            attendance_actions.check_in(session=running, membership=member)
    assert attendance_queries.headcount(running) == (2, 4)
