"""Exhaustive search, written apart from the product's own measure: the judge of every claim."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

SHAPE = {"place": ("single", ["a", "b", "c"]), "field": ("multi", ["x", "y", "z"])}


def values(person: dict[str, Any], factor: str) -> list[str]:
    raw = person[factor]
    return [] if raw is None else [raw] if isinstance(raw, str) else raw


def vector(data: dict[str, Any], people: Iterable[dict[str, Any]]) -> dict[str, int]:
    """The whole vector of a cohort, worked out by the definitions of docs/selection.md."""
    chosen = list(people)
    out = {"seats": -len(chosen)}
    counts = {
        (t["factor"], t["value"]): sum(t["value"] in values(p, t["factor"]) for p in chosen) for t in data["targets"]
    }
    for priority in sorted({t["priority"] for t in data["targets"]}):
        mine = [t for t in data["targets"] if t["priority"] == priority]
        half = 1 + sum(t["min"] for t in mine)
        gone = half * (1 + len(mine))
        total = 0
        for t in mine:
            if (short := t["min"] - counts[t["factor"], t["value"]]) > 0:
                total += short + (half if 2 * short >= t["min"] else 0) + (gone if short == t["min"] else 0)
        out[f"gap{priority}"] = total
    out["over"] = sum(max(0, counts[t["factor"], t["value"]] - t["max"]) for t in data["targets"])
    cap = data["rules"]["org_cap"]
    orgs = Counter(p["org"] for p in chosen if p["org"] is not None)
    out["org"] = sum(max(0, n - cap) for n in orgs.values()) if cap is not None else 0
    out["dev"] = sum(abs(100 * counts[t["factor"], t["value"]] - t["ideal100"]) for t in data["targets"])
    out["score"] = -sum(p["score"] for p in chosen)
    key = data.get("lottery_seed", "public-draw").encode()
    out["ticket"] = sum(int(hmac.new(key, p["id"].encode(), hashlib.sha256).hexdigest()[:8], 16) for p in chosen)
    return out


def allowed(data: dict[str, Any], ids: set[str], *, pins: bool = True) -> bool:
    rules = data["rules"]
    if pins and not (set(rules["pin_in"]) <= ids and ids.isdisjoint(rules["pin_out"])):
        return False
    if any(a in ids and b in ids for a, b in rules["conflicts"]):
        return False
    orgs = Counter(p["org"] for p in data["people"] if p["id"] in ids and p["org"] is not None)
    caps = [rules["org_cap"] if rules["org_cap_hard"] else None, rules.get("org_max")]
    return all(n <= cap for n in orgs.values() for cap in caps if cap is not None)


def cohorts(
    data: dict[str, Any], require: Iterable[str] = (), forbid: Iterable[str] = ()
) -> Iterator[tuple[dict[str, int], tuple[str, ...]]]:
    """Every allowed cohort with its vector."""
    need, away = set(require), set(forbid)
    pinless = {
        **data["rules"],
        "pin_in": sorted(set(data["rules"]["pin_in"]) - away),
        "pin_out": sorted(set(data["rules"]["pin_out"]) - need),
    }
    data = {**data, "rules": pinless}
    for size in range(data.get("panel_min", data["panel"]), data["panel"] + 1):
        for group in combinations(sorted(data["people"], key=lambda p: p["id"]), size):
            ids = {p["id"] for p in group}
            if need <= ids and ids.isdisjoint(away) and allowed(data, ids):
                yield vector(data, group), tuple(sorted(ids))


def best(data: dict[str, Any], require: Iterable[str] = (), forbid: Iterable[str] = ()) -> Any:
    """The best vector and cohort, or None."""
    return min(cohorts(data, require, forbid), key=lambda row: (tuple(row[0].values()), row[1]), default=None)


@st.composite
def problems(draw: Any, *, most: int = 9, flexible: bool = True) -> dict[str, Any]:
    """Small random problems with everything in them: blanks, several values, pins, conflicts, caps, ranges of seats."""
    n = draw(st.integers(3, most))
    seats = draw(st.integers(1, min(n, 4)))
    people = [
        {
            "id": f"P{k}",
            "score": draw(st.integers(100, 500)),
            "org": draw(st.sampled_from(["o1", "o2", "o3", None])),
            "place": draw(st.sampled_from(["a", "b", "c", "elsewhere", None])),
            "field": draw(st.lists(st.sampled_from(["x", "y", "z"]), unique=True, max_size=3)),
        }
        for k in range(n)
    ]
    targets = []
    for factor, (kind, names) in SHAPE.items():
        for value in draw(st.lists(st.sampled_from(names), unique=True, max_size=3)):
            low = draw(st.integers(0, 4))
            targets.append(
                {
                    "factor": factor,
                    "value": value,
                    "kind": kind,
                    "min": low,
                    "max": draw(st.integers(low, 5)),
                    "ideal100": draw(st.integers(0, 450)),
                    "priority": draw(st.integers(1, 3)),
                }
            )
    ids = [p["id"] for p in people]
    pair = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)
    rules = {
        "org_cap": draw(st.sampled_from([None, 1, 2])),
        "org_cap_hard": draw(st.booleans()),
        "conflicts": draw(st.lists(pair, max_size=2)),
        "pin_in": draw(st.lists(st.sampled_from(ids), max_size=1)),
        "pin_out": draw(st.lists(st.sampled_from(ids), max_size=1)),
    }
    if draw(st.booleans()):
        rules["org_max"] = draw(st.integers(rules["org_cap"] or 1, 3))
    data: dict[str, Any] = {
        "panel": seats,
        "people": people,
        "targets": targets,
        "rules": rules,
        "lottery_seed": draw(st.sampled_from(["public-draw", "another"])),
    }
    if flexible and draw(st.booleans()):
        data["panel_min"] = draw(st.integers(0, seats))
    return data
