"""From levels to scores: the weighted mean, the bands, and when readers disagree.

Pure: numbers in, numbers out. The method and its boundaries are those of ``facts/rubric.yaml``
(``calibration.formula``, ``calibration.divergence_rule``, ``bands``). Everything is worked out in
fractions, so that a score never depends on the order in which readers are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import fmean, mean, pstdev
from typing import Any

LOWEST, HIGHEST = 1, 5
CRITERIA_GAP, CRITERIA_COUNT = 2, 2  # a gap of 2 or more on any two criteria
SINGLE_GAP = 3  # or of 3 or more on one
TOTALS_GAP = 20  # or weighted totals more than 20 points apart, of 100

Reading = Mapping[str, "int | None"]  # criterion -> level, or None for “cannot judge”


@dataclass(frozen=True)
class Rubric:
    """What scoring needs of a rubric: weights in order, and bands from the highest down."""

    weights: Mapping[str, int]
    bands: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Score:
    """One application's score.

    ``points`` is 100..500 (mean weighted level times 100), ``hundred`` 0..100 with one decimal,
    ``band`` follows from ``hundred`` as shown, ``unjudged`` are criteria that every reader left out.
    """

    points: int
    hundred: float
    band: str
    readers: int
    unjudged: tuple[str, ...] = ()


def rubric_from(definition: Mapping[str, Any]) -> Rubric:
    """Take weights and bands out of a frozen rubric in the shape of ``facts/rubric.yaml``.

    :raises ValueError: the weights do not add up to what the rubric says they should.
    """
    weights = {criterion["id"]: int(criterion["weight"]) for criterion in definition["criteria"]}
    if sum(weights.values()) != definition.get("weights_sum_to", 100):
        raise ValueError("The weights of this rubric do not add up.")
    levels = definition.get("bands", {}).get("levels", [])
    bands = sorted(((str(row["id"]), int(row["from"])) for row in levels), key=lambda band: -band[1])
    return Rubric(weights=weights, bands=tuple(bands))


def half_up(value: Fraction) -> int:
    """Round to the nearest whole number, halves up (the built-in rounds halves to even)."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def weighted(means: Mapping[str, Fraction], rubric: Rubric) -> Fraction | None:
    """The weighted mean level, 1..5, over the criteria in ``means``; None when there is none.

    Weights of criteria that nobody could judge fall out, and the others keep their proportions.
    """
    judged = [criterion for criterion in rubric.weights if criterion in means]
    whole = sum(rubric.weights[criterion] for criterion in judged)
    if not whole:
        return None
    return sum((rubric.weights[criterion] * means[criterion] for criterion in judged), Fraction(0)) / whole


def hundred(level: Fraction) -> Fraction:
    """Turn a level of 1..5 into 0..100: ``sum(weight * (mean - 1) / 4)`` with weights that sum to 100."""
    return (level - LOWEST) * 100 / (HIGHEST - LOWEST)


def total(reading: Reading, rubric: Rubric) -> Fraction | None:
    """One reader's own total, 0..100; None when they could judge nothing."""
    level = weighted({c: Fraction(v) for c, v in reading.items() if v is not None}, rubric)
    return None if level is None else hundred(level)


def band_of(points: float, rubric: Rubric) -> str:
    """The id of the band that ``points`` (0..100) falls in."""
    for band, lowest in rubric.bands:
        if points >= lowest:
            return band
    return rubric.bands[-1][0] if rubric.bands else ""


def combine(sums: Mapping[str, tuple[int, int]], rubric: Rubric, *, readers: int) -> Score | None:
    """One application's score from ``{criterion: (sum of levels, how many judged)}``.

    Mean per criterion over the readers who judged it, then the weighted mean (rubric formula).
    """
    means = {c: Fraction(summed, count) for c, (summed, count) in sums.items() if count and c in rubric.weights}
    level = weighted(means, rubric)
    if level is None:
        return None
    shown = half_up(hundred(level) * 10) / 10
    return Score(
        points=half_up(level * 100),
        hundred=shown,
        band=band_of(shown, rubric),
        readers=readers,
        unjudged=tuple(c for c in rubric.weights if c not in means),
    )


def disagreement(readings: Sequence[Reading], rubric: Rubric) -> tuple[str, ...]:
    """Why these readings call for a further reader: any of ``two_criteria``, ``one_criterion``, ``totals``.

    A gap is the highest level minus the lowest given to one criterion; “cannot judge” makes no gap.
    Empty when the readers agree well enough, or when there are fewer than two.
    """
    if len(readings) < 2:
        return ()
    gaps = []
    for criterion in rubric.weights:
        levels = [level for reading in readings if (level := reading.get(criterion)) is not None]
        gaps.append(max(levels) - min(levels) if levels else 0)
    totals = [worth for reading in readings if (worth := total(reading, rubric)) is not None]
    reasons = []
    if sum(gap >= CRITERIA_GAP for gap in gaps) >= CRITERIA_COUNT:
        reasons.append("two_criteria")
    if any(gap >= SINGLE_GAP for gap in gaps):
        reasons.append("one_criterion")
    if totals and max(totals) - min(totals) > TOTALS_GAP:
        reasons.append("totals")
    return tuple(reasons)


@dataclass(frozen=True)
class ReaderFigures:
    """How one reader reads, to help them and staff; never a ranking.

    ``leaning`` is in points of 100: their mean total minus the mean of the other readers of the
    same applications. ``spread`` is the standard deviation of their own totals.
    """

    sent: int
    spread: float | None
    leaning: float | None
    minutes: int | None


def figures(
    own: Mapping[Any, Fraction], others: Mapping[Any, Sequence[Fraction]], minutes: Iterable[float]
) -> ReaderFigures:
    """Figures of one reader. ``own``: application -> their total; ``others``: application -> other totals;
    ``minutes``: time from opening to sending of each. Spread needs 2 totals, leaning one shared application."""
    differences = [float(worth - mean(others[key])) for key, worth in own.items() if others.get(key)]
    spent = sorted(minutes)
    return ReaderFigures(
        sent=len(own),
        spread=round(pstdev([float(worth) for worth in own.values()]), 1) if len(own) > 1 else None,
        leaning=round(mean(differences), 1) if differences else None,
        minutes=round(spent[len(spent) // 2]) if spent else None,
    )


# ---------------------------------------------------------------- the same score without readers' leanings

SHRINKAGE = 4  # readings: a reader with 4 readings has half of their leaning taken off, with 12 three quarters
ADJUST_FROM = 8  # readings that each reader must have sent (rubric.yaml, calibration.aggregation)
_SWEEPS, _CLOSE = 200, 1e-9


def leanings(totals: Mapping[Any, Mapping[Any, float]]) -> dict[Any, float] | None:
    """How many points (of 100) each reader tends to give above the others, pulled towards none.

    ``totals``: application -> reader -> that reader's total, 0..100. None when some reader has fewer than
    :data:`ADJUST_FROM` readings, because then a leaning cannot be told from a run of strong applications.

    Additive model ``total = application + reader + rest`` by penalised least squares: readers' effects carry a
    ridge penalty of :data:`SHRINKAGE`, applications none. That is the best linear unbiased prediction of random
    reader effects with known variance ratio (C. R. Henderson, “Best linear unbiased estimation and prediction under
    a selection model”, Biometrics 31, 1975); solved by Gauss-Seidel sweeps, which converge because the penalised
    normal equations are positive definite. Comparing readers within applications corrects for who happened to read
    strong ones; subtracting plain reader means would not.
    """
    count: dict[Any, int] = {}
    apart: dict[Any, float] = {}  # what a reader gave above the plain means of what they read, summed
    beside: dict[Any, dict[Any, float]] = {}  # over what two readers share: one divided by the number of its readers
    for given in totals.values():
        if given:
            plain, part = fmean(given.values()), 1 / len(given)
        for reader, total in given.items():
            count[reader] = count.get(reader, 0) + 1
            apart[reader] = apart.get(reader, 0.0) + total - plain
            row = beside.setdefault(reader, {})
            for other in given:
                row[other] = row.get(other, 0.0) + part
    if not count or min(count.values()) < ADJUST_FROM:
        return None
    effect = dict.fromkeys(count, 0.0)
    for _sweep in range(_SWEEPS):
        # An application's worth is its plain mean less the mean effect of its readers: put in, only readers remain.
        found = {
            reader: (apart[reader] + sum(part * effect[other] for other, part in beside[reader].items()))
            / (read + SHRINKAGE)
            for reader, read in count.items()
        }
        moved = max(abs(found[reader] - effect[reader]) for reader in found)
        effect = found
        if moved < _CLOSE:
            break
    return effect


def adjusted(totals: Mapping[Any, Mapping[Any, float]]) -> dict[Any, float]:
    """Each application's mean total with its readers' :func:`leanings` taken off, 0..100 with one decimal.

    To be shown beside the raw score, never in its place. Empty when leanings cannot be told.
    """
    effect = leanings(totals)
    if effect is None:
        return {}
    return {
        one: round(min(100.0, max(0.0, fmean(total - effect[reader] for reader, total in given.items()))), 1)
        for one, given in totals.items()
        if given
    }
