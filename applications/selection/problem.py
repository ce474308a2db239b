"""What the choice is about: seats, applicants, targets and rules, as plain data.

:func:`parse` turns JSON-like data into a :class:`Problem` or says which field is wrong.
Everything here is canonical: the order of rows in the input never matters.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

TICKET_BITS = 32
DEFAULT_SEED = "public-draw"
KINDS = ("single", "multi")
PRIORITIES = (1, 2, 3)


class BadInput(ValueError):  # noqa: N818 - says what it is
    """One field of the input is wrong. ``path`` reads like ``people[3].score``."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


@dataclass(frozen=True)
class Person:
    """An eligible applicant: an id, a committee score (100..500), an organization, and values per factor."""

    id: str
    score: int
    org: str | None
    values: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class SolverTarget:
    """How many seats one value of one factor should have. ``ideal100`` is in hundredths of a seat."""

    factor: str
    value: str
    kind: str
    min: int
    ideal100: int
    max: int
    priority: int

    @property
    def key(self) -> str:
        return f"{self.factor}={self.value}"

    @property
    def half(self) -> int:
        """Short by this much means: at half of the floor or less."""
        return (self.min + 1) // 2


@dataclass(frozen=True)
class Rules:
    """Hard rules, and how many people one organization may have.

    ``org_cap`` is a stage of its own (it may give way for a floor) unless ``org_cap_hard``; ``org_max`` is never
    broken, so the two together say "one if it can be, two at most".
    """

    org_cap: int | None = None
    org_cap_hard: bool = False
    conflicts: tuple[tuple[str, str], ...] = ()
    pin_in: tuple[str, ...] = ()
    pin_out: tuple[str, ...] = ()
    org_max: int | None = None

    @property
    def hard_cap(self) -> int | None:
        """Seats of one organization that are never exceeded, if there is such a limit."""
        caps = [self.org_max, self.org_cap if self.org_cap_hard else None]
        return min((cap for cap in caps if cap is not None), default=None)

    @property
    def soft_cap(self) -> int | None:
        """Seats of one organization that are exceeded only for what comes before the stage ``org``."""
        return None if self.org_cap_hard else self.org_cap


@dataclass(frozen=True)
class Problem:
    """A complete instance. ``people`` are sorted by id, ``targets`` by factor and value."""

    seats: int
    seats_min: int
    people: tuple[Person, ...]
    targets: tuple[SolverTarget, ...]
    rules: Rules = field(default_factory=Rules)
    lottery_seed: str = DEFAULT_SEED

    @cached_property
    def index(self) -> dict[str, int]:
        """Place of each applicant id in ``people``."""
        return {person.id: i for i, person in enumerate(self.people)}

    @cached_property
    def held(self) -> tuple[tuple[int, ...], ...]:
        """For each applicant, the targets (by place) whose value they hold."""
        return tuple(
            tuple(t for t, target in enumerate(self.targets) if target.value in person.values[target.factor])
            for person in self.people
        )

    @cached_property
    def holders(self) -> tuple[tuple[int, ...], ...]:
        """For each target, the applicants (by place) who hold its value."""
        found: list[list[int]] = [[] for _ in self.targets]
        for i, mine in enumerate(self.held):
            for t in mine:
                found[t].append(i)
        return tuple(map(tuple, found))

    @cached_property
    def members(self) -> dict[str, tuple[int, ...]]:
        """For each organization, its applicants (by place). Applicants without one are left out."""
        found: dict[str, list[int]] = {}
        for i, person in enumerate(self.people):
            if person.org is not None:
                found.setdefault(person.org, []).append(i)
        return {org: tuple(found[org]) for org in sorted(found)}

    @cached_property
    def apart(self) -> tuple[tuple[int, ...], ...]:
        """For each applicant, those who may not be chosen beside them."""
        found: list[set[int]] = [set() for _ in self.people]
        for a, b in self.rules.conflicts:
            found[self.index[a]].add(self.index[b])
            found[self.index[b]].add(self.index[a])
        return tuple(tuple(sorted(others)) for others in found)

    @cached_property
    def tickets(self) -> tuple[int, ...]:
        """The draw: HMAC-SHA256(published seed, applicant id), first 32 bits (RFC 2104, FIPS 180-4).

        It depends on nothing but the seed and the id, so anybody can check it.
        """
        key = self.lottery_seed.encode()
        return tuple(
            int.from_bytes(hmac.new(key, person.id.encode(), hashlib.sha256).digest()[: TICKET_BITS // 8], "big")
            for person in self.people
        )

    @cached_property
    def priorities(self) -> tuple[int, ...]:
        return tuple(sorted({target.priority for target in self.targets}))

    @cached_property
    def gap_weights(self) -> dict[int, tuple[int, int]]:
        """Per priority: the weight of a group at half or less, and of a group left out.

        They make one integer of three numbers, in this order: groups left out, groups at
        half or less of their floor, seats missing.
        """
        weights = {}
        for p in self.priorities:
            mine = [target for target in self.targets if target.priority == p]
            half = 1 + sum(target.min for target in mine)
            weights[p] = (half, half * (1 + len(mine)))
        return weights

    @cached_property
    def stage_names(self) -> tuple[str, ...]:
        gaps = [f"gap{p}" for p in self.priorities]
        return ("seats", *gaps, "over", "org", "dev", "score", "ticket")

    def places(self, ids: Sequence[str]) -> list[int]:
        """Places of applicant ids. Raises :class:`BadInput` for an id that is not in the pool."""
        for k, one in enumerate(ids):
            if one not in self.index:
                raise BadInput(f"cohort[{k}]", f"no applicant has the id {one!r}")
        return [self.index[one] for one in ids]

    def as_data(self) -> dict[str, Any]:
        """The same problem as JSON-like data that :func:`parse` reads back, in canonical order."""
        kinds = {target.factor: target.kind for target in self.targets}
        rules = self.rules
        return {
            "panel": self.seats,
            "panel_min": self.seats_min,
            "lottery_seed": self.lottery_seed,
            "people": [
                {
                    "id": person.id,
                    "score": person.score,
                    "org": person.org,
                    **{factor: _written(person.values[factor], kind) for factor, kind in kinds.items()},
                }
                for person in self.people
            ],
            "targets": [
                {
                    "factor": t.factor,
                    "value": t.value,
                    "kind": t.kind,
                    "min": t.min,
                    "ideal100": t.ideal100,
                    "max": t.max,
                    "priority": t.priority,
                }
                for t in self.targets
            ],
            "rules": {
                "org_cap": rules.org_cap,
                "org_cap_hard": rules.org_cap_hard,
                "conflicts": [list(pair) for pair in rules.conflicts],
                "pin_in": list(rules.pin_in),
                "pin_out": list(rules.pin_out),
                **({} if rules.org_max is None else {"org_max": rules.org_max}),
            },
        }

    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal for equal problems, whatever the order of their rows."""
        text = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _written(values: frozenset[str], kind: str) -> list[str] | str | None:
    return sorted(values) if kind == "multi" else next(iter(values), None)


# ------------------------------------------------------------------------------------------ reading
def parse(data: Any) -> Problem:
    """Read a problem from JSON-like data.

    :raises BadInput: with the path of the first field that is wrong.
    """
    top = _object(data, "$")
    seats = _integer(top.get("panel"), "panel", 1, 10_000)
    seats_min = _integer(top.get("panel_min", seats), "panel_min", 0, seats)
    targets = _targets(top)
    kinds = {target.factor: target.kind for target in targets}
    people = _people(top.get("people"), kinds)
    rules = _rules(top.get("rules", {}), {person.id for person in people})
    seed = _text(top.get("lottery_seed", DEFAULT_SEED), "lottery_seed")
    return Problem(seats, seats_min, people, targets, rules, seed)


def _targets(top: Mapping[str, Any]) -> tuple[SolverTarget, ...]:
    policies = _object(top.get("policies", {}), "policies")
    found: dict[tuple[str, str], SolverTarget] = {}
    kinds: dict[str, str] = {}
    for k, row in enumerate(_list(top.get("targets"), "targets")):
        at = f"targets[{k}]"
        row = _object(row, at)
        factor, value = _text(row.get("factor"), f"{at}.factor"), _text(row.get("value"), f"{at}.value")
        if factor in ("id", "score", "org"):
            raise BadInput(f"{at}.factor", f"{factor!r} is not a factor")
        if policies and policies.get(factor) != "selection":
            raise BadInput(f"{at}.factor", f"the policy of {factor!r} does not allow choosing by it")
        kind = row.get("kind")
        if kind not in KINDS:
            raise BadInput(f"{at}.kind", "must be 'single' or 'multi'")
        if kinds.setdefault(factor, kind) != kind:
            raise BadInput(f"{at}.kind", f"{factor!r} is {kinds[factor]!r} elsewhere")
        if (factor, value) in found:
            raise BadInput(at, f"a second target for {factor}={value}")
        low = _integer(row.get("min"), f"{at}.min", 0, 10_000)
        found[factor, value] = SolverTarget(
            factor,
            value,
            kind,
            low,
            _integer(row.get("ideal100"), f"{at}.ideal100", 0, 1_000_000),
            _integer(row.get("max"), f"{at}.max", low, 10_000),
            _integer(row.get("priority"), f"{at}.priority", PRIORITIES[0], PRIORITIES[-1]),
        )
    return tuple(found[key] for key in sorted(found))


def _people(data: Any, kinds: Mapping[str, str]) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for k, row in enumerate(_list(data, "people")):
        at = f"people[{k}]"
        row = _object(row, at)
        one = _text(row.get("id"), f"{at}.id")
        if one in found:
            raise BadInput(f"{at}.id", f"{one!r} is used twice")
        score = _integer(row.get("score"), f"{at}.score", 100, 500)
        org = None if row.get("org") is None else _text(row["org"], f"{at}.org")
        values = {factor: _values(row, factor, kind, at) for factor, kind in kinds.items()}
        found[one] = Person(one, score, org, values)
    return tuple(found[one] for one in sorted(found))


def _values(row: Mapping[str, Any], factor: str, kind: str, at: str) -> frozenset[str]:
    """The values one person holds; an empty list or null is somebody who did not say."""
    path = f"{at}.{factor}"
    if factor not in row:
        raise BadInput(path, "is missing (use null for no answer)")
    raw = row[factor]
    if raw is None:
        return frozenset()
    if isinstance(raw, str):
        return frozenset({_text(raw, path)})
    values = [_text(value, f"{path}[{k}]") for k, value in enumerate(_list(raw, path))]
    if kind == "single" and len(set(values)) > 1:
        raise BadInput(path, "holds several values of a factor that takes one")
    return frozenset(values)


def _rules(data: Any, ids: set[str]) -> Rules:
    row = _object(data, "rules")
    cap = row.get("org_cap")
    hard = row.get("org_cap_hard", False)
    if not isinstance(hard, bool):
        raise BadInput("rules.org_cap_hard", "must be true or false")

    def known(value: Any, path: str) -> str:
        one = _text(value, path)
        if one not in ids:
            raise BadInput(path, f"no applicant has the id {one!r}")
        return one

    pairs = set()
    for k, pair in enumerate(_list(row.get("conflicts", []), "rules.conflicts")):
        at = f"rules.conflicts[{k}]"
        two = [known(one, f"{at}[{j}]") for j, one in enumerate(_list(pair, at))]
        if len(two) != 2 or two[0] == two[1]:
            raise BadInput(at, "must name two different applicants")
        pairs.add((min(two), max(two)))

    def pins(name: str) -> tuple[str, ...]:
        path = f"rules.{name}"
        return tuple(sorted({known(one, f"{path}[{k}]") for k, one in enumerate(_list(row.get(name, []), path))}))

    low = 1 if cap is None else _integer(cap, "rules.org_cap", 1, 10_000)
    most = row.get("org_max")
    return Rules(
        None if cap is None else low,
        hard,
        tuple(sorted(pairs)),
        pins("pin_in"),
        pins("pin_out"),
        None if most is None else _integer(most, "rules.org_max", low, 10_000),
    )


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput(path, "must be an object")
    return value


def _list(value: Any, path: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise BadInput(path, "must be a list")
    return value


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadInput(path, "must be a text that is not empty")
    return value


def _integer(value: Any, path: str, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(path, "must be a whole number")
    if not low <= value <= high:
        raise BadInput(path, f"must be between {low} and {high}")
    return value
