"""Each test says what it needs, so that a part of the suite can be chosen by it."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from cohort.ui import cards
from tests import registers

LEVELS = ("unit", "db", "browser", "stack")


def test_each_test_has_exactly_one_level(request: pytest.FixtureRequest) -> None:
    found = {item.nodeid: [one for one in LEVELS if item.get_closest_marker(one)] for item in request.session.items}
    assert {nodeid: levels for nodeid, levels in found.items() if len(levels) != 1} == {}


def left() -> list[cards.Card]:
    return []


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_starts_alike_whatever_the_one_before_left(time: str) -> None:
    assert (translation.get_language(), timezone.get_current_timezone_name()) == ("en", "UTC")
    assert left not in list(cards.PROVIDERS)
    translation.activate("es")
    timezone.activate("America/Lima")
    cards.PROVIDERS.register(left)


def test_what_a_register_held_comes_back_in_its_order() -> None:
    before = [list(register) for register in registers.registers()]
    assert cards.PROVIDERS in registers.registers()
    with registers.kept():
        cards.PROVIDERS.register(left)
    assert [list(register) for register in registers.registers()] == before
    assert any(before)
