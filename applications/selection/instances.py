"""Generated pools for tests, benchmarks and trying things out. Everything in them is invented.

Only ``random.Random(text)`` is used, so the same size, level and seed give the same pool, byte for
byte, on every machine. The shape is that of a real call: a few organizations send many people,
some groups are rare in the pool, some rarer than in the region.

    python -m applications.selection.instances 300 tight 7 > pool.json
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import sys
from typing import Any

PANEL = 15
LEVELS = ("loose", "tight", "gap")

# factor -> (kind, {value: (share in the region, share among applicants)}); shares of a factor that takes
# several values are the chance that a person holds the value
FACTORS: dict[str, tuple[str, dict[str, tuple[float, float]]]] = {
    "race": (
        "multi",
        {
            "AIAN": (0.07, 0.04),
            "Asian": (0.09, 0.07),
            "Black": (0.14, 0.18),
            "Hispanic": (0.20, 0.13),
            "MENA": (0.04, 0.03),
            "NHPI": (0.03, 0.012),
            "White": (0.58, 0.66),
        },
    ),
    "gender": (
        "single",
        {
            "woman": (0.49, 0.66),
            "man": (0.45, 0.26),
            "nonbinary": (0.04, 0.06),
            "self-described": (0.02, 0.02),
        },
    ),
    "county": (
        "single",
        {
            "C1-metro": (0.32, 0.47),
            "C2-metro": (0.21, 0.22),
            "C3-suburb": (0.14, 0.12),
            "C4-town": (0.11, 0.07),
            "C5-town": (0.08, 0.05),
            "C6-rural": (0.06, 0.035),
            "C7-rural": (0.05, 0.02),
            "C8-remote": (0.03, 0.015),
        },
    ),
    "tribal": ("single", {"enrolled": (0.06, 0.03), "community": (0.05, 0.03), "none": (0.89, 0.94)}),
    "lived": (
        "multi",
        {
            "disability": (0.20, 0.15),
            "poverty": (0.25, 0.20),
            "homelessness": (0.08, 0.06),
            "incarceration": (0.07, 0.04),
            "immigrant-refugee": (0.14, 0.09),
            "LGBTQ+": (0.10, 0.17),
            "caregiver": (0.22, 0.24),
            "veteran": (0.07, 0.03),
        },
    ),
    "sector": (
        "single",
        {
            "government": (0.22, 0.18),
            "nonprofit": (0.28, 0.44),
            "health": (0.20, 0.19),
            "education": (0.17, 0.13),
            "business": (0.13, 0.06),
        },
    ),
    "org_type": (
        "single",
        {
            "grassroots": (0.30, 0.20),
            "established": (0.35, 0.52),
            "public-agency": (0.25, 0.22),
            "tribal-org": (0.10, 0.06),
        },
    ),
}
PRIORITY = {"race": 1, "county": 1, "tribal": 1, "gender": 1, "lived": 2, "sector": 2, "org_type": 3}


def _pick(rng: random.Random, weights: dict[str, float]) -> str:
    r = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        r -= weight
        if r <= 0:
            return key
    return next(reversed(weights))


def _shares(factor: str, column: int) -> dict[str, float]:
    return {value: shares[column] for value, shares in FACTORS[factor][1].items()}


def _target(factor: str, kind: str, value: str, share: float, level: str) -> dict[str, Any]:
    """``loose``: wide ranges; ``tight``: the share rounded down and up; ``gap``: nobody of 2% or more left out."""
    ideal = share * PANEL
    if level == "loose":
        low, high = math.floor(0.5 * ideal), math.ceil(1.6 * ideal) + 1
    elif kind == "multi":
        low, high = math.floor(ideal), math.ceil(1.5 * ideal) + 1
    else:
        low, high = math.floor(ideal), math.ceil(ideal)
    if level == "gap" and share >= 0.02:
        low = max(low, 1)
        high = max(high, low)
    return {
        "factor": factor,
        "value": value,
        "kind": kind,
        "share": share,
        "min": low,
        "ideal100": round(100 * ideal),
        "max": min(high, PANEL),
        "priority": PRIORITY[factor],
    }


def _organizations(rng: random.Random, size: int) -> list[dict[str, str]]:
    found = []
    for k in range(max(12, size // 3)):
        org_type = _pick(rng, _shares("org_type", 1))
        sector = (
            "government" if org_type == "public-agency" and rng.random() < 0.7 else _pick(rng, _shares("sector", 1))
        )
        county = _pick(rng, _shares("county", 1))
        found.append({"id": f"O{k:04d}", "org_type": org_type, "sector": sector, "county": county})
    return found


def _person(rng: random.Random, number: int, orgs: list[dict[str, str]]) -> dict[str, Any]:
    org = orgs[min(int(len(orgs) * rng.random() ** 2.2), len(orgs) - 1)]  # a few send many
    race = [value for value, share in _shares("race", 1).items() if value != "White" and rng.random() < share]
    if not race or rng.random() < 0.16:
        race.append("White")
    near = 0.55 if "AIAN" in race else 0.015
    tribal = _pick(rng, {"enrolled": near * 0.55, "community": near * 0.45, "none": 1 - near})
    county = org["county"] if rng.random() < 0.8 else _pick(rng, _shares("county", 1))
    lived = [value for value, share in _shares("lived", 1).items() if rng.random() < share]
    gender = _pick(rng, _shares("gender", 1))
    quality = rng.gauss(3.3, 0.6)
    marks = [min(5, max(1, round(rng.gauss(quality, 0.7)))) for _ in range(12)]  # 3 readers, 4 criteria
    return {
        "id": f"A{number:05d}",
        "race": sorted(race),
        "gender": gender,
        "county": county,
        "tribal": tribal,
        "lived": sorted(lived),
        "sector": org["sector"],
        "org_type": org["org_type"],
        "org": org["id"],
        "score": round(100 * sum(marks) / len(marks)),
    }


def make(size: int, level: str = "tight", seed: int = 1) -> dict[str, Any]:
    """One pool of ``size`` applicants with targets for a cohort of 15, as data that ``propose`` takes."""
    if level not in LEVELS:
        raise ValueError(f"level is one of {LEVELS}")
    rng = random.Random(f"cohort-{size}-{level}-{seed}")  # noqa: S311 - a reproducible pool, not a secret
    orgs = _organizations(rng, size)
    people = [_person(rng, k, orgs) for k in range(size)]
    ids = [person["id"] for person in people]
    conflicts = [sorted(rng.sample(ids, 2)) for _ in range(max(2, size // 50))]
    by_score = sorted(people, key=lambda person: (-person["score"], person["id"]))
    return {
        "name": f"pool{size}-{level}-s{seed}",
        "size": size,
        "level": level,
        "seed": seed,
        "panel": PANEL,
        "people": people,
        "targets": [
            _target(factor, kind, value, share, level)
            for factor, (kind, values) in FACTORS.items()
            for value, (share, _) in values.items()
        ],
        "rules": {
            "org_cap": 2,
            "org_cap_hard": False,
            "conflicts": conflicts,
            "pin_in": [by_score[0]["id"]],
            "pin_out": [by_score[-1]["id"]],
        },
    }


def flatten(instance: dict[str, Any]) -> dict[str, Any]:
    """The same pool with one value per person and factor, and no rules: what a quota library takes."""
    people = []
    for person in instance["people"]:
        one = {k: person[k] for k in ("id", "gender", "county", "tribal", "sector", "org_type", "org", "score")}
        one["race"] = person["race"][0] if len(person["race"]) == 1 else "Multiracial"
        people.append(one)
    shares = {
        "AIAN": 0.05,
        "Asian": 0.075,
        "Black": 0.12,
        "Hispanic": 0.17,
        "MENA": 0.03,
        "NHPI": 0.02,
        "White": 0.455,
        "Multiracial": 0.08,
    }
    targets = [dict(target) for target in instance["targets"] if target["kind"] == "single"]
    targets += [_target("race", "single", value, share, instance["level"]) for value, share in shares.items()]
    rules: dict[str, Any] = {"org_cap": None, "org_cap_hard": False, "conflicts": [], "pin_in": [], "pin_out": []}
    return {**instance, "name": instance["name"] + "-flat", "people": people, "targets": targets, "rules": rules}


def digest(data: dict[str, Any]) -> str:
    """A short fingerprint, to notice when the generator changes."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


if __name__ == "__main__":
    json.dump(make(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])), sys.stdout, indent=1)
