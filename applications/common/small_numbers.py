"""When a table about identity may be shown: all or nothing, down a ladder of groupings that is fixed beforehand.

The usual recipe, hiding small cells and then the next smallest, leaks in groups of this size to a reader who knows
the rule. Here a table is shown only if *every* cell n has ``k <= n <= T - k``; otherwise the next coarser rung is
tried, and after the last one nothing is shown (docs/facts.md, 4.5; brute force in the tests).

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

K_INTERNAL, K_PUBLIC, K_FLOOR = 5, 10, 5
MIN_RESPONSE_SHARE = 0.70

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


def publish(
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
