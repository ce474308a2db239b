"""Clock times of an agenda, computed; and what a careful planner would point out. No Django in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class AgendaItem:
    """One block as the agenda sees it. Minutes are whole; ``locked_start`` is an exact moment or None."""

    id: str
    minutes: int
    min_minutes: int
    max_minutes: int
    protected: bool = False
    sponge: bool = False
    phase: str = "any"
    hard_topic: bool = False
    has_lead: bool = True
    objectives: frozenset[str] = frozenset()
    locked_start: datetime | None = None


@dataclass(frozen=True)
class Row:
    """A block with its times. ``wait``: free minutes before a locked start; ``late``: minutes past it."""

    item: AgendaItem
    starts: datetime
    ends: datetime
    wait: int = 0
    late: int = 0


@dataclass(frozen=True)
class Warning:
    """Something to look at. ``blocks_publishing``: the session cannot go out like this."""

    code: str
    subject: str = ""  # id of a block or an objective
    minutes: int = 0
    blocks_publishing: bool = False


@dataclass(frozen=True)
class Agenda:
    """All rows, and minutes ``in_hand`` before the end (negative: over). ``can_give``: what the blocks could yield."""

    rows: tuple[Row, ...]
    ends: datetime
    in_hand: int
    can_give: int
    warnings: tuple[Warning, ...] = field(default=())

    @property
    def publishable(self) -> bool:
        return not any(warning.blocks_publishing for warning in self.warnings)


@dataclass(frozen=True)
class Frame:
    """What the warnings need to know of the session itself."""

    starts_at: datetime
    ends_at: datetime
    result: str = ""
    objectives: tuple[str, ...] = ()
    has_hard_moment_lead: bool = False
    has_place: bool = True


def lay_out(items: Sequence[AgendaItem], frame: Frame) -> Agenda:
    """Give each block its start and end, one after the other.

    A locked start that is still ahead leaves a wait before it; one that has passed makes the row ``late``
    and the block begins when the one before it ends.
    """
    rows: list[Row] = []
    clock = frame.starts_at
    for item in items:
        wait = late = 0
        if item.locked_start is not None:
            difference = int((item.locked_start - clock).total_seconds() // 60)
            wait, late = max(difference, 0), max(-difference, 0)
            clock += timedelta(minutes=wait)
        ends = clock + timedelta(minutes=item.minutes)
        rows.append(Row(item, clock, ends, wait, late))
        clock = ends
    in_hand = int((frame.ends_at - clock).total_seconds() // 60)
    can_give = sum(item.minutes - item.min_minutes for item in items if not item.protected)
    return Agenda(tuple(rows), clock, in_hand, can_give, tuple(_warnings(rows, in_hand, frame)))


def _warnings(rows: Sequence[Row], in_hand: int, frame: Frame) -> list[Warning]:
    found: list[Warning] = []
    items = [row.item for row in rows]
    if not frame.result.strip():
        found.append(Warning("no_result", blocks_publishing=True))
    if not items:
        found.append(Warning("no_blocks", blocks_publishing=True))
    if not frame.objectives:
        found.append(Warning("no_objectives"))
    if in_hand < 0:
        found.append(Warning("over", minutes=-in_hand))
    found += [Warning("late_for_lock", row.item.id, row.late) for row in rows if row.late]
    served = frozenset().union(*(item.objectives for item in items))
    found += [Warning("objective_unserved", objective) for objective in frame.objectives if objective not in served]
    if not frame.has_hard_moment_lead:
        found += [Warning("hard_without_lead", item.id) for item in items if item.hard_topic]
    found += [Warning("no_lead", item.id) for item in items if not item.has_lead and not item.sponge]
    # Production before relationship: people are asked to make something before they have met.
    first_made = next((i for i, item in enumerate(items) if item.phase == "produce"), None)
    if first_made is not None and not any(item.phase == "relationship" for item in items[:first_made]):
        found.append(Warning("made_before_met", items[first_made].id))
    if items and not any(item.phase == "close" for item in items):
        found.append(Warning("no_close"))
    if not frame.has_place:
        found.append(Warning("no_place", blocks_publishing=True))
    return found
