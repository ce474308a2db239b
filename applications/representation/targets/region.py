"""What is known of the region itself, to stand beside the pool and the proposals (``facts/regions.yaml``).

Two practical factors have a count of the people who live in the region: where they live, and whether that place is
rural. Kinds and sizes of organizations and areas of work have none; nothing is drawn for those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.common import call_forms
from applications.models import Call, Target

#: Answers about places that the Census would count as rural; it counts some small towns as urban.
RURAL = frozenset({"rural", "island", "reservation", "town"})
URBAN = frozenset({"city", "suburb"})

#: What the numbers of a factor are, in a sentence that stands beside them.
NOTES: dict[str, Promise] = {
    "geography": _("Region: the share of people who live there, counted in 2020 and rounded."),
    "rurality": _(
        "Region: the share of people who live in rural places, as the 2020 Census counts them. It counts "
        "some small towns as urban."
    ),
}


def population(call: Call, rows: Iterable[Target]) -> dict[tuple[str, str], float]:
    """By (factor, code) of a target: the share of the region's people to compare it with, 0 to 1.

    Only where every answer that counts for the target is part of what was counted.
    """
    region = call_forms.region(call.cohort.region) or {}
    found = {}
    for row in rows:
        share = _SHARES[row.factor](region, frozenset(row.values)) if row.factor in _SHARES and row.values else None
        if share is not None:
            found[row.factor, row.code] = share
    return found


def area(region: Mapping[str, Any], code: object) -> float | None:
    """The share of the region's people (adults where they were counted) who live in one of its areas."""
    found = next((row for row in region.get("subareas", []) if row.get("code") == code), None)
    share = (found or {}).get("adult_share", (found or {}).get("pop_share"))
    return float(share) if share is not None else None


def _places(region: Mapping[str, Any], values: frozenset[str]) -> float | None:
    shares = [area(region, code) for code in sorted(values)]
    return None if None in shares else sum(share for share in shares if share is not None)


def _rural(region: Mapping[str, Any], values: frozenset[str]) -> float | None:
    said = region.get("rurality", {}).get("rural")
    if said is None:
        return None
    if "rural" in values and values <= RURAL:
        return float(said)
    return 1 - float(said) if values == URBAN else None


_SHARES: dict[str, Callable[[Mapping[str, Any], frozenset[str]], float | None]] = {
    "geography": _places,
    "rurality": _rural,
}
