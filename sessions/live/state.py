"""The live session as the fold of its events. No Django in here; moments are aware datetimes, lengths are seconds.

The server owns the clock. A state says since when the current block is counting and how much it had used before,
so every reader counts down alone and a lost connection changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class RunPhase(StrEnum):
    READY = "ready"  # the room is open, nothing has begun
    GOING = "going"
    PAUSED = "paused"
    ENDED = "ended"


class MoveError(ValueError):
    """The event makes no sense in this state. The argument is a code."""


@dataclass(frozen=True)
class RunItem:
    """A block as the run knows it: a snapshot taken at the start, or when it was put in."""

    id: str
    minutes: int
    minimum: int
    maximum: int
    sponge: bool = False
    protected: bool = False
    priority: str = "should"

    def as_data(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "minutes": self.minutes,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "sponge": self.sponge,
            "protected": self.protected,
            "priority": self.priority,
        }


@dataclass(frozen=True)
class Event:
    position: int
    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """``current`` is an index into ``items``; ``since`` is None while the clock stands still."""

    position: int = 0
    phase: RunPhase = RunPhase.READY
    items: tuple[RunItem, ...] = ()
    current: int = -1
    since: datetime | None = None
    used: tuple[tuple[str, float], ...] = ()  # seconds each block has had before ``since``
    started_at: datetime | None = None
    ended_at: datetime | None = None
    locked_end: datetime | None = None
    left_out: tuple[str, ...] = ()
    silent: bool = False
    agreement: str = ""  # the one we are returning to

    @property
    def item(self) -> RunItem | None:
        return self.items[self.current] if self.phase in (RunPhase.GOING, RunPhase.PAUSED) else None

    @property
    def coming(self) -> tuple[RunItem, ...]:
        """The blocks after the current one (all of them before the start, none after the end)."""
        return () if self.phase is RunPhase.ENDED else self.items[self.current + 1 :]

    def seconds_used(self, now: datetime) -> float:
        """What the current block has had until ``now``."""
        if self.item is None:
            return 0.0
        before = dict(self.used).get(self.item.id, 0.0)
        return before + ((now - self.since).total_seconds() if self.since else 0.0)

    def seconds_left(self, now: datetime) -> float:
        """What the current block still has; negative when it runs over."""
        return self.item.minutes * 60 - self.seconds_used(now) if self.item else 0.0

    def block_ends_at(self, now: datetime) -> datetime | None:
        return now + timedelta(seconds=self.seconds_left(now)) if self.item else None

    def seconds_had(self, item: RunItem) -> float:
        """What a block that is still to come has had already: it was set aside, or we went back past it."""
        return dict(self.used).get(item.id, 0.0)

    def seconds_coming(self) -> float:
        """What all blocks to come still need."""
        return sum(max(item.minutes * 60 - self.seconds_had(item), 0.0) for item in self.coming)

    def planned_end(self, now: datetime) -> datetime | None:
        """When all would end if the current block ends as planned (or now, when it is over)."""
        if self.phase is RunPhase.ENDED:
            return self.ended_at
        begins = now + timedelta(seconds=max(self.seconds_left(now), 0.0))
        return begins + timedelta(seconds=self.seconds_coming())

    def ahead_by(self, now: datetime) -> int:
        """Whole minutes ahead of the agreed end; negative when behind. A started minute counts on neither side."""
        end = self.planned_end(now)
        if end is None or self.locked_end is None:
            return 0
        return int((self.locked_end - end).total_seconds() / 60)

    def room(self, now: datetime) -> int:
        """Whole minutes from the moment the next block can begin to the agreed end. May be negative."""
        if self.locked_end is None:
            return 0
        begins = now + timedelta(seconds=max(self.seconds_left(now), 0.0))
        return int((self.locked_end - begins).total_seconds() // 60)


def fold(events: Iterable[Event]) -> State:
    """The state after all ``events``, which must be in order and without a gap."""
    state = State()
    for event in events:
        state = apply(state, event)
    return state


def apply(state: State, event: Event) -> State:
    """The state after one more event.

    :raises MoveError: the kind is unknown, out of order, or makes no sense now.
    """
    if event.position != state.position + 1:
        raise MoveError("out_of_order")
    handler = _HANDLERS.get(event.kind)
    if handler is None:
        raise MoveError("unknown")
    phases, change = handler
    if state.phase not in phases:
        raise MoveError(f"not_when_{state.phase}")
    return replace(change(state, event), position=event.position)


def _bank(state: State, at: datetime) -> tuple[tuple[str, float], ...]:
    """What each block has used, with the current one counted up to ``at``."""
    used = dict(state.used)
    if state.item is not None:
        used[state.item.id] = state.seconds_used(at)
    return tuple(used.items())


def _start(state: State, event: Event) -> State:
    items = tuple(RunItem(**row) for row in event.data["items"])
    if not items:
        raise MoveError("no_blocks")
    end = datetime.fromisoformat(event.data["ends_at"])
    return replace(
        state, phase=RunPhase.GOING, items=items, current=0, since=event.at, started_at=event.at, locked_end=end
    )


def _next(state: State, event: Event) -> State:
    if state.current + 1 >= len(state.items):
        raise MoveError("last_block")
    return replace(
        state,
        phase=RunPhase.GOING,
        current=state.current + 1,
        used=_bank(state, event.at),
        since=event.at,
        silent=False,
        agreement="",
    )


def _back(state: State, event: Event) -> State:
    if state.current == 0:
        raise MoveError("first_block")
    return replace(
        state,
        phase=RunPhase.GOING,
        current=state.current - 1,
        used=_bank(state, event.at),
        since=event.at,
        silent=False,
    )


def _pause(state: State, event: Event) -> State:
    return replace(state, phase=RunPhase.PAUSED, used=_bank(state, event.at), since=None)


def _resume(state: State, event: Event) -> State:
    return replace(state, phase=RunPhase.GOING, since=event.at)


def _extend(state: State, event: Event) -> State:
    minutes = int(event.data["minutes"])
    item = state.items[state.current]
    if not -60 <= minutes <= 60 or minutes == 0 or item.minutes + minutes < 1:
        raise MoveError("minutes")
    longer = replace(item, minutes=item.minutes + minutes)
    return replace(state, items=(*state.items[: state.current], longer, *state.items[state.current + 1 :]))


def _insert(state: State, event: Event) -> State:
    """Put a block in after the current one; or, with ``now``, in front of it, which goes on afterwards."""
    item = RunItem(**event.data["item"])
    if any(each.id == item.id for each in state.items):
        raise MoveError("twice")
    if event.data.get("now"):
        items = (*state.items[: state.current], item, *state.items[state.current :])
        return replace(
            state, phase=RunPhase.GOING, items=items, used=_bank(state, event.at), since=event.at, silent=False
        )
    place = state.current + 1
    return replace(state, items=(*state.items[:place], item, *state.items[place:]))


def _drop(state: State, event: Event) -> State:
    block = str(event.data["block"])
    found = [item for item in state.coming if item.id == block]
    if not found:
        raise MoveError("not_coming")
    if found[0].protected:
        raise MoveError("protected")
    items = tuple(item for item in state.items if item.id != block)
    return replace(state, items=items, left_out=(*state.left_out, block))


def _retime(state: State, event: Event) -> State:
    """Take on one option of ``sessions.retiming`` for all that is coming, as a whole."""
    minutes = {str(key): int(value) for key, value in event.data["minutes"].items()}
    gone = tuple(str(key) for key in event.data.get("left_out", ()))
    if {item.id for item in state.coming} != set(minutes) | set(gone):
        raise MoveError("not_coming")
    for item in state.coming:
        if item.protected and minutes.get(item.id) != item.minutes:
            raise MoveError("protected")
    kept = tuple(replace(item, minutes=minutes[item.id]) for item in state.coming if item.id in minutes)
    end = state.locked_end
    if event.data.get("ends_at"):
        end = datetime.fromisoformat(event.data["ends_at"])
    return replace(
        state, items=(*state.items[: state.current + 1], *kept), left_out=(*state.left_out, *gone), locked_end=end
    )


def _agreement(state: State, event: Event) -> State:
    return replace(state, agreement=str(event.data.get("agreement") or ""))


def _silent_on(state: State, event: Event) -> State:
    return replace(state, silent=True)


def _silent_off(state: State, event: Event) -> State:
    return replace(state, silent=False)


def _end(state: State, event: Event) -> State:
    used = _bank(state, event.at)
    return replace(
        state, phase=RunPhase.ENDED, used=used, since=None, ended_at=event.at, current=-1, silent=False, agreement=""
    )


_OPEN = (RunPhase.GOING, RunPhase.PAUSED)
_HANDLERS = {
    "start": ((RunPhase.READY,), _start),
    "next": (_OPEN, _next),
    "back": (_OPEN, _back),
    "pause": ((RunPhase.GOING,), _pause),
    "resume": ((RunPhase.PAUSED,), _resume),
    "extend": (_OPEN, _extend),
    "insert": (_OPEN, _insert),
    "drop": (_OPEN, _drop),
    "retime": (_OPEN, _retime),
    "return_to_agreement": (_OPEN, _agreement),
    "silent_on": (_OPEN, _silent_on),
    "silent_off": (_OPEN, _silent_off),
    "end": (_OPEN, _end),
}
