"""Who reads what: even, free of conflicts, in a different order for every reader.

Pure and deterministic: the same input and seed give the same lists on any machine. A first pass
gives every application to the eligible readers who have least; a second pass moves single
applications along chains of readers until no chain would make the loads more even. That is the
cost-reducing path method of Harvey, Ladner, Lovász and Tamir, “Semi-matchings for bipartite graphs
and load balancing” (2003), which ends at the most even loads that the conflicts allow.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Id = Any  # anything that can be hashed and written: UUIDs in the product, numbers in tests


@dataclass(frozen=True)
class Reader:
    """One reader: the folded name of their employer (may be empty), languages, and how many they hold already."""

    id: Id
    employer: str = ""
    languages: frozenset[str] = frozenset({"en"})
    load: int = 0


@dataclass(frozen=True)
class Paper:
    """One application: its language and the readers it already has."""

    id: Id
    language: str = "en"
    has: tuple[Id, ...] = ()


@dataclass
class Plan:
    """``readers``: new readers per application. ``short``: how many are missing where conflicts left too few."""

    readers: dict[Id, list[Id]] = field(default_factory=dict)
    short: dict[Id, int] = field(default_factory=dict)


def ticket(seed: str, *parts: object) -> bytes:
    """A number drawn from the seed that is the same everywhere and in no way follows from names or order."""
    return hashlib.sha256("\x1f".join([seed, *map(str, parts)]).encode()).digest()


def shuffled(ids: Iterable[Id], seed: str, reader: Id) -> list[Id]:
    """The order in which one reader meets the applications: random, and different for each reader."""
    return sorted(ids, key=lambda paper: ticket(seed, "order", reader, paper))


def assign(
    papers: Sequence[Paper],
    readers: Sequence[Reader],
    *,
    each: int,
    conflicts: Collection[tuple[Id, Id]],
    seed: str,
) -> Plan:
    """Give every paper up to ``each`` readers in all, counting those it has.

    ``conflicts`` are pairs (paper id, reader id) that must never meet. Two readers with the same
    employer never read the same paper, and a reader must read its language.
    """
    work = _Work(papers, readers, each, frozenset(conflicts), seed)
    for paper in sorted(papers, key=lambda p: ticket(seed, "paper", p.id)):
        work.fill(paper)
    work.even_out()
    return Plan(
        readers={p.id: sorted(work.given[p.id], key=lambda r: ticket(seed, "row", r)) for p in papers},
        short={p.id: need for p in papers if (need := each - len(p.has) - len(work.given[p.id])) > 0},
    )


class _Work:
    """The state of one run: who has what, and how much."""

    def __init__(
        self,
        papers: Sequence[Paper],
        readers: Sequence[Reader],
        each: int,
        conflicts: Collection[tuple[Id, Id]],
        seed: str,
    ) -> None:
        self.papers = {paper.id: paper for paper in papers}
        self.readers = {reader.id: reader for reader in readers}
        self.each, self.conflicts, self.seed = each, conflicts, seed
        self.load = {reader.id: reader.load for reader in readers}
        self.given: dict[Id, set[Id]] = {paper.id: set() for paper in papers}

    def may(self, paper: Id, reader: Id, leaving: Id | None = None) -> bool:
        """Whether ``reader`` may take ``paper``, when ``leaving`` gives it up."""
        kept = (set(self.papers[paper].has) | self.given[paper]) - {leaving}
        one = self.readers[reader]
        if reader in kept or (paper, reader) in self.conflicts:
            return False
        if self.papers[paper].language not in one.languages:
            return False
        return not (
            one.employer
            and any(self.readers[other].employer == one.employer for other in kept if other in self.readers)
        )

    def fill(self, paper: Paper) -> None:
        while len(paper.has) + len(self.given[paper.id]) < self.each:
            free = [reader for reader in self.readers if self.may(paper.id, reader)]
            if not free:
                return
            chosen = min(free, key=lambda r: (self.load[r], ticket(self.seed, "draw", paper.id, r)))
            self.given[paper.id].add(chosen)
            self.load[chosen] += 1

    def even_out(self) -> None:
        while chain := self.chain():
            for paper, giver, taker in chain:
                self.given[paper].discard(giver)
                self.given[paper].add(taker)
                self.load[giver] -= 1
                self.load[taker] += 1

    def chain(self) -> list[tuple[Id, Id, Id]]:
        """Moves (paper, from, to) that take one from a reader with much to one with at least two fewer."""
        order = sorted(self.readers, key=lambda r: (-self.load[r], ticket(self.seed, "giver", r)))
        for start in order:
            found = self._search(start)
            if found:
                return found
        return []

    def _search(self, start: Id) -> list[tuple[Id, Id, Id]]:
        came: dict[Id, tuple[Id, Id]] = {}
        queue, seen = deque([start]), {start}
        while queue:
            giver = queue.popleft()
            if giver != start and self.load[giver] <= self.load[start] - 2:
                moves = []
                while giver != start:
                    paper, source = came[giver]
                    moves.append((paper, source, giver))
                    giver = source
                # One paper twice in a chain could bring two people of one employer together: leave such chains.
                return moves if len({paper for paper, _, _ in moves}) == len(moves) else []
            for paper in sorted(
                (p for p, held in self.given.items() if giver in held), key=lambda p: ticket(self.seed, "move", p)
            ):
                for taker in sorted(self.readers, key=lambda r: self.load[r]):
                    if taker not in seen and self.may(paper, taker, leaving=giver):
                        seen.add(taker)
                        came[taker] = (paper, giver)
                        queue.append(taker)
        return []


def next_reader(
    paper: Paper, readers: Sequence[Reader], *, conflicts: Collection[tuple[Id, Id]], seed: str
) -> Id | None:
    """The one further reader for a paper: eligible, with the smallest load; None when nobody is."""
    plan = assign([paper], readers, each=len(paper.has) + 1, conflicts=conflicts, seed=seed)
    return next(iter(plan.readers[paper.id]), None)


def able(paper: Paper, readers: Sequence[Reader], *, conflicts: Collection[tuple[Id, Id]]) -> list[Id]:
    """Every reader who could take ``paper`` beside those it has."""
    work = _Work([paper], readers, len(paper.has) + 1, conflicts, "")
    return [reader.id for reader in readers if work.may(paper.id, reader.id)]


def loads(plan: Plan, readers: Sequence[Reader]) -> Mapping[Id, int]:
    """How many each reader would hold with this plan."""
    found = {reader.id: reader.load for reader in readers}
    for chosen in plan.readers.values():
        for reader in chosen:
            found[reader] += 1
    return found
