"""The live room in the database: presses count once, notes stay with facilitators, states are cheap."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohort.people.models import HistoryEntry, Role
from cohort.people.states import NotPossible
from sessions.agreements import actions as agreements_actions
from sessions.live import actions as live_actions
from sessions.live import publish, snapshots
from sessions.live import signals as live_signals
from sessions.live.state import RunPhase
from sessions.models import PauseRequest, Run, RunEvent, Session
from tests.conftest import join, person, signed_in
from tests.sessions.conftest import CANARY


def titles(session: Session) -> list[str]:
    found = snapshots.room(snapshots.read(session))
    return [found["block"]["title"], *[block["title"] for block in found["coming"]]]


def position(session: Session) -> int:
    return Run.objects.get(session=session).position


def press(session: Session, by: Any, kind: str, **data: Any) -> bool:
    return live_actions.press(session=session, by=by, kind=kind, expected=position(session), **data)


def test_open_and_close_again(published: Session, cast: SimpleNamespace) -> None:
    live_actions.open_room(session=published, by=cast.facilitator)
    live_actions.open_room(session=published, by=cast.facilitator)
    assert Session.objects.get(pk=published.pk).state == "running"
    live_actions.close_room(session=published, by=cast.facilitator)
    assert (Session.objects.get(pk=published.pk).state, Run.objects.count()) == ("published", 0)


def test_a_begun_session_cannot_be_closed_unused(going: Session, cast: SimpleNamespace) -> None:
    with pytest.raises(NotPossible):
        live_actions.close_room(session=going, by=cast.facilitator)


def test_a_draft_has_no_room(draft: Session, cast: SimpleNamespace) -> None:
    with pytest.raises(NotPossible):
        live_actions.open_room(session=draft, by=cast.facilitator)


def test_next_goes_on_and_the_same_position_twice_does_not(going: Session, cast: SimpleNamespace) -> None:
    assert live_actions.press(session=going, by=cast.facilitator, kind="next", expected=1) is True
    assert live_actions.press(session=going, by=cast.facilitator, kind="next", expected=1) is False
    assert titles(going)[0] == "TRIZ – stop what feeds the worst result"
    assert RunEvent.objects.count() == 2


def test_refused_presses_leave_nothing(going: Session, cast: SimpleNamespace) -> None:
    with pytest.raises(NotPossible):
        press(going, cast.facilitator, "back")
    assert (RunEvent.objects.count(), position(going)) == (1, 1)


def test_events_cannot_be_changed(going: Session) -> None:
    event = RunEvent.objects.get()
    event.kind = "end"
    with pytest.raises(ValueError, match="never changed"):
        event.save()


@pytest.mark.django_db(transaction=True)
def test_two_facilitators_press_next_at_once(going: Session, cast: SimpleNamespace) -> None:
    """Real threads, real connections: eight presses on one position move the room once."""
    counted: list[bool] = []
    gate = threading.Barrier(8)

    def one() -> None:
        try:
            gate.wait()
            counted.append(live_actions.press(session=going, by=cast.facilitator, kind="next", expected=1))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == [False] * 7 + [True]
    assert list(RunEvent.objects.values_list("position", "kind")) == [(1, "start"), (2, "next")]


def test_start_near_the_plan_keeps_the_agreed_end(running: Session, cast: SimpleNamespace) -> None:
    at = running.starts_at + timedelta(minutes=8)
    live_actions.press(session=running, by=cast.facilitator, kind="start", expected=0, at=at)
    state = snapshots.read(running, at).state
    assert (state.locked_end, state.ahead_by(at)) == (running.ends_at, 90 - 8 - 65)


def test_start_at_another_time_keeps_the_length(running: Session, cast: SimpleNamespace) -> None:
    at = running.starts_at - timedelta(days=2)
    live_actions.press(session=running, by=cast.facilitator, kind="start", expected=0, at=at)
    assert snapshots.read(running, at).state.locked_end == at + timedelta(minutes=90)


def test_insert_comes_from_the_library_and_not_into_the_plan(
    going: Session, cast: SimpleNamespace, library: Any
) -> None:
    activity = library["name-the-pattern"]
    press(going, cast.facilitator, "insert", activity=activity, minutes=10, now=True)
    assert titles(going)[:2] == ["Name the pattern (hard-moment pause)", "Result, objectives and agenda walk-through"]
    inserted = going.blocks.get(inserted_live=True)
    assert (inserted.minutes, inserted.position, inserted.prompts.count()) == (10, None, 1)


def test_agreement_must_be_in_force(going: Session, cast: SimpleNamespace) -> None:
    found = agreements_actions.adopt(cohort=cast.cohort, by=cast.facilitator, name="Name it", words="Say plainly.")
    press(going, cast.facilitator, "return_to_agreement", agreement=str(found.pk))
    assert snapshots.room(snapshots.read(going))["agreement"] == {"name": "Name it", "words": "Say plainly."}
    theirs = agreements_actions.adopt(
        cohort=cast.other_cohort, by=cast.other_facilitator, name="Theirs", words="Not ours."
    )
    with pytest.raises(NotPossible):
        press(going, cast.facilitator, "return_to_agreement", agreement=str(theirs.pk))


def test_options_when_behind_and_one_tap_takes_one(going: Session, cast: SimpleNamespace, library: Any) -> None:
    assert snapshots.options(snapshots.read(going)) == []
    press(going, cast.facilitator, "insert", activity=library["name-the-pattern"], minutes=35, now=False)
    press(going, cast.facilitator, "extend", minutes=5)
    found = snapshots.options(snapshots.read(going))
    assert [option.how for option in found] == ["shorten", "leave_out", "end_later"]
    fingerprint = live_actions.fingerprint_of(found[0])
    with pytest.raises(NotPossible, match="Time has moved on"):
        live_actions.retime(session=going, by=cast.facilitator, expected=position(going), choice=0, fingerprint="other")
    assert live_actions.retime(
        session=going, by=cast.facilitator, expected=position(going), choice=0, fingerprint=fingerprint
    )
    assert snapshots.read(going).state.ahead_by(timezone.now()) >= 0


def test_the_end_closes_the_session_and_tells_the_rest_of_the_app(going: Session, cast: SimpleNamespace) -> None:
    heard: list[Session] = []
    with live_signals.ENDED.opened():
        live_signals.when_ended(heard.append)
        press(going, cast.facilitator, "end")
    ended = Session.objects.get(pk=going.pk)
    assert (ended.state, heard == [ended]) == ("ended", True)
    assert ended.over_at == RunEvent.objects.get(kind="end").at
    with pytest.raises(NotPossible):
        press(going, cast.facilitator, "next")


# ---------------------------------------------------------------- what participants receive


def test_facilitators_notes_never_reach_participants(going: Session, cast: SimpleNamespace) -> None:
    """First: the note is there and its owner reads it. Then: no route of a participant carries it."""

    def get(user: Any, name: str, query: str = "") -> str:
        return signed_in(user).get(reverse(f"program_sessions:{name}", args=[going.pk]) + query).content.decode()

    assert CANARY in get(cast.facilitator, "live")
    assert CANARY in get(cast.facilitator, "run_sheet")
    assert CANARY in get(cast.facilitator, "state", "?desk=1")
    for name, query in (("now", ""), ("now", "?part=1"), ("state", ""), ("session", ""), ("paper_agenda", "")):
        page = get(cast.participant, name, query)
        assert CANARY not in page, name
    assert CANARY not in get(cast.facilitator, "screen")  # a whole room reads it
    assert (
        signed_in(cast.participant).get(reverse("program_sessions:state", args=[going.pk]) + "?desk=1").status_code
        == 403
    )


def test_the_rooms_payload_never_reads_the_notes(going: Session) -> None:
    live_now = snapshots.read(going)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        room = snapshots.room(live_now)
    assert "facilitator_notes" not in "".join(query["sql"] for query in queries)
    assert CANARY not in json.dumps(room)
    assert "facilitator_notes" not in snapshots.PUBLIC
    assert CANARY in json.dumps(snapshots.desk(live_now))


def test_what_is_published_keeps_the_two_apart(going: Session, cast: SimpleNamespace, monkeypatch: Any) -> None:
    sent: list[dict[str, str]] = []

    class Wire:
        def publish(self, channel: str, data: str) -> None:
            assert channel.endswith(str(going.pk))
            sent.append(json.loads(data))

    monkeypatch.setattr("sessions.live.publish._client", lambda: Wire())
    publish.publish(session_id=going.pk)
    assert (CANARY in sent[0]["desk"], CANARY in sent[0]["room"]) == (True, False)


def test_state_is_the_same_until_something_happens(going: Session, cast: SimpleNamespace) -> None:
    client, url = signed_in(cast.participant), reverse("program_sessions:state", args=[going.pk])
    first = client.get(url)
    assert first.json()["phase"] == RunPhase.GOING
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    press(going, cast.facilitator, "next")
    second = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (second.status_code, second.json()["block"]["title"][:4]) == (200, "TRIZ")


def test_the_clock_data_of_a_state(going: Session, cast: SimpleNamespace) -> None:
    data = signed_in(cast.participant).get(reverse("program_sessions:state", args=[going.pk])).json()
    assert set(data) == {
        "version",
        "position",
        "phase",
        "open",
        "server_now",
        "block",
        "block_id",
        "block_started_at",
        "block_ends_at",
        "seconds_left",
        "planned_end",
        "agreed_end",
        "ahead_by",
        "next",
        "coming",
        "silent",
        "agreement",
    }
    assert 290 <= data["seconds_left"] <= 300


def test_a_state_is_cheap(going: Session, cast: SimpleNamespace) -> None:
    """Sign-in 2, session, roles, run, draw, survey, events; then blocks and prompts. More people change nothing."""
    url = reverse("program_sessions:state", args=[going.pk])

    def statements(client: Any, **headers: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            client.get(url, headers=headers)
        return len(found)

    client = signed_in(cast.participant)
    tag = client.get(url)["ETag"]
    few = statements(client)
    assert few <= 10
    assert statements(client, **{"If-None-Match": tag}) <= 8
    for number in range(20):
        join(person(f"more{number}"), cast.cohort, Role.PARTICIPANT)
    for _ in range(6):
        press(going, cast.facilitator, "extend", minutes=1)
    assert statements(client) == few


# ---------------------------------------------------------------- please pause


def test_asking_to_pause_keeps_no_name(going: Session, cast: SimpleNamespace) -> None:
    before = HistoryEntry.objects.count()
    client, url = signed_in(cast.participant), reverse("program_sessions:pause_please", args=[going.pk])
    client.post(url)
    client.post(url)  # the phone remembers; the server does not count twice
    request = PauseRequest.objects.get()
    assert (request.at.second, request.at.microsecond, HistoryEntry.objects.count()) == (0, 0, before)
    assert {field.name for field in PauseRequest._meta.get_fields()} == {"id", "run", "at", "seen_at"}
    desk = signed_in(cast.facilitator)
    assert "Someone asked to pause." in desk.get(reverse("program_sessions:live", args=[going.pk])).content.decode()
    desk.post(reverse("program_sessions:pause_seen", args=[going.pk]))
    assert "asked to pause" not in desk.get(reverse("program_sessions:live", args=[going.pk])).content.decode()
    assert signed_in(cast.stranger).post(url).status_code == 404


# ---------------------------------------------------------------- pressing through the page


def test_press_answers_json_to_scripts_and_a_page_to_forms(going: Session, cast: SimpleNamespace) -> None:
    client, url = signed_in(cast.facilitator), reverse("program_sessions:press", args=[going.pk])
    answer = client.post(url, {"kind": "next", "expected": "1"}, headers={"Accept": "application/json"}).json()
    assert (answer["counted"], answer["trouble"], answer["state"]["position"]) == (True, "", 2)
    late = client.post(url, {"kind": "next", "expected": "1"}, headers={"Accept": "application/json"}).json()
    assert (late["counted"], late["state"]["position"]) == (False, 2)
    assert client.post(url, {"kind": "back", "expected": "2"}).url == reverse("program_sessions:live", args=[going.pk])
    wrong = client.post(url, {"kind": "dance", "expected": "3"}, headers={"Accept": "application/json"})
    assert (wrong.status_code, wrong.json()["counted"]) == (409, False)
    nothing = client.post(url, {}, headers={"Accept": "application/json"})
    assert nothing.status_code == 409


def test_the_database_refuses_to_change_what_happened(cast: SimpleNamespace) -> None:
    now = timezone.now()
    session = Session.objects.create(cohort=cast.cohort, title="T", starts_at=now, ends_at=now + timedelta(hours=2))
    run = Run.objects.create(session=session, opened_by=cast.facilitator)
    event = RunEvent.objects.create(run=run, position=1, kind="start", actor=cast.facilitator)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RunEvent.objects.filter(pk=event.pk).update(kind="end")
    RunEvent.objects.filter(pk=event.pk).update(actor=None)  # as when a person is deleted
    assert RunEvent.objects.get() == event
