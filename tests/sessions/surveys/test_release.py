"""What is shown can never point to a person: the merging rule over every small group, and each rule by example."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort.small_numbers import merge_neighbours
from sessions.surveys import questions
from sessions.surveys.small_numbers import Cell, ItemResult, results


def sheets(key: str, *codes: object) -> list[dict[str, object]]:
    return [{key: code} for code in codes]


def shown(key: str, answers: list[dict[str, object]]) -> ItemResult:
    found = results(questions.items(["Name a rule"]), answers)
    assert found is not None
    return next(item for item in found.items if item.key == key)


@pytest.mark.parametrize("n", range(5))
def test_fewer_than_five_show_nothing(n: int) -> None:
    assert results(questions.items([]), sheets("ready", *["now"] * n)) is None


def test_five_show_something() -> None:
    assert shown("ready", sheets("ready", *["now"] * 5)).cells[3] == Cell(["now"], 5)


def test_every_small_group_of_four_choices_is_safe() -> None:
    for counts in product(range(8), repeat=4):
        groups = merge_neighbours(counts)
        if not groups:
            assert sum(counts) < 3
            continue
        assert all(count == 0 or count >= 3 for _, _, count in groups), counts
        assert [i for first, last, _ in groups for i in range(first, last + 1)] == [0, 1, 2, 3]
        assert all(count == sum(counts[first : last + 1]) for first, last, count in groups)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=7))
def test_merging_keeps_order_and_sum(counts: list[int]) -> None:
    groups = merge_neighbours(counts)
    if groups:
        assert sum(count for _, _, count in groups) == sum(counts)
        assert all(count == 0 or count >= 3 for _, _, count in groups)


def test_a_group_that_needs_no_merging_is_left_alone() -> None:
    assert merge_neighbours([3, 0, 4, 5]) == [(0, 0, 3), (1, 1, 0), (2, 2, 4), (3, 3, 5)]


def test_a_small_cell_joins_its_smaller_neighbour() -> None:
    assert merge_neighbours([6, 1, 4, 0]) == [(0, 0, 6), (1, 2, 5), (3, 3, 0)]


def test_choosing_to_listen_is_never_a_low_score() -> None:
    few = shown("voice", sheets("voice", *["freely"] * 5, "listened", "listened"))
    assert few.aside == []
    many = shown("voice", sheets("voice", *["freely"] * 5, *["listened"] * 3))
    assert many.aside == [Cell(["listened"], 3)]
    assert sum(cell.count for cell in many.cells) == 5


def test_when_all_held_back_we_do_not_say_so() -> None:
    found = shown("voice", sheets("voice", *["held_back"] * 6))
    assert (found.all_similar, found.cells) == (True, [])


def test_when_all_spoke_freely_we_may_say_so() -> None:
    assert shown("voice", sheets("voice", *["freely"] * 6)).cells[3] == Cell(["freely"], 6)


def test_pick_two_shows_three_or_more_and_names_the_rest_without_a_number() -> None:
    found = shown("barriers", sheets("barriers", *[["time", "how"]] * 3, ["above"], ["above"], []))
    assert found.cells == [Cell(["time"], 3), Cell(["how"], 3)]
    assert found.others


def test_two_comments_stay_unread() -> None:
    answers = [{"comment": "More tables"}, {"comment": "Fewer slides"}, {}, {}, {}]
    found = results(questions.items([]), answers)
    assert found is not None
    assert found.comments == []


def test_comments_come_in_random_order_and_without_choices() -> None:
    answers = [{"ready": "now", "comment": f"c{n}"} for n in range(8)]
    found = results(questions.items([]), answers, random=Random(4))
    assert found is not None
    assert sorted(found.comments) == [f"c{n}" for n in range(8)]
    assert found.comments != [f"c{n}" for n in range(8)]


def test_at_most_three_objectives_are_asked() -> None:
    keys = [item.key for item in questions.items(["a", "b", "c", "d"])]
    assert keys == [
        "ready",
        "objective1",
        "objective2",
        "objective3",
        "voice",
        "agreements",
        "barriers",
        "next_time",
        "comment",
    ]
