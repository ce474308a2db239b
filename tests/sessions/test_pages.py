"""Every page of sessions, for every kind of person."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from sessions.live import actions as live_actions
from sessions.models import Session
from tests.conftest import signed_in

#: page -> status for facilitator, coordinator, participant; everybody else in the cohort 403, strangers 404.
PAGES = {
    "session": (200, 200, 200),
    "change": (200, 403, 403),
    "publish": (200, 403, 403),
    "call_off": (200, 403, 403),
    "calendar": (200, 200, 200),
    "agenda": (200, 403, 403),
    "run_sheet": (200, 403, 403),
    "paper_agenda": (200, 200, 200),
    "table_cards": (200, 403, 403),
    "register": (200, 403, 403),
    "close_register": (200, 403, 403),
    "tables": (200, 403, 403),
    "work_facts": (200, 403, 403),
    "now": (403, 403, 200),
}
LIVE = {"live": (200, 403, 403), "screen": (200, 403, 403), "state": (200, 403, 200), "now": (403, 403, 200)}


def status(user: object, name: str, session: Session) -> int:
    return signed_in(user).get(reverse(f"program_sessions:{name}", args=[session.pk])).status_code  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "expected"), PAGES.items())
def test_who_reads_what(name: str, expected: tuple[int, int, int], published: Session, cast: SimpleNamespace) -> None:
    found = tuple(status(user, name, published) for user in (cast.facilitator, cast.coordinator, cast.participant))
    assert found == expected
    assert {status(user, name, published) for user in (cast.screener, cast.steward, cast.access)} == {403}
    outside = (cast.stranger, cast.superuser, cast.other_facilitator, cast.other_participant)
    assert {status(user, name, published) for user in outside} == {404}


@pytest.mark.parametrize(("name", "expected"), LIVE.items())
def test_who_reads_the_room(name: str, expected: tuple[int, int, int], going: Session, cast: SimpleNamespace) -> None:
    found = tuple(status(user, name, going) for user in (cast.facilitator, cast.coordinator, cast.participant))
    assert found == expected
    outside = (cast.stranger, cast.superuser, cast.other_facilitator, cast.other_participant)
    assert {status(user, name, going) for user in outside} == {404}


def test_visitors_are_asked_to_sign_in(published: Session, client: object) -> None:
    for name in (*PAGES, "live", "screen", "state"):
        answer = client.get(reverse(f"program_sessions:{name}", args=[published.pk]))  # type: ignore[attr-defined]
        assert (answer.status_code, answer.url.startswith("/accounts/login/")) == (302, True), name


@pytest.mark.parametrize(
    "name", ["open_room", "close_room", "press", "block_add", "draw", "pause_seen", "open_register"]
)
def test_only_facilitators_press(name: str, going: Session, cast: SimpleNamespace) -> None:
    url = reverse(f"program_sessions:{name}", args=[going.pk])
    found = [signed_in(user).post(url).status_code for user in (cast.participant, cast.coordinator, cast.stranger)]
    assert found == [403, 403, 404]
    assert signed_in(cast.facilitator).get(url).status_code == 405


def test_a_draft_is_hidden_from_participants(draft: Session, cast: SimpleNamespace) -> None:
    assert status(cast.facilitator, "session", draft) == 200
    assert status(cast.participant, "session", draft) == 404
    page = signed_in(cast.participant).get(reverse("program_sessions:index")).content.decode()
    mine = signed_in(cast.facilitator).get(reverse("program_sessions:index")).content.decode()
    assert (draft.title in mine, draft.title in page) == (True, False)


def test_library_is_for_those_who_plan(library: object, cast: SimpleNamespace) -> None:
    for url in (reverse("program_sessions:library"), reverse("program_sessions:activity", args=["triz"])):
        people = (cast.facilitator, cast.coordinator, cast.participant, cast.stranger)
        assert [signed_in(user).get(url).status_code for user in people] == [200, 200, 403, 403]


def test_the_desk_at_each_state(going: Session, cast: SimpleNamespace) -> None:
    client = signed_in(cast.facilitator)
    url = reverse("program_sessions:session", args=[going.pk])
    assert "Go to the room" in client.get(url).content.decode()
    live_actions.press(session=going, by=cast.facilitator, kind="end", expected=1)
    assert "How the time went" in client.get(url).content.decode()
    room = client.get(reverse("program_sessions:live", args=[going.pk])).content.decode()
    assert "The session is over" in room
    now = signed_in(cast.participant).get(reverse("program_sessions:now", args=[going.pk])).content.decode()
    assert "Thank you for today" in now
