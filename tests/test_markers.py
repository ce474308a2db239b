"""Each test says what it needs, so that a part of the suite can be chosen by it."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from tests import registers

LEVELS = ("unit", "db", "browser", "stack")


def test_each_test_has_exactly_one_level(request: pytest.FixtureRequest) -> None:
    found = {item.nodeid: [one for one in LEVELS if item.get_closest_marker(one)] for item in request.session.items}
    assert {nodeid: levels for nodeid, levels in found.items() if len(levels) != 1} == {}


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_starts_alike_whatever_the_one_before_left(time: str) -> None:
    assert (translation.get_language(), timezone.get_current_timezone_name()) == ("en", "UTC")
    assert "left" not in [*registers.registers()[0], *registers.registers()[1]]
    translation.activate("es")
    timezone.activate("America/Lima")
    registers.registers()[0].append("left")
    registers.registers()[1]["left"] = "left"


def test_what_a_register_held_comes_back_in_its_order() -> None:
    before = [list(register) for register in registers.registers()]
    with registers.kept():
        for register in registers.registers():
            register.clear()
    assert [list(register) for register in registers.registers()] == before
    assert any(before)
