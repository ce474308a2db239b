"""Clock times of an agenda, and what the planner points out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sessions.agenda.timing import AgendaItem, Frame, Warning, lay_out

NINE = datetime(2026, 2, 12, 9, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


FRAME = Frame(NINE, at(60), result="We have a map.", objectives=("o1",), has_hard_moment_lead=True)
OPEN = AgendaItem("open", 10, 5, 15, objectives=frozenset({"o1"}))
MIDDLE = AgendaItem("middle", 30, 20, 45)
CLOSE = AgendaItem("close", 15, 10, 20, protected=True, phase="close")


def test_each_block_begins_when_the_one_before_ends() -> None:
    agenda = lay_out([OPEN, MIDDLE, CLOSE], FRAME)
    assert [(row.starts, row.ends) for row in agenda.rows] == [(at(0), at(10)), (at(10), at(40)), (at(40), at(55))]
    assert (agenda.in_hand, agenda.can_give, agenda.ends, agenda.warnings) == (5, 15, at(55), ())


def test_a_locked_start_waits_for_the_clock() -> None:
    agenda = lay_out([OPEN, replace(CLOSE, locked_start=at(45))], FRAME)
    assert (agenda.rows[1].starts, agenda.rows[1].wait, agenda.in_hand) == (at(45), 35, 0)


def test_a_locked_start_that_has_passed_is_said_aloud() -> None:
    agenda = lay_out([OPEN, MIDDLE, replace(CLOSE, locked_start=at(30))], FRAME)
    assert (agenda.rows[2].starts, agenda.rows[2].late) == (at(40), 10)
    assert agenda.warnings == (Warning("late_for_lock", "close", 10),)


@pytest.mark.parametrize(
    ("items", "changes", "expected"),
    [
        ([OPEN, MIDDLE, CLOSE], {"result": " "}, Warning("no_result", blocks_publishing=True)),
        ([OPEN, CLOSE], {"objectives": ("o1", "o2")}, Warning("objective_unserved", "o2")),
        ([OPEN, replace(MIDDLE, minutes=45), CLOSE], {}, Warning("over", minutes=10)),
        (
            [OPEN, replace(MIDDLE, hard_topic=True), CLOSE],
            {"has_hard_moment_lead": False},
            Warning("hard_without_lead", "middle"),
        ),
        ([OPEN, replace(MIDDLE, has_lead=False), CLOSE], {}, Warning("no_lead", "middle")),
        ([OPEN, replace(MIDDLE, phase="produce"), CLOSE], {}, Warning("made_before_met", "middle")),
        ([OPEN, MIDDLE], {}, Warning("no_close")),
        ([OPEN, MIDDLE, CLOSE], {"has_place": False}, Warning("no_place", blocks_publishing=True)),
    ],
)
def test_warnings(items: list[AgendaItem], changes: dict[str, object], expected: Warning) -> None:
    assert lay_out(items, replace(FRAME, **changes)).warnings == (expected,)


def test_an_empty_agenda_cannot_go_out() -> None:
    agenda = lay_out([], replace(FRAME, objectives=()))
    assert agenda.warnings == (Warning("no_blocks", blocks_publishing=True), Warning("no_objectives"))
    assert not agenda.publishable


def test_relationship_before_production_is_fine() -> None:
    met = AgendaItem("met", 20, 10, 30, phase="relationship")
    made = AgendaItem("made", 5, 5, 5, phase="produce")
    assert lay_out([OPEN, met, made, CLOSE], FRAME).warnings == ()
