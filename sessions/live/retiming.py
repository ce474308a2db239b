"""What to do when a session runs over (or under). Whole minutes in, complete options out. No Django in here.

Rules (docs/facts.md, 6.1): surplus goes to spare-time blocks; a shortage is taken first from
spare-time blocks, then from unprotected blocks in proportion to what they can give, by largest remainder;
then the least needed blocks are left out, the latest first; ending later needs a yes from the room.
Protected blocks are never touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """What an option asks of the room."""

    AS_PLANNED = "as_planned"  # there is time for everything
    SHORTEN = "shorten"
    LEAVE_OUT = "leave_out"  # and bring it to the next session
    END_LATER = "end_later"


#: Which blocks may be left out, and in which order; ``must`` never is.
LEAVE_OUT_ORDER = ("could", "should")


@dataclass(frozen=True)
class Part:
    """A block that is still to come."""

    id: str
    minutes: int
    minimum: int
    maximum: int
    sponge: bool = False
    protected: bool = False
    priority: str = "should"


@dataclass(frozen=True)
class Option:
    """A complete plan for the rest: minutes per block that stays, what is left out, and when it all ends."""

    how: How
    minutes: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...] = ()
    spare: int = 0  # minutes that stay free before the end
    later: int = 0  # minutes past the agreed end

    @property
    def total(self) -> int:
        return sum(minutes for _, minutes in self.minutes)


def by_largest_remainder(amount: int, room: Sequence[int]) -> list[int]:
    """Split ``amount`` over places in proportion to ``room``, in whole units and never above a place's room.

    Left-over units go to the largest fractions, the earlier place first when they are equal.
    ``amount`` above the whole room gives each place all of its room.
    """
    whole = sum(room)
    if amount >= whole:
        return list(room)
    parts = [amount * each // whole for each in room]
    order = sorted(range(len(room)), key=lambda i: (-(amount * room[i] % whole), i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def _take(parts: Sequence[Part], minutes: dict[str, int], short: int, *, sponges: bool) -> int:
    """Take up to ``short`` minutes from the spare-time blocks or from the others; how many are still missing."""
    givers = [part for part in parts if not part.protected and part.sponge is sponges]
    taken = by_largest_remainder(short, [max(minutes[part.id] - part.minimum, 0) for part in givers])
    for part, amount in zip(givers, taken, strict=True):
        minutes[part.id] -= amount
    return short - sum(taken)


def shortened(parts: Sequence[Part], room: int) -> tuple[dict[str, int], int]:
    """Rules 1 to 3: minutes per block within ``room``, and how many minutes are still missing (0: it fits)."""
    minutes = {part.id: part.minutes for part in parts}
    short = sum(minutes.values()) - room
    if short <= 0:
        sponges = [part for part in parts if part.sponge]
        given = by_largest_remainder(-short, [max(part.maximum - part.minutes, 0) for part in sponges])
        for part, amount in zip(sponges, given, strict=True):
            minutes[part.id] += amount
        return minutes, 0
    short = _take(parts, minutes, short, sponges=True)
    if short:
        short = _take(parts, minutes, short, sponges=False)
    return minutes, short


def _ordered(parts: Sequence[Part], minutes: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((part.id, minutes[part.id]) for part in parts)


def options(parts: Sequence[Part], room: int) -> list[Option]:
    """One option when all fits, otherwise two or three complete ones.

    :param parts: the blocks still to come, in order.
    :param room: whole minutes from the moment the next block can begin to the agreed end; may be negative.
    """
    planned = {part.id: part.minutes for part in parts}
    short = sum(planned.values()) - room
    if not parts:
        return []
    if short <= 0:
        minutes, _ = shortened(parts, room)
        option = Option(How.AS_PLANNED, _ordered(parts, minutes), spare=room - sum(minutes.values()))
        return [option]
    found: list[Option] = []
    minutes, missing = shortened(parts, room)
    if not missing:
        found.append(Option(How.SHORTEN, _ordered(parts, minutes)))
    left_out = _leave_out(parts, room)
    if left_out is not None:
        found.append(left_out)
    if missing and left_out is None:
        # Even all that can be given does not reach: give it, and end as little later as that allows.
        found.append(Option(How.END_LATER, _ordered(parts, minutes), later=missing))
    found.append(Option(How.END_LATER, _ordered(parts, planned), later=short))
    unique: list[Option] = []
    for option in found:
        if option not in unique:
            unique.append(option)
    return unique


def _leave_out(parts: Sequence[Part], room: int) -> Option | None:
    """Rule 4: leave out the least needed blocks, latest first, until the rest fits; keep the rest whole if it can be.

    None when there is nothing to leave out, or when leaving out everything allowed is still not enough.
    """
    staying, gone = list(parts), []
    for priority in LEAVE_OUT_ORDER:
        for part in reversed(parts):
            if part.priority != priority or part.protected or part.sponge:
                continue
            staying.remove(part)
            gone.append(part.id)
            spare = room - sum(each.minutes for each in staying)
            order = tuple(each.id for each in parts if each.id in gone)
            if spare >= 0:
                whole = {each.id: each.minutes for each in staying}
                return Option(How.LEAVE_OUT, _ordered(staying, whole), order, spare=spare)
            minutes, missing = shortened(staying, room)
            if not missing:
                return Option(How.LEAVE_OUT, _ordered(staying, minutes), order)
    return None
