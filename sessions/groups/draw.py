"""Drawing tables: a fair mix, few repeat meetings, and a reason for everything. No Django in here.

A seeded shuffle, then the best swap of two people until no swap helps, a few times over; the cheapest wins.
Work is counted in iterations, never in seconds, so the same seed gives the same tables on any machine.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

SMALLEST, LIKED, LARGEST = 3, 4, 5

# Costs of two people at one table. Repeats cost the square of the times they already met (docs/facts.md,
# 6.2), so spreading repeats beats loading them on one pair. The others are our own weights: an employer shared
# at one table hurts openness more than two repeat meetings, a sector or style less than one.
SAME_EMPLOYER, SAME_SECTOR, SAME_STYLE = 6, 2, 1
NEVER = 1_000_000

ROLES = ("host", "timekeeper", "note_taker", "voice_keeper")


@dataclass(frozen=True)
class Person:
    id: str
    employer: str = ""
    sector: str = ""
    style: str = ""
    roles_held: Mapping[str, int] = field(default_factory=dict)  # role -> times this season


@dataclass(frozen=True)
class Seated:
    id: str
    role: str = ""


@dataclass(frozen=True)
class Draw:
    """Tables with roles, the cost, the work done, and the reasons as ``(code, number)``."""

    tables: tuple[tuple[Seated, ...], ...]
    cost: int
    iterations: int
    seed: int
    reasons: tuple[tuple[str, int], ...]


Pair = frozenset[str]


def pair(a: str, b: str) -> Pair:
    return frozenset((a, b))


def sizes(people: int) -> list[int]:
    """Table sizes for that many people: between 3 and 5, as near to 4 as can be, larger first.
    When two ways are as near, the one with smaller tables.

    Two people or fewer sit at one table; five or fewer too.

    >>> sizes(14), sizes(11), sizes(7), sizes(5), sizes(2)
    ([4, 4, 3, 3], [4, 4, 3], [4, 3], [5], [2])
    """
    if people <= LARGEST:
        return [people] if people else []
    best: list[int] = []
    for count in range(-(-people // LARGEST), people // SMALLEST + 1):
        small, more = divmod(people, count)
        found = [small + 1] * more + [small] * (count - more)
        if not best or _unevenness(found) <= _unevenness(best):
            best = found
    return best


def _unevenness(found: Sequence[int]) -> int:
    return sum((size - LIKED) ** 2 for size in found)


class _Costs:
    """What it costs to seat any two people together."""

    def __init__(self, people: Sequence[Person], met: Mapping[Pair, int], apart: Collection[Pair]) -> None:
        self.of: dict[Pair, int] = {}
        for a, b in combinations(people, 2):
            key = pair(a.id, b.id)
            cost = met.get(key, 0) ** 2
            cost += SAME_EMPLOYER * bool(a.employer and a.employer == b.employer)
            cost += SAME_SECTOR * bool(a.sector and a.sector == b.sector)
            cost += SAME_STYLE * bool(a.style and a.style == b.style)
            self.of[key] = cost + (NEVER if key in apart else 0)

    def at(self, person: str, table: Sequence[str], but: str = "") -> int:
        """Cost of ``person`` at ``table``, leaving out themselves and ``but``."""
        return sum(self.of[pair(person, other)] for other in table if other not in (person, but))

    def whole(self, tables: Sequence[Sequence[str]]) -> int:
        return sum(self.of[pair(a, b)] for table in tables for a, b in combinations(table, 2))


def draw(
    people: Sequence[Person],
    *,
    met: Mapping[Pair, int] | None = None,
    apart: Collection[Pair] = (),
    seed: int = 1,
    restarts: int = 6,
) -> Draw:
    """Seat ``people``. ``met``: how often two people shared a table before. ``apart``: pairs that must not.

    A pair that could not be kept apart shows in the reasons as ``apart_broken``; it never happens silently.
    """
    met = met or {}
    if not people:
        return Draw((), 0, 0, seed, ())
    by_id = {person.id: person for person in sorted(people, key=lambda person: person.id)}
    costs = _Costs(list(by_id.values()), met, apart)
    best: list[list[str]] = []
    best_cost = iterations = 0
    for round_number in range(restarts):
        tables = _shuffled(list(by_id), random.Random(seed * 1009 + round_number))  # noqa: S311  fairness, not secrecy
        cost, steps = _improve(tables, costs)
        iterations += steps
        if not best or cost < best_cost:
            best, best_cost = tables, cost
        if best_cost == 0:
            break
    seated = tuple(_with_roles(table, by_id) for table in best)
    return Draw(seated, best_cost, iterations, seed, _reasons(best, by_id, met, apart))


def _shuffled(ids: list[str], source: random.Random) -> list[list[str]]:
    source.shuffle(ids)
    tables, start = [], 0
    for size in sizes(len(ids)):
        tables.append(ids[start : start + size])
        start += size
    return tables


def _improve(tables: list[list[str]], costs: _Costs) -> tuple[int, int]:
    """Make the best swap until none helps. Gives the cost and how many swaps were weighed."""
    weighed = 0
    while True:
        best_gain, best_swap = 0, None
        for one, two in combinations(range(len(tables)), 2):
            for i, a in enumerate(tables[one]):
                for j, b in enumerate(tables[two]):
                    weighed += 1
                    now = costs.at(a, tables[one]) + costs.at(b, tables[two])
                    then = costs.at(b, tables[one], but=a) + costs.at(a, tables[two], but=b)
                    if now - then > best_gain:
                        best_gain, best_swap = now - then, (one, i, two, j)
        if best_swap is None:
            return costs.whole(tables), weighed
        one, i, two, j = best_swap
        tables[one][i], tables[two][j] = tables[two][j], tables[one][i]


def _with_roles(table: Sequence[str], by_id: Mapping[str, Person]) -> tuple[Seated, ...]:
    """Share out the work at a table: to those who did that job least, then to those who did least at all."""
    free, given = sorted(table), {}
    for role in ROLES:
        if not free:
            break
        chosen = min(
            free,
            key=lambda each: (by_id[each].roles_held.get(role, 0), sum(by_id[each].roles_held.values()), each),
        )
        given[chosen] = role
        free.remove(chosen)
    return tuple(Seated(each, given.get(each, "")) for each in sorted(table))


def _reasons(
    tables: Sequence[Sequence[str]], by_id: Mapping[str, Person], met: Mapping[Pair, int], apart: Collection[Pair]
) -> tuple[tuple[str, int], ...]:
    together = [(a, b) for table in tables for a, b in combinations(table, 2)]
    again = [met.get(pair(a, b), 0) for a, b in together]

    def shared(field_name: str) -> int:
        return sum(
            bool(getattr(by_id[a], field_name)) and getattr(by_id[a], field_name) == getattr(by_id[b], field_name)
            for a, b in together
        )

    broken = sum(pair(a, b) in apart for a, b in together)
    present = [one for one in apart if one <= by_id.keys()]
    found = [
        ("tables", len(tables)),
        ("new_pairs", again.count(0)),
        ("repeat_pairs", len(again) - again.count(0)),
        ("same_employer", shared("employer")),
        ("same_sector", shared("sector")),
        ("apart_kept", len(present) - broken),
    ]
    if broken:
        found.append(("apart_broken", broken))
    return tuple(found)


def seat_latecomer(
    person: Person,
    tables: Sequence[Sequence[Person]],
    *,
    met: Mapping[Pair, int] | None = None,
    apart: Collection[Pair] = (),
) -> int:
    """Index of the table for somebody who comes later. Nobody else moves.

    The smallest table, then the one that costs least; a table with somebody to be kept apart from comes last,
    and a full table (5) only when all are full.
    """
    met = met or {}

    def key(index: int) -> tuple[bool, bool, int, int, int]:
        table = list(tables[index])
        costs = _Costs([*table, person], met, ())
        barred = any(pair(person.id, other.id) in apart for other in table)
        return (
            barred,
            len(table) >= LARGEST,
            len(table),
            costs.at(person.id, [other.id for other in table]),
            index,
        )

    return min(range(len(tables)), key=key)
