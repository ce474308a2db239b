"""Which names may mean the same organization."""

from __future__ import annotations

import time

import pytest

from applications.organizations.matching import alike, pairs
from cohort.people.models import organization_key


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Sea Mar", "SEA MAR, Inc."),
        ("The Opportunity Council", "Opportunity Council"),
        ("Centro de Salud José", "centro de salud jose"),
        ("Smith & Sons LLC", "Smith and Sons"),
    ],
)
def test_what_folds_to_one_name_is_one_record(one: str, two: str) -> None:
    assert organization_key(one) == organization_key(two)


@pytest.mark.parametrize(
    ("one", "two", "why"),
    [
        ("Skagit County Public Health", "Public Health Skagit County", "words"),
        ("Lummi Nation", "Lumi Nation", "near"),
        ("Whatcom Family YMCA", "Whatcom YMCA", "inside"),
        ("Snohomish Dept of Health", "Snohomish Department of Health", "words"),
        ("SVH", "Skagit Valley Hospital", "letters"),
        ("Opportunity Council", "Oportunity Council", "near"),
    ],
)
def test_what_may_be_the_same(one: str, two: str, why: str) -> None:
    for first, second in ((one, two), (two, one)):
        found = alike(organization_key(first), organization_key(second))
        assert found is not None
        assert found[1] == why


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Skagit County Public Health", "Whatcom County Public Health"),
        ("Island Health", "Inland Health"),
        ("Community Health Center", "Family Health Center"),
        ("Housing Authority 1", "Housing Authority 2"),
        ("Tulalip Tribes", "Nooksack Indian Tribe"),
        ("Health Services", "Health"),
        ("", "Anything"),
    ],
)
def test_what_is_different(one: str, two: str) -> None:
    assert alike(organization_key(one) if one else "", organization_key(two)) is None


def test_pairs_come_in_the_same_order_and_quickly() -> None:
    names = {
        n: organization_key(f"{place} {kind} {n // 7}")
        for n, (place, kind) in enumerate(
            (f"Place{a}", kind) for a in range(250) for kind in ("Clinic", "Housing", "School", "Court")
        )
    }
    names[9001], names[9002] = "lummi nation", "lumi nation"
    start = time.perf_counter()
    found = pairs(names)
    assert time.perf_counter() - start < 10  # about a second; the machine may be busy
    assert {9001, 9002} in [{row.first, row.second} for row in found]
    assert found == pairs(dict(reversed(names.items())))
