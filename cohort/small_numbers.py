"""When counts of a small group may be shown. There are two rules, because two different things are at stake.

**Whole or not at all** (:func:`publish_whole`), for tables about identity. A reader may know who is in the group and
what some of them are, so a hidden cell can be worked out from the shown ones and the total. The usual recipe, hiding
small cells and then the next smallest, leaks in groups of this size to a reader who knows the rule. A table is shown
only if *every* cell n has ``k <= n <= T - k``; otherwise the next coarser rung of a ladder that is fixed beforehand is
tried, and after the last one nothing is shown (docs/facts.md, 4.5; brute force in the tests).

**Merged neighbours** (:func:`merge_neighbours`), for what a group of about fifteen said in a survey. Nobody knows
beforehand who would say what, and a group that gives its answers must hear something back: all or nothing would show
nothing most of the time. Neighbours in the order of the choices are merged until every cell that is not zero holds
three or more; the shown cells add up, so nothing can be subtracted back. A zero is shown: that nobody chose the lowest
step points to no one.

Merging would not do for identity: what a merged cell holds can be told apart by who is known to be in it. Whole tables
would not do for surveys: one lonely answer would silence the group. Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

K_INTERNAL, K_PUBLIC, K_FLOOR = 5, 10, 5
MIN_RESPONSE_SHARE = 0.70
SMALLEST = 3  # answers in a merged cell

Person = frozenset[str]  # the codes that one person ticked; people who ticked none are not in the list


def _only(code: str) -> Callable[[Person], bool]:
    return lambda person: person == {code}


def _other_than_only(code: str) -> Callable[[Person], bool]:
    return lambda person: person != {code}


#: Cells that a list of codes cannot say.
SPECIAL: dict[str, Callable[[Person], bool]] = {
    "WHITE_ONLY": _only("white"),
    "ONE_OR_MORE_OTHER_GROUPS": _other_than_only("white"),
    "WOMAN_ONLY": _only("woman"),
    "MAN_ONLY": _only("man"),
    "ANOTHER_OR_MORE_THAN_ONE": lambda person: person not in ({"woman"}, {"man"}),
    "ANY": lambda person: person != {"none"},
}


@dataclass(frozen=True)
class Cell:
    """One shown count: people with any of ``codes``, alone or with others."""

    codes: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Table:
    """What is shown: the rung of the ladder (0 is the finest), the cells, and how many people answered."""

    rung: int
    cells: tuple[Cell, ...]
    answered: int


@dataclass(frozen=True)
class Nothing:
    """Why nothing is shown, in a word: ``few`` people, ``response`` too low, or ``cells`` too small."""

    why: str


def in_cell(person: Person, codes: Collection[str]) -> bool:
    """Whether a person counts in a cell."""
    return any(SPECIAL[code](person) if code in SPECIAL else code in person for code in codes)


def publish_whole(
    people: Sequence[Person],
    ladder: Sequence[Sequence[Collection[str]]],
    *,
    asked: int,
    k: int = K_INTERNAL,
) -> Table | Nothing:
    """The finest table that may be shown, or the reason for none.

    :param people: one set of codes per person who answered; "prefer not to answer" and blanks are left out.
    :param ladder: rungs from fine to coarse; each rung is a list of cells, each cell a list of codes.
    :param asked: how many people were asked, whether or not they answered.
    :param k: the threshold; never below :data:`K_FLOOR`.
    :raises ValueError: ``k`` is below the floor.
    """
    if k < K_FLOOR:
        raise ValueError(f"The threshold cannot be below {K_FLOOR}.")
    total = len(people)
    if total < 2 * k:
        return Nothing("few")
    if not asked or total / asked < MIN_RESPONSE_SHARE:
        return Nothing("response")
    for rung, groups in enumerate(ladder):
        cells = tuple(Cell(tuple(codes), sum(in_cell(p, codes) for p in people)) for codes in groups)
        if cells and all(k <= cell.count <= total - k for cell in cells):
            return Table(rung, cells, total)
    return Nothing("cells")


def rounded_percent(count: int, total: int) -> int:
    """A share as a percentage, to the nearest five."""
    return round(20 * count / total) * 5 if total else 0


def merge_neighbours(counts: Sequence[int], smallest: int = SMALLEST) -> list[tuple[int, int, int]]:
    """Merge neighbours until every cell that is not zero holds ``smallest`` or more.

    :param counts: answers per choice, in the order of the choices.
    :return: ``(first, last, count)`` per merged cell; an empty list when even all together are too few.
    """
    groups = [(i, i, c) for i, c in enumerate(counts)]
    while True:
        weak = [g for g in groups if 0 < g[2] < smallest]
        if not weak:
            return groups if any(g[2] for g in groups) else []
        if len(groups) == 1:
            return []
        at = groups.index(min(weak, key=lambda g: (g[2], g[0])))
        left = groups[at - 1] if at else None
        right = groups[at + 1] if at + 1 < len(groups) else None
        # join the smaller neighbour that has answers; an empty one only when there is no other way
        if left is not None and (right is None or (left[2] or 1 << 30, 0) <= (right[2] or 1 << 30, 1)):
            groups[at - 1 : at + 1] = [(left[0], groups[at][1], left[2] + groups[at][2])]
        else:
            assert right is not None
            groups[at : at + 2] = [(groups[at][0], right[1], groups[at][2] + right[2])]
