"""Region, pool and proposals beside each other, per value of one factor, on one scale: the share of each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import selection
from applications.common import lists_in_words
from applications.representation.proposals import labels
from applications.representation.targets.region import NOTES

Key = tuple[str, str]  # factor, value
Counts = Mapping[Key, int]
THICK, THIN, GAP = 10.0, 4.0, 2.0


@dataclass(frozen=True)
class Series:
    """One group of people that is shown: its name, how many there are, and how many of them count for each target."""

    label: str
    total: int
    counts: Counts


@dataclass(frozen=True)
class Bar:
    """One bar of the drawing. ``kind``: region, pool, proposal or other; lengths in hundredths of the width."""

    kind: str
    y: float
    height: float
    width: float


@dataclass(frozen=True)
class MatrixLine:
    """One value: its name, its numbers, and what is drawn. ``state``: short, over or met."""

    label: str
    note: str
    state: str
    region: str
    pool: int
    pool_share: str
    counts: tuple[int, ...]
    floor: int
    ideal: str
    ceiling: int
    bars: tuple[Bar, ...]
    marks: tuple[tuple[str, float], ...]
    mark_from: float
    mark_to: float


@dataclass(frozen=True)
class Matrix:
    """One factor. ``heads`` are the names of the proposals, the one that is looked at first."""

    factor: str
    title: str
    summary: str
    heads: tuple[str, ...]
    lines: tuple[MatrixLine, ...]
    has_region: bool
    height: float
    note: str = ""  # what the numbers of the region are


def percent(share: float) -> str:
    """A share in words: whole percent, one decimal below two."""
    return f"{100 * share:.0f}%" if share >= 0.02 or share == 0 else f"{100 * share:.1f}%"


def matrices(
    problem: selection.Problem,
    order: Sequence[Key],
    names: labels.Names,
    region: Mapping[Key, float],
    series: Sequence[Series],
) -> list[Matrix]:
    """One table and drawing per factor; the first of ``series`` is the proposal, the others are beside it."""
    holders = {(t.factor, t.value): len(problem.holders[k]) for k, t in enumerate(problem.targets)}
    pool = Series("", len(problem.people), holders)
    place = {key: k for k, key in enumerate(order)}
    groups: dict[str, list[selection.SolverTarget]] = {}
    for target in sorted(problem.targets, key=lambda t: (place.get((t.factor, t.value), len(place)), t.key)):
        groups.setdefault(target.factor, []).append(target)
    return [_matrix(factor, mine, names, region, pool, series, problem.seats) for factor, mine in groups.items()]


def _matrix(
    factor: str,
    mine: Sequence[selection.SolverTarget],
    names: labels.Names,
    region: Mapping[Key, float],
    pool: Series,
    series: Sequence[Series],
    seats: int,
) -> Matrix:
    keys = [(t.factor, t.value) for t in mine]
    shares = [_share(s, key) for s in (pool, *series) for key in keys]
    marks = [share for t in mine for share in (t.min / seats, t.ideal100 / 100 / seats)]
    marks += [t.max / seats for t in mine if t.max < seats]
    top = 1.04 * max([*shares, *marks, *(region[key] for key in keys if key in region), 0.01])
    has_region = any(key in region for key in keys)
    lines = [_line(t, names, region, pool, series, seats, top, has_region) for t in mine]
    return Matrix(
        factor,
        names.factors.get(factor, factor),
        _summary(lines),
        tuple(s.label for s in series),
        tuple(lines),
        has_region,
        _height(len(series), has_region),
        str(NOTES[factor]) if has_region else "",
    )


def _share(series: Series, key: Key) -> float:
    return series.counts.get(key, 0) / series.total if series.total else 0.0


def _height(series: int, has_region: bool) -> float:
    return (THIN + GAP) * (1 + has_region) + THICK + (series - 1) * (THIN + GAP) + GAP


def _line(
    target: selection.SolverTarget,
    names: labels.Names,
    region: Mapping[Key, float],
    pool: Series,
    series: Sequence[Series],
    seats: int,
    top: float,
    has_region: bool,
) -> MatrixLine:
    key = (target.factor, target.value)
    count = series[0].counts.get(key, 0)

    def at(share: float) -> float:
        return round(100 * min(share / top, 1), 1)

    bars, y = [], 0.0
    if has_region:
        bars.append(Bar("region", y, THIN, at(region.get(key, 0))))
        y += THIN + GAP
    bars.append(Bar("pool", y, THIN, at(_share(pool, key))))
    y += THIN + GAP
    start = y
    bars.append(Bar("proposal", y, THICK, at(_share(series[0], key))))
    y += THICK + GAP
    for other in series[1:]:
        bars.append(Bar("other", y, THIN, at(_share(other, key))))
        y += THIN + GAP
    marks = [("floor", at(target.min / seats)), ("ideal", at(target.ideal100 / 100 / seats))]
    marks += [("ceiling", at(target.max / seats))] if target.max < seats else []
    state = "short" if count < target.min else "over" if count > target.max else "met"
    return MatrixLine(
        names.target(*key),
        _note(target, count),
        state,
        percent(region[key]) if key in region else "",
        pool.counts.get(key, 0),
        percent(_share(pool, key)),
        tuple(s.counts.get(key, 0) for s in series),
        target.min,
        f"{target.ideal100 / 100:.2f}".rstrip("0").rstrip("."),
        target.max,
        tuple(bars),
        tuple(marks),
        start - 1,
        y,
    )


def _note(target: selection.SolverTarget, count: int) -> str:
    if count < target.min:
        n = target.min - count
        return ngettext("%(n)s seat below the floor", "%(n)s seats below the floor", n) % {"n": n}
    if count > target.max:
        n = count - target.max
        return ngettext("%(n)s seat above the ceiling", "%(n)s seats above the ceiling", n) % {"n": n}
    return ""


def _summary(lines: Sequence[MatrixLine]) -> str:
    """The sentence that says what the drawing shows."""
    short = [line.label for line in lines if line.state == "short"]
    over = [line.label for line in lines if line.state == "over"]
    parts = []
    if short:
        parts.append(_("Below the floor: %(groups)s.") % {"groups": lists_in_words.listed(short)})
    if over:
        parts.append(_("Above the ceiling: %(groups)s.") % {"groups": lists_in_words.listed(over)})
    return " ".join(parts) or _("Every floor is met.")
