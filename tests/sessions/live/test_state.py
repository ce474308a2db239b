"""The fold of live events: what the room sees is only ever computed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.live.state import Event, MoveError, RunItem, RunPhase, State, apply, fold

START = datetime(2026, 2, 12, 18, 0, tzinfo=UTC)
ITEMS = [
    RunItem("open", 10, 5, 15),
    RunItem("triz", 35, 20, 50),
    RunItem("break", 15, 10, 25, sponge=True),
    RunItem("close", 10, 6, 20, protected=True, priority="must"),
]
PLAN = {"items": [item.as_data() for item in ITEMS], "ends_at": (START + timedelta(minutes=70)).isoformat()}


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def run(*presses: tuple[Any, ...]) -> State:
    """Fold presses given as ``(minute, kind, data)``, after a start at minute 0."""
    events = [Event(1, "start", START, PLAN)]
    for position, (minute, kind, *data) in enumerate(presses, start=2):
        events.append(Event(position, kind, at(minute), data[0] if data else {}))
    return fold(events)


def test_nothing_has_begun() -> None:
    assert fold([]) == State()
    assert State().phase is RunPhase.READY


def test_start_counts_the_first_block() -> None:
    state = run()
    assert state.item == ITEMS[0]
    assert state.seconds_left(at(4)) == 360
    assert state.block_ends_at(at(4)) == at(10)
    assert state.planned_end(at(4)) == at(70)
    assert state.ahead_by(at(4)) == 0


def test_running_over_puts_us_behind() -> None:
    state = run()
    assert (state.ahead_by(at(10)), state.ahead_by(at(14))) == (0, -4)
    assert state.room(at(14)) == 56


def test_next_early_puts_us_ahead() -> None:
    state = run((6, "next"))
    assert state.item == ITEMS[1]
    assert state.ahead_by(at(6)) == 4


def test_a_pause_stops_the_block_not_the_day() -> None:
    paused = run((4, "pause"))
    assert (paused.phase, paused.seconds_left(at(9))) == (RunPhase.PAUSED, 360)
    assert paused.ahead_by(at(9)) == -5
    resumed = run((4, "pause"), (9, "resume"))
    assert resumed.block_ends_at(at(9)) == at(15)


def test_next_out_of_a_pause_goes_on() -> None:
    assert run((4, "pause"), (5, "next")).phase is RunPhase.GOING


def test_back_gives_a_block_what_it_had_left() -> None:
    state = run((8, "next"), (9, "back"))
    assert state.item == ITEMS[0]
    assert state.block_ends_at(at(9)) == at(11)
    forward = run((8, "next"), (9, "back"), (10, "next"))
    assert forward.block_ends_at(at(10)) == at(44)  # one of its 35 minutes was used


def test_extend_moves_the_end_of_the_block() -> None:
    state = run((3, "extend", {"minutes": 2}))
    assert state.block_ends_at(at(3)) == at(12)
    assert state.ahead_by(at(3)) == -2


def test_insert_comes_next() -> None:
    extra = RunItem("hard", 10, 5, 20)
    state = run((3, "insert", {"item": extra.as_data()}))
    assert [item.id for item in state.items] == ["open", "hard", "triz", "break", "close"]
    assert state.item == ITEMS[0]


def test_insert_now_sets_the_block_aside_and_comes_back_to_it() -> None:
    extra = RunItem("hard", 10, 5, 20)
    state = run((3, "insert", {"item": extra.as_data(), "now": True}))
    assert state.item == extra
    assert [item.id for item in state.coming] == ["open", "triz", "break", "close"]
    again = run((3, "insert", {"item": extra.as_data(), "now": True}), (13, "next"))
    assert again.seconds_left(at(13)) == 420


def test_what_a_set_aside_block_has_had_is_not_needed_again() -> None:
    extra = RunItem("hard", 10, 5, 20)
    state = run((4, "insert", {"item": extra.as_data(), "now": True}))
    assert state.seconds_coming() == (6 + 35 + 15 + 10) * 60
    assert state.ahead_by(at(4)) == -10


def test_drop_takes_out_what_is_coming() -> None:
    state = run((3, "drop", {"block": "triz"}))
    assert [item.id for item in state.items] == ["open", "break", "close"]
    assert state.left_out == ("triz",)


@pytest.mark.parametrize(("block", "code"), [("open", "not_coming"), ("close", "protected"), ("?", "not_coming")])
def test_drop_refuses(block: str, code: str) -> None:
    with pytest.raises(MoveError, match=code):
        run((3, "drop", {"block": block}))


def test_retime_takes_on_a_whole_option() -> None:
    state = run((14, "retime", {"minutes": {"triz": 31, "break": 15, "close": 10}}))
    assert state.ahead_by(at(14)) == 0
    later = {"minutes": {"triz": 35, "break": 15, "close": 10}, "ends_at": at(74).isoformat()}
    assert run((14, "retime", later)).ahead_by(at(14)) == 0
    left = run((14, "retime", {"minutes": {"break": 15, "close": 10}, "left_out": ["triz"]}))
    assert ([i.id for i in left.coming], left.left_out) == (["break", "close"], ("triz",))


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        ({"triz": 31, "break": 15}, "not_coming"),
        ({"triz": 31, "break": 15, "close": 8}, "protected"),
        ({"open": 2, "triz": 31, "break": 15, "close": 10}, "not_coming"),
    ],
)
def test_retime_refuses_half_a_plan_and_protected_blocks(minutes: dict[str, int], code: str) -> None:
    with pytest.raises(MoveError, match=code):
        run((14, "retime", {"minutes": minutes}))


def test_an_agreement_stays_until_the_next_block() -> None:
    assert run((2, "return_to_agreement", {"agreement": "a"})).agreement == "a"
    assert run((2, "return_to_agreement", {"agreement": "a"}), (3, "return_to_agreement")).agreement == ""
    assert run((2, "return_to_agreement", {"agreement": "a"}), (3, "next")).agreement == ""


def test_quiet_time_ends_with_the_block() -> None:
    assert run((2, "silent_on")).silent is True
    assert run((2, "silent_on"), (3, "silent_off")).silent is False
    assert run((2, "silent_on"), (3, "next")).silent is False


def test_the_end_keeps_what_each_block_took() -> None:
    state = run((12, "next"), (40, "end"))
    assert (state.phase, state.item, state.coming) == (RunPhase.ENDED, None, ())
    assert dict(state.used) == {"open": 720.0, "triz": 1680.0}
    assert state.planned_end(at(50)) == at(40)


@pytest.mark.parametrize(
    ("presses", "code"),
    [
        ([(1, "start", PLAN)], "not_when_going"),
        ([(1, "resume")], "not_when_going"),
        ([(1, "back")], "first_block"),
        ([(1, "next"), (2, "next"), (3, "next"), (4, "next")], "last_block"),
        ([(1, "end"), (2, "next")], "not_when_ended"),
        ([(1, "extend", {"minutes": 0})], "minutes"),
        ([(1, "extend", {"minutes": -10})], "minutes"),
        ([(1, "dance")], "unknown"),
    ],
)
def test_what_makes_no_sense_is_refused(presses: list[tuple[Any, ...]], code: str) -> None:
    with pytest.raises(MoveError, match=code):
        run(*presses)


def test_a_gap_is_refused() -> None:
    with pytest.raises(MoveError, match="out_of_order"):
        apply(State(), Event(2, "start", START, PLAN))


KINDS = st.sampled_from(["next", "back", "pause", "resume", "extend", "drop", "silent_on", "silent_off"])


@given(st.lists(st.tuples(st.integers(0, 600), KINDS), max_size=25))
def test_time_is_never_made_or_lost(presses: list[tuple[int, str]]) -> None:
    """Whatever is pressed: what all blocks used, plus the pauses, is the time that passed."""
    state = fold([Event(1, "start", START, PLAN)])
    now, paused = START, 0.0
    for seconds, kind in presses:
        if state.phase is RunPhase.PAUSED:
            paused += seconds
        now += timedelta(seconds=seconds)
        data = {"minutes": 2} if kind == "extend" else {"block": "triz"}
        try:
            state = apply(state, Event(state.position + 1, kind, now, data))
        except MoveError:
            continue
    used = {**dict(state.used), state.item.id: state.seconds_used(now)} if state.item else dict(state.used)
    assert sum(used.values()) + paused == pytest.approx((now - START).total_seconds())
