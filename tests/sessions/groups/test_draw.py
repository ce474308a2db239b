"""Tables in the database: from people in the room, with the season's memory."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import pytest
from django.urls import reverse

from cohort.people.models import Membership, Role
from cohort.people.states import NotPossible
from sessions.attendance import actions as attendance_actions
from sessions.groups import actions as groups_actions
from sessions.groups import queries as groups_queries
from sessions.live import actions as live_actions
from sessions.models import PairRule, Seat, SeatingFacts, Session, TableDraw
from tests.conftest import join, person, signed_in


@pytest.fixture
def people(running: Session, cast: SimpleNamespace) -> list[Membership]:
    """Eight people who have checked in, besides the participant of the cast, who has not."""
    found = [join(person(f"p{number}"), cast.cohort, Role.PARTICIPANT) for number in range(8)]
    for member in found:
        attendance_actions.check_in(session=running, membership=member)
    return found


def tables_of(session: Session) -> list[set[str]]:
    draw = groups_queries.draw_of(session)
    assert draw is not None
    return [{seat.membership.user.name for seat in table.seats.all()} for table in draw.tables.all()]


def test_only_people_in_the_room(running: Session, people: list[Membership], cast: SimpleNamespace) -> None:
    groups_actions.draw(session=running, by=cast.facilitator)
    assert sorted(len(table) for table in tables_of(running)) == [4, 4]
    assert "Participant" not in set().union(*tables_of(running))
    groups_actions.draw(session=running, by=cast.facilitator, everyone=True)
    assert "Participant" in set().union(*tables_of(running))
    assert TableDraw.objects.filter(in_use=True).count() == 1


def test_a_latecomer_gets_a_seat_and_nobody_moves(
    running: Session, people: list[Membership], cast: SimpleNamespace
) -> None:
    groups_actions.draw(session=running, by=cast.facilitator)
    before = tables_of(running)
    attendance_actions.check_in(session=running, membership=Membership.objects.get(user=cast.participant))
    after = tables_of(running)
    assert all(old <= new for old, new in zip(before, after, strict=True))
    seat = Seat.objects.get(membership__user=cast.participant)
    assert seat.came_later
    page = signed_in(cast.participant).get(reverse("program_sessions:now", args=[running.pk])).content.decode()
    assert f"Your table: {seat.table.number}" in page


def test_people_kept_apart_sit_apart(running: Session, people: list[Membership], cast: SimpleNamespace) -> None:
    client, address = signed_in(cast.facilitator), reverse("program_sessions:tables", args=[running.pk])
    for one, other in ((0, 1), (2, 3), (4, 5)):
        data = {"one": str(people[one].pk), "other": str(people[other].pk)}
        assert client.post(address, data).status_code == 302
    assert client.post(address, {"one": str(people[0].pk), "other": str(people[0].pk)}).status_code == 422
    client.post(reverse("program_sessions:draw", args=[running.pk]))
    for table in tables_of(running):
        assert [pair for pair in ({"P0", "P1"}, {"P2", "P3"}, {"P4", "P5"}) if pair <= table] == []
    assert "3 pairs are kept apart." in client.get(address).content.decode()


def test_pair_rules_are_secret(running: Session, people: list[Membership], cast: SimpleNamespace) -> None:
    groups_actions.keep_apart(session=running, by=cast.facilitator, one=people[1], other=people[0])
    rule = PairRule.objects.get()
    address = reverse("program_sessions:tables", args=[running.pk])
    assert "P0 and P1" in " ".join(signed_in(cast.facilitator).get(address).content.decode().split()) or (
        "P1 and P0" in " ".join(signed_in(cast.facilitator).get(address).content.decode().split())
    )
    assert [signed_in(user).get(address).status_code for user in (cast.participant, cast.coordinator)] == [403, 403]
    remove = reverse("program_sessions:rule_remove", args=[running.pk, rule.pk])
    assert signed_in(cast.participant).post(remove).status_code == 403
    signed_in(cast.facilitator).post(remove)
    assert PairRule.objects.count() == 0


def test_colleagues_are_split_by_work_facts(running: Session, people: list[Membership], cast: SimpleNamespace) -> None:
    """The facilitator writes the same employer in two spellings; the draw knows it as one."""
    client, address = signed_in(cast.facilitator), reverse("program_sessions:work_facts", args=[running.pk])
    data = {f"{people[0].pk}-organization": "Harbor Light Housing", f"{people[0].pk}-style": "analyst"}
    data |= {f"{people[1].pk}-organization": "The Harbor Light Housing, Inc.", f"{people[1].pk}-sector": "housing"}
    assert client.post(address, data).status_code == 302
    one, other = (SeatingFacts.objects.get(membership=member) for member in people[:2])
    assert (one.organization == other.organization, one.style, other.sector) == (True, "analyst", "housing")
    assert "Harbor Light Housing" in client.get(address).content.decode()
    client.post(address, {**data, f"{people[0].pk}-style": ""})
    assert SeatingFacts.objects.get(membership=people[0]).style == ""
    groups_actions.draw(session=running, by=cast.facilitator)
    assert not any({"P0", "P1"} <= table for table in tables_of(running))


def test_the_season_remembers_who_met_and_who_worked(going: Session, cast: SimpleNamespace, draft: Session) -> None:
    found = [join(person(f"q{number}"), cast.cohort, Role.PARTICIPANT) for number in range(6)]
    for member in found:
        attendance_actions.check_in(session=going, membership=member)
    groups_actions.draw(session=going, by=cast.facilitator)
    live_actions.press(session=going, by=cast.facilitator, kind="end", expected=1)
    other = Session.objects.create(
        cohort=cast.cohort, title="Next", result="x", starts_at=going.starts_at, ends_at=going.ends_at
    )
    season = groups_queries.season_before(other)
    draw = groups_queries.draw_of(going)
    assert draw is not None
    together = {
        frozenset((str(a.membership_id), str(b.membership_id)))
        for table in draw.tables.all()
        for a, b in combinations(table.seats.all(), 2)
    }
    assert set(season.met) == together
    assert sum(sum(held.values()) for held in season.roles.values()) == 6
    assert groups_queries.season_before(going).met == {}


def test_drafts_and_empty_rooms_have_no_tables(running: Session, draft: Session, cast: SimpleNamespace) -> None:
    with pytest.raises(NotPossible, match="Nobody"):
        groups_actions.draw(session=running, by=cast.facilitator)


def test_table_cards_carry_names_and_questions_but_no_notes(
    running: Session, people: list[Membership], cast: SimpleNamespace
) -> None:
    groups_actions.draw(session=running, by=cast.facilitator)
    page = signed_in(cast.facilitator).get(reverse("program_sessions:table_cards", args=[running.pk])).content.decode()
    assert ("Table 2" in page, "P3" in page, "heron-in-the-reeds" in page) == (True, True, False)
