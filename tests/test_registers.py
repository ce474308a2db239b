"""The one register class: what is in it, in which order, what it refuses, and the door for tests."""

from __future__ import annotations

import pytest

from cohort.registers import Register


def pairs() -> Register[tuple[str, int]]:
    return Register("pairs", key=lambda pair: pair[0], order=lambda pair: pair[1])


def test_things_stand_in_the_order_they_came_or_in_the_one_that_was_asked_for() -> None:
    plain: Register[str] = Register("words")
    assert [plain.register(word) for word in ("b", "a")] == list(plain) == ["b", "a"]
    ordered = pairs()
    ordered.register(("late", 2)), ordered.register(("early", 1))
    assert (list(ordered), len(ordered)) == ([("early", 1), ("late", 2)], 2)


def test_an_equal_thing_counts_once_and_a_different_one_under_its_key_is_refused() -> None:
    register = pairs()
    register.register(("one", 1)), register.register(("one", 1))
    with pytest.raises(ValueError, match="Two pairs are called 'one'"):
        register.register(("one", 2))
    assert list(register) == [("one", 1)]
    assert ("one", 1) in register
    assert ("one", 2) not in register


def test_a_thing_is_found_by_its_key() -> None:
    register = pairs()
    register.register(("one", 1))
    assert register.of("one") == register.find("one") == ("one", 1)
    assert register.find("two") is None
    with pytest.raises(LookupError, match="None of the pairs is called 'two'"):
        register.of("two")


@pytest.mark.parametrize("error", [None, RuntimeError])
def test_what_a_test_changes_is_undone_however_the_test_ends(error: type[Exception] | None) -> None:
    register = pairs()
    register.register(("one", 1))
    for door in (register.opened(), register.holding(("two", 2))):
        try:
            with door:
                register.register(("three", 3))
                assert ("three", 3) in register
                if error:
                    raise error
        except RuntimeError:
            pass
        assert list(register) == [("one", 1)]


def test_the_door_shows_the_contents_and_can_start_from_other_ones() -> None:
    register = pairs()
    register.register(("one", 1))
    with register.opened() as contents:
        assert contents.pop("one") == ("one", 1)
        assert list(register) == []
    with register.holding(("two", 2)):
        assert list(register) == [("two", 2)]
