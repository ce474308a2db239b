"""Tables: fair, explained, and the same for the same seed."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.groups.draw import NEVER, ROLES, Draw, Pair, Person, draw, pair, seat_latecomer, sizes

GROUP = [
    Person(f"p{n:02}", employer=f"e{n % 7}", sector=["health", "schools", "housing"][n % 3], style="calm")
    for n in range(14)
]


def seats(found: Draw) -> list[list[str]]:
    return [[seat.id for seat in table] for table in found.tables]


@given(st.integers(6, 200))
def test_sizes_stay_between_three_and_five(people: int) -> None:
    found = sizes(people)
    assert (sum(found), min(found) >= 3, max(found) <= 5, max(found) - min(found) <= 1) == (people, True, True, True)


@pytest.mark.parametrize(
    ("people", "expected"),
    [(0, []), (1, [1]), (2, [2]), (5, [5]), (6, [3, 3]), (9, [5, 4]), (13, [5, 4, 4]), (14, [4, 4, 3, 3])],
)
def test_sizes_at_the_edges(people: int, expected: list[int]) -> None:
    assert sizes(people) == expected


def test_same_seed_same_tables_whatever_the_order_of_people() -> None:
    assert draw(GROUP, seed=7) == draw(list(reversed(GROUP)), seed=7)
    assert seats(draw(GROUP, seed=7)) != seats(draw(GROUP, seed=8))


def test_everyone_sits_once() -> None:
    assert sorted(chain.from_iterable(seats(draw(GROUP)))) == [person.id for person in GROUP]


def test_colleagues_are_split() -> None:
    reasons = dict(draw(GROUP).reasons)
    assert (reasons["tables"], reasons["same_employer"], reasons["repeat_pairs"]) == (4, 0, 0)


def test_three_sessions_repeat_few_pairs() -> None:
    """14 people in tables of 4, 4, 3, 3 make 18 pairs a time; 54 of 91 pairs can be new over three times."""
    people = [Person(f"p{n:02}") for n in range(14)]
    met: dict[Pair, int] = {}
    for number in range(3):
        found = draw(people, met=met, seed=number + 1, restarts=20)
        for table in seats(found):
            for a, b in combinations(table, 2):
                met[pair(a, b)] = met.get(pair(a, b), 0) + 1
    assert max(met.values()) <= 2
    assert sum(count > 1 for count in met.values()) <= 2


def test_keep_apart_holds() -> None:
    apart = {pair("p00", "p01"), pair("p02", "p03"), pair("p00", "p02")}
    found = draw(GROUP, apart=apart)
    together = {pair(a, b) for table in seats(found) for a, b in combinations(table, 2)}
    assert (apart & together, dict(found.reasons)["apart_kept"]) == (set(), 3)


def test_what_cannot_be_kept_apart_is_said() -> None:
    found = draw(GROUP[:4], apart={pair("p00", "p01")})
    assert dict(found.reasons)["apart_broken"] == 1
    assert found.cost >= NEVER


def test_each_table_has_its_roles_once() -> None:
    for table in draw(GROUP).tables:
        held = sorted(seat.role for seat in table if seat.role)
        assert held == sorted(ROLES[: len(table)])


def test_labour_goes_to_those_who_did_least() -> None:
    people = [Person("a", roles_held={"note_taker": 3}), Person("b", roles_held={"host": 1}), Person("c")]
    (table,) = draw(people).tables
    assert {seat.id: seat.role for seat in table} == {"c": "host", "b": "timekeeper", "a": "note_taker"}


def test_a_latecomer_takes_the_smallest_table_and_nobody_moves() -> None:
    tables = [GROUP[:4], GROUP[4:7], GROUP[7:10]]
    late = Person("late")
    assert seat_latecomer(late, tables) == 1
    assert seat_latecomer(late, tables, met={pair("late", "p04"): 1}) == 2
    assert seat_latecomer(late, tables, apart={pair("late", "p04"), pair("late", "p07")}) == 0


@settings(max_examples=40)
@given(st.integers(0, 24), st.integers(1, 50), st.sets(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=6))
def test_any_group_is_seated_whole(count: int, seed: int, pairs: set[tuple[int, int]]) -> None:
    people = [Person(f"p{n:02}", employer=f"e{n % 5}") for n in range(count)]
    apart = {pair(f"p{a:02}", f"p{b:02}") for a, b in pairs if a != b}
    found = draw(people, apart=apart, seed=seed, restarts=2)
    assert sorted(len(table) for table in found.tables) == sorted(sizes(count))
    assert sorted(chain.from_iterable(seats(found))) == [person.id for person in people]
