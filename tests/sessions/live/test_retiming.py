"""Re-timing, with the worked example of docs/facts.md, 6.1."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sessions.live.retiming import How, Option, Part, by_largest_remainder, options, shortened

TRIZ = Part("triz", 35, 20, 50)
BREAK = Part("break", 15, 10, 25, sponge=True)
POWER = Part("power", 35, 20, 50)
COMMITMENTS = Part("commitments", 10, 6, 20, protected=True, priority="must")
EVALUATION = Part("evaluation", 5, 3, 8, protected=True, priority="must")
MORNING = [TRIZ, BREAK, POWER, COMMITMENTS, EVALUATION]


def test_the_worked_example() -> None:
    """14:50, locked end 16:00: 100 minutes planned against 70."""
    assert options(MORNING, 70) == [
        Option(How.SHORTEN, (("triz", 22), ("break", 10), ("power", 23), ("commitments", 10), ("evaluation", 5))),
        Option(
            How.LEAVE_OUT,
            (("triz", 35), ("break", 15), ("commitments", 10), ("evaluation", 5)),
            left_out=("power",),
            spare=5,
        ),
        Option(
            How.END_LATER,
            (("triz", 35), ("break", 15), ("power", 35), ("commitments", 10), ("evaluation", 5)),
            later=30,
        ),
    ]


def test_surplus_goes_to_the_break_then_stays_spare() -> None:
    assert options(MORNING, 105) == [
        Option(
            How.AS_PLANNED,
            (("triz", 35), ("break", 20), ("power", 35), ("commitments", 10), ("evaluation", 5)),
        )
    ]
    assert options(MORNING, 120)[0].spare == 10


def test_a_could_block_goes_before_a_later_should_block() -> None:
    parts = [Part("nice", 30, 30, 30, priority="could"), Part("useful", 30, 30, 30), COMMITMENTS]
    assert options(parts, 45) == [
        Option(How.LEAVE_OUT, (("useful", 30), ("commitments", 10)), left_out=("nice",), spare=5),
        Option(How.END_LATER, (("nice", 30), ("useful", 30), ("commitments", 10)), later=25),
    ]


def test_when_nothing_reaches_it_ends_as_little_later_as_can_be() -> None:
    assert options([Part("must", 30, 20, 40, priority="must"), COMMITMENTS], -5) == [
        Option(How.END_LATER, (("must", 20), ("commitments", 10)), later=35),
        Option(How.END_LATER, (("must", 30), ("commitments", 10)), later=45),
    ]


def test_nothing_left_means_no_options() -> None:
    assert options([], 10) == []


def test_largest_remainder_gives_the_odd_minute_to_the_earlier_block() -> None:
    assert by_largest_remainder(25, [15, 15]) == [13, 12]
    assert by_largest_remainder(40, [15, 15]) == [15, 15]
    assert by_largest_remainder(0, [0, 0]) == [0, 0]


@st.composite
def agendas(draw: st.DrawFn) -> list[Part]:
    parts = []
    for number in range(draw(st.integers(1, 8))):
        low, extra, more = draw(st.integers(1, 40)), draw(st.integers(0, 30)), draw(st.integers(0, 30))
        kind = draw(st.sampled_from(["plain", "plain", "sponge", "protected"]))
        parts.append(
            Part(
                str(number),
                low + extra,
                low,
                low + extra + more,
                sponge=kind == "sponge",
                protected=kind == "protected",
                priority=draw(st.sampled_from(["must", "should", "could"])),
            )
        )
    return parts


@given(agendas(), st.integers(-60, 400))
def test_every_option_is_whole_and_keeps_the_rules(parts: list[Part], room: int) -> None:
    by_id = {part.id: part for part in parts}
    found = options(parts, room)
    assert 1 <= len(found) <= 3
    for option in found:
        minutes = dict(option.minutes)
        assert set(minutes) | set(option.left_out) == set(by_id)
        assert option.total == room + option.later - option.spare
        assert all(by_id[key].minimum <= value <= by_id[key].maximum for key, value in option.minutes)
        assert all(minutes[part.id] == part.minutes for part in parts if part.protected)
        assert not any(by_id[key].protected or by_id[key].priority == "must" for key in option.left_out)
        assert (option.how is How.END_LATER) == (option.later > 0)


@given(agendas(), st.integers(0, 400))
def test_breaks_give_before_anything_else(parts: list[Part], room: int) -> None:
    minutes, _ = shortened(parts, room)
    touched = [p for p in parts if not p.sponge and minutes[p.id] < p.minutes]
    if touched:
        assert all(minutes[p.id] == p.minimum for p in parts if p.sponge)
