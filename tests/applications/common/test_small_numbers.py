"""The small-number rule, against a reader who knows the rule: every small group by brute force."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

import pytest

from cohort.small_numbers import Cell, Nothing, Person, Table, publish_whole, rounded_percent

LADDERS = {
    3: [[["a"], ["b"], ["c"]], [["a"], ["b", "c"]]],
    4: [[["a"], ["b"], ["c"], ["d"]], [["a"], ["b"], ["c", "d"]], [["a"], ["b", "c", "d"]]],
}


def compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def people(counts: tuple[int, ...]) -> list[Person]:
    return [frozenset({code}) for code, n in zip("abcdef", counts, strict=False) for _ in range(n)]


@pytest.mark.parametrize(("categories", "top"), [(3, 24), (4, 19)])
def test_any_count_that_is_not_shown_still_has_six_possible_values(categories: int, top: int) -> None:
    ladder = LADDERS[categories]
    for total in range(10, top):
        seen: dict[object, list[tuple[int, ...]]] = defaultdict(list)
        for counts in compositions(total, categories):
            seen[publish_whole(people(counts), ladder, asked=total)].append(counts)
        for shown, possible in seen.items():
            told = set()
            if isinstance(shown, Table):
                told = {cell.codes[0] for cell in shown.cells if len(cell.codes) == 1}
            for place, code in enumerate("abcd"[:categories]):
                if code not in told:
                    assert len({counts[place] for counts in possible}) >= 6, (total, shown, code)


def test_the_recipe_that_leaks_is_not_ours() -> None:
    """Counts 5, 4, 4: hiding two fours would give them away. Ours goes to the coarser rung."""
    found = publish_whole(people((5, 4, 4)), LADDERS[3], asked=13)
    assert found == Table(1, (Cell(("a",), 5), Cell(("b", "c"), 8)), 13)


@pytest.mark.parametrize(("counts", "why"), [((4, 5, 0), "few"), ((9, 1, 0), "cells"), ((10, 0, 0), "cells")])
def test_nothing_is_shown_and_why(counts: tuple[int, ...], why: str) -> None:
    assert publish_whole(people(counts), LADDERS[3], asked=sum(counts)) == Nothing(why)


def test_fifteen_people_at_the_public_threshold_show_nothing() -> None:
    for n in range(16):
        assert isinstance(publish_whole(people((n, 15 - n)), [[["a"], ["b"]]], asked=15, k=10), Nothing)


def test_a_low_response_shows_nothing() -> None:
    assert publish_whole(people((6, 7)), [[["a"], ["b"]]], asked=19) == Nothing("response")
    assert isinstance(publish_whole(people((6, 7)), [[["a"], ["b"]]], asked=18), Table)


def test_people_who_chose_several_count_in_each_cell() -> None:
    both = [frozenset({"a", "b"})] * 6 + [frozenset({"a"})] * 5 + [frozenset({"b"})] * 5
    assert publish_whole(both, [[["a"], ["b"]]], asked=16) == Table(0, (Cell(("a",), 11), Cell(("b",), 11)), 16)


def test_words_for_cells_that_codes_cannot_say() -> None:
    group = [frozenset({"white"})] * 8 + [frozenset({"white", "asian"})] * 3 + [frozenset({"black"})] * 4
    found = publish_whole(group, [[["WHITE_ONLY"], ["ONE_OR_MORE_OTHER_GROUPS"]]], asked=15)
    assert isinstance(found, Table)
    assert [cell.count for cell in found.cells] == [8, 7]


def test_the_threshold_cannot_be_lowered() -> None:
    with pytest.raises(ValueError, match="cannot be below 5"):
        publish_whole(people((9, 9)), LADDERS[3], asked=18, k=4)


def test_every_shown_pair_of_rungs_agrees() -> None:
    """The same people at any rung add up: nothing in a coarse table contradicts a fine one."""
    for counts in itertools.islice(compositions(18, 3), 60):
        found = publish_whole(people(counts), LADDERS[3], asked=18)
        if isinstance(found, Table):
            assert sum(cell.count for cell in found.cells) == 18


@pytest.mark.parametrize(("count", "total", "percent"), [(1, 3, 35), (7, 15, 45), (0, 0, 0), (15, 15, 100)])
def test_percentages_go_to_the_nearest_five(count: int, total: int, percent: int) -> None:
    assert rounded_percent(count, total) == percent
