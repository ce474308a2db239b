"""Charts as plain data. Templates in `templates/ui/charts/` draw them as SVG beside the same numbers in a table.

Nothing here knows Django. Every class holds counts and words; positions come out as numbers between 0 and 100
(or in the units of the drawing, for columns), rounded to a tenth. Colours are classes in `static/css/charts.css`,
so that charts follow dark mode and forced colours, and no number is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise


def _share(value: float, top: float) -> float:
    """``value`` as a percentage of ``top``, between 0 and 100."""
    return round(min(max(value / top, 0.0), 1.0) * 100, 1) if top else 0.0


@dataclass(frozen=True)
class TargetRow:
    """One value of one factor: how many people are proposed, against floor, ideal and ceiling, out of the pool.

    ``note`` is the reason or state in words ("two below its floor"); empty when there is nothing to say.
    ``before`` is the count in another proposal that this one is compared with.
    """

    label: str
    count: int
    floor: int | None = None
    ideal: float | None = None
    ceiling: int | None = None
    pool: int | None = None
    before: int | None = None
    note: str = ""

    @property
    def short(self) -> int:
        """How many people are missing to the floor."""
        return max((self.floor or 0) - self.count, 0)

    @property
    def over(self) -> int:
        """How many people are above the ceiling."""
        return max(self.count - self.ceiling, 0) if self.ceiling is not None else 0

    @property
    def state(self) -> str:
        """``short``, ``over`` or ``met``."""
        return "short" if self.short else "over" if self.over else "met"

    @property
    def change(self) -> str:
        """Change against ``before`` with its sign, or nothing."""
        if self.before is None or self.before == self.count:
            return ""
        return f"{self.count - self.before:+d}".replace("-", "−")


@dataclass(frozen=True)
class TargetRowDrawn:
    row: TargetRow
    bar: float
    before: float | None
    floor: float | None
    ideal: float | None
    ceiling: float | None
    pool: float | None


@dataclass(frozen=True)
class TargetChart:
    """Seats per value of one factor. ``summary`` is the sentence that says what the chart shows.

    All bars share one scale of seats, ``top``; the faint bar of the pool has its own scale, the share of the pool,
    because forty applicants and three seats have no common length. Give ``pool_total`` to draw it.
    """

    title: str
    summary: str
    rows: Sequence[TargetRow]
    unit: str = "seats"
    pool_total: int | None = None

    @property
    def top(self) -> float:
        marks = [m for r in self.rows for m in (r.count, r.floor, r.ideal, r.ceiling, r.before) if m is not None]
        return max(marks, default=0) or 1

    @property
    def drawn(self) -> list[TargetRowDrawn]:
        top = self.top * 1.04  # so that the last mark is not cut by the edge

        def at(value: float | None) -> float | None:
            return None if value is None else _share(value, top)

        return [
            TargetRowDrawn(
                row=r,
                bar=_share(r.count, top),
                before=at(r.before),
                floor=at(r.floor),
                ideal=at(r.ideal),
                ceiling=at(r.ceiling),
                pool=_share(r.pool, self.pool_total) if r.pool is not None and self.pool_total else None,
            )
            for r in self.rows
        ]

    def _any(self, name: str) -> bool:
        return any(getattr(r, name) is not None for r in self.rows)

    @property
    def has_floor(self) -> bool:
        return self._any("floor")

    @property
    def has_ideal(self) -> bool:
        return self._any("ideal")

    @property
    def has_ceiling(self) -> bool:
        return self._any("ceiling")

    @property
    def has_pool(self) -> bool:
        return self._any("pool")

    @property
    def has_before(self) -> bool:
        return self._any("before")


@dataclass(frozen=True)
class Bar:
    """One answer and how many chose it. ``count`` None means that the number is too small to show.

    ``merged`` lists answers that were put together because each alone would be too small to show.
    """

    label: str
    count: int | None
    merged: Sequence[str] = ()


@dataclass(frozen=True)
class BarDrawn:
    bar: Bar
    width: float


@dataclass(frozen=True)
class BarChart:
    """Counts per answer, each told as "4 of 11". ``total`` is how many people answered the question."""

    title: str
    summary: str
    bars: Sequence[Bar]
    total: int

    @property
    def drawn(self) -> list[BarDrawn]:
        return [BarDrawn(bar=b, width=_share(b.count or 0, self.total)) for b in self.bars]


@dataclass(frozen=True)
class Point:
    """A place on the long side ("Mon 3", "2026-01-12") and its value; None is a gap, not a zero."""

    label: str
    value: float | None


@dataclass(frozen=True)
class Column:
    point: Point
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class ColumnChart:
    """Counts in time, one column a day (or week). Drawn ``width`` by ``height`` units; zero is the base line.

    ``running`` adds a line of the running total on its own scale, named at its end.
    """

    title: str
    summary: str
    points: Sequence[Point]
    unit: str = ""
    head: str = "Day"
    running: bool = False
    width: int = 640
    height: int = 160

    @property
    def top(self) -> float:
        return max((p.value for p in self.points if p.value is not None), default=0) or 1

    @property
    def total(self) -> float:
        return sum(p.value or 0 for p in self.points)

    @property
    def drawn(self) -> list[Column]:
        step = self.width / max(len(self.points), 1)
        gap = min(step * 0.25, 6)
        return [
            Column(
                point=p,
                x=round(i * step + gap / 2, 1),
                y=round(self.height * (1 - (p.value or 0) / self.top), 1),
                width=round(step - gap, 1),
                height=round(self.height * (p.value or 0) / self.top, 1),
            )
            for i, p in enumerate(self.points)
        ]

    @property
    def running_line(self) -> str:
        """Points of the running total for an SVG polyline."""
        if not self.total:
            return ""
        step, seen, places = self.width / max(len(self.points), 1), 0.0, []
        for i, p in enumerate(self.points):
            seen += p.value or 0
            places.append(f"{round((i + 0.5) * step, 1)},{round(self.height * (1 - seen / self.total), 1)}")
        return " ".join(places)

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last label, which stand below the drawing."""
        return (self.points[0].label, self.points[-1].label) if self.points else ("", "")


@dataclass(frozen=True)
class LineChart:
    """One value over meetings or days, such as a mean score. ``low`` and ``high`` are the ends of the scale.

    A gap in the values breaks the line. Each value is also told as a number.
    """

    title: str
    summary: str
    points: Sequence[Point]
    low: float = 0
    high: float = 5
    unit: str = ""
    head: str = "Day"
    width: int = 320
    height: int = 96

    def _place(self, i: int, value: float) -> tuple[float, float]:
        step = self.width / max(len(self.points), 1)
        span = (self.high - self.low) or 1
        share = min(max((value - self.low) / span, 0), 1)
        return round((i + 0.5) * step, 1), round(self.height * (1 - share), 1)

    @property
    def dots(self) -> list[tuple[Point, float, float]]:
        return [(p, *self._place(i, p.value)) for i, p in enumerate(self.points) if p.value is not None]

    @property
    def lines(self) -> list[str]:
        """Points of one SVG polyline per unbroken stretch of two or more values."""
        stretches: list[list[tuple[float, float]]] = [[]]
        for i, p in enumerate(self.points):
            if p.value is None:
                stretches.append([])
            else:
                stretches[-1].append(self._place(i, p.value))
        return [" ".join(f"{x},{y}" for x, y in s) for s in stretches if len(s) > 1]

    @property
    def latest(self) -> float | None:
        return next((p.value for p in reversed(self.points) if p.value is not None), None)

    @property
    def ends(self) -> tuple[str, str]:
        return (self.points[0].label, self.points[-1].label) if self.points else ("", "")

    @property
    def steps(self) -> Iterable[tuple[Point, Point]]:
        """Neighbouring points, for words about change."""
        return pairwise(self.points)


@dataclass(frozen=True)
class SmallMultiples:
    """Several small charts of one kind, on the same scale, side by side."""

    title: str
    summary: str
    charts: Sequence[LineChart] = field(default_factory=list)


Chart = TargetChart | BarChart | ColumnChart | LineChart | SmallMultiples
