"""Cards, menu, journal questions, and lists that cost the same however long they are."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohort.people.models import Role
from sessions import home
from sessions.attendance import actions as attendance_actions
from sessions.live import actions as live_actions
from sessions.models import Session
from sessions.planning import actions as planning_actions
from tests.conftest import join, person, signed_in
from tests.sessions.conftest import membership


def cards(user: Any) -> list[tuple[str, str, bool]]:
    return [(card.title, card.action, card.now) for card in home.home_cards(user)]


def test_cards_follow_the_session(draft: Session, cast: SimpleNamespace) -> None:
    assert [cards(user) for user in (cast.facilitator, cast.participant, AnonymousUser())] == [[], [], []]
    planning_actions.publish(session=draft, by=cast.facilitator)
    assert cards(cast.facilitator) == [("Leading together", "Prepare it", False)]
    assert cards(cast.participant) == [("Leading together", "See the agenda", False)]
    starts = timezone.now() + timedelta(hours=1)
    Session.objects.filter(pk=draft.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=2))
    assert cards(cast.facilitator) == [("Leading together", "Open the room", True)]
    live_actions.open_room(session=draft, by=cast.facilitator)
    assert cards(cast.facilitator) == [("The room is open", "Go to the room", True)]
    assert cards(cast.participant) == [("Check in now", "Type the code", True)]
    attendance_actions.check_in(session=draft, membership=membership(cast))
    assert cards(cast.participant) == [("The session is on", "See now and next", True)]
    assert [cards(user) for user in (cast.screener, cast.stranger, cast.other_participant)] == [[], [], []]


def test_cards_cost_the_same_for_many_sessions(published: Session, cast: SimpleNamespace) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            list(home.home_cards(cast.facilitator))
        return len(found)

    one = statements()
    many(published, cast)
    assert (statements(), one) == (one, 3)


def many(published: Session, cast: SimpleNamespace) -> None:
    for number in range(20):
        starts = published.starts_at + timedelta(days=number + 1)
        Session.objects.create(
            cohort=cast.cohort,
            title=f"S{number}",
            result="x",
            state="published",
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
        )


def test_the_list_costs_the_same_for_many_sessions(published: Session, cast: SimpleNamespace) -> None:
    client, url = signed_in(cast.facilitator), reverse("program_sessions:index")

    def statements() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        return len(found)

    one = statements()
    many(published, cast)
    assert statements() == one


def test_desk_and_register_cost_the_same_for_many_people(running: Session, cast: SimpleNamespace) -> None:
    client = signed_in(cast.facilitator)
    urls = [
        reverse(f"program_sessions:{name}", args=[running.pk]) for name in ("session", "register", "live", "tables")
    ]

    def statements() -> list[int]:
        found = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            found.append(len(queries))
        return found

    few = statements()
    for number in range(20):
        member = join(person(f"p{number}"), cast.cohort, Role.PARTICIPANT)
        attendance_actions.check_in(session=running, membership=member)
    assert statements() == few


def test_menu_by_role(rf: Any) -> None:
    def labels(*roles: str) -> list[str]:
        return [place.label for place in home.menu(rf.get("/"), frozenset(roles))]

    assert labels("facilitator") == labels("coordinator") == ["Sessions", "Library"]
    assert labels("participant") == ["Sessions"]
    assert labels("screener") == labels() == []


def test_journal_questions_come_from_sessions_one_was_at(going: Session, cast: SimpleNamespace) -> None:
    assert list(home.journal_prompts(cast.participant)) == []
    attendance_actions.check_in(session=going, membership=membership(cast))
    live_actions.press(session=going, by=cast.facilitator, kind="end", expected=1)
    found = list(home.journal_prompts(cast.participant))
    assert {prompt.source for prompt in found} == {"Leading together"}
    assert "table" not in {prompt.id for prompt in found}
    assert [prompt.text for prompt in found][:1] == list(
        going.blocks.get(activity__slug="triz").prompts.filter(default_reader="private").values_list("text", flat=True)
    )
    assert list(home.journal_prompts(cast.other_participant)) == []
