"""The score formula, the bands and the divergence rule, at and beside every boundary."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.common.call_forms import default_rubric
from applications.review import scoring
from tests.applications.pool import CRITERIA

RUBRIC = scoring.rubric_from(default_rubric())


def reading(*levels: int | None) -> dict[str, int | None]:
    return dict(zip(CRITERIA, levels, strict=True))


def combined(*readings: dict[str, int | None]) -> scoring.Score:
    sums = {}
    for criterion in CRITERIA:
        judged = [r[criterion] for r in readings if r[criterion] is not None]
        if judged:
            sums[criterion] = (sum(judged), len(judged))
    found = scoring.combine(sums, RUBRIC, readers=len(readings))
    assert found is not None
    return found


def test_weights_and_bands_are_those_of_the_facts():
    assert dict(RUBRIC.weights) == dict(zip(CRITERIA, [20, 20, 20, 15, 15, 10], strict=True))
    assert RUBRIC.bands == (("A", 75), ("B", 55), ("C", 0))


def test_a_rubric_whose_weights_do_not_add_up_is_refused():
    broken = default_rubric() | {"criteria": default_rubric()["criteria"][:-1]}
    with pytest.raises(ValueError, match="add up"):
        scoring.rubric_from(broken)


@pytest.mark.parametrize(
    ("level", "points", "hundred", "band"),
    [
        (1, 100, 0.0, "C"),
        (2, 200, 25.0, "C"),
        (3, 300, 50.0, "C"),
        (4, 400, 75.0, "A"),
        (5, 500, 100.0, "A"),
    ],
)
def test_one_level_throughout(level: int, points: int, hundred: float, band: str):
    score = combined(reading(*[level] * 6))
    assert (score.points, score.hundred, score.band, score.unjudged) == (points, hundred, band, ())


def test_weights_count():
    # authority 5, the rest 1: 20 of 100 points.
    assert combined(reading(5, 1, 1, 1, 1, 1)).hundred == 20.0
    assert combined(reading(1, 1, 1, 1, 1, 5)).hundred == 10.0


@pytest.mark.parametrize(("points", "band"), [(75.0, "A"), (74.9, "B"), (55.0, "B"), (54.9, "C"), (0.0, "C")])
def test_bands_begin_at_their_boundary(points: float, band: str):
    assert scoring.band_of(points, RUBRIC) == band


def test_cannot_judge_leaves_that_readers_value_out():
    with_gap = combined(reading(None, 3, 3, 3, 3, 3), reading(5, 3, 3, 3, 3, 3))
    assert with_gap.hundred == 60.0  # authority is 5, by the one reader who judged it
    nobody = combined(reading(None, 3, 3, 3, 3, 3), reading(None, 3, 3, 3, 3, 3))
    assert (nobody.hundred, nobody.unjudged) == (50.0, ("authority",))


def test_nothing_judged_is_no_score():
    assert scoring.combine({}, RUBRIC, readers=2) is None
    assert scoring.total(reading(None, None, None, None, None, None), RUBRIC) is None


@given(st.lists(st.lists(st.integers(1, 5), min_size=6, max_size=6), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_mean_of_readers_totals_is_the_score_when_everybody_judged_everything(levels: list[list[int]]):
    readings = [reading(*row) for row in levels]
    mean = sum((scoring.total(r, RUBRIC) for r in readings), Fraction(0)) / len(readings)
    score = combined(*readings)
    assert score.hundred == scoring.half_up(mean * 10) / 10
    assert score == combined(*reversed(readings))


@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        ((3, 3, 3, 3, 3, 3), (3, 3, 3, 3, 3, 3), ()),
        ((3, 3, 3, 3, 3, 3), (4, 4, 3, 3, 3, 3), ()),  # gaps of 1
        ((3, 3, 3, 3, 3, 3), (3, 3, 3, 3, 3, 5), ()),  # one gap of 2
        ((3, 3, 3, 3, 3, 3), (3, 3, 3, 3, 1, 5), ("two_criteria",)),  # two gaps of 2
        ((2, 3, 3, 3, 3, 3), (5, 3, 3, 3, 3, 3), ("one_criterion",)),  # one gap of 3, totals 15 apart
        ((3, 3, 3, 3, 3, 3), (4, 4, 4, 4, 3, 3), ()),  # totals 18.75 apart
        ((3, 3, 3, 3, 3, 3), (5, 4, 4, 3, 3, 3), ()),  # 20/100*(2+1+1)/4 = exactly 20 points apart
        ((3, 3, 3, 3, 3, 3), (5, 4, 4, 3, 3, 4), ("totals",)),  # 22.5 apart, one gap of 2
        ((None, 3, 3, 3, 3, 3), (5, 3, 3, 3, 3, 3), ()),  # “cannot judge” makes no gap by itself
    ],
)
def test_when_a_further_reader_is_called(first, second, reasons):
    assert scoring.disagreement([reading(*first), reading(*second)], RUBRIC) == reasons


def test_one_reading_cannot_disagree():
    assert scoring.disagreement([reading(1, 5, 1, 5, 1, 5)], RUBRIC) == ()


def test_figures_of_a_reader():
    mine = {"a": Fraction(50), "b": Fraction(70)}
    found = scoring.figures(mine, {"a": [Fraction(40), Fraction(50)], "b": [Fraction(60)]}, [10, 30, 20])
    assert found == scoring.ReaderFigures(sent=2, spread=10.0, leaning=7.5, minutes=20)
    assert scoring.figures({}, {}, []) == scoring.ReaderFigures(sent=0, spread=None, leaning=None, minutes=None)


# ---------------------------------------------------------------- without readers' leanings


def _panel(leaning: dict[str, float], count: int = 12) -> tuple[dict[int, float], dict[int, dict[str, float]]]:
    """Applications worth 40..62, each read by all but one reader in turn, each total moved by the reader's leaning."""
    worth = {number: 40.0 + 2 * number for number in range(count)}
    readers = sorted(leaning)
    return worth, {
        number: {r: value + leaning[r] for place, r in enumerate(readers) if place != number % len(readers)}
        for number, value in worth.items()
    }


def test_leanings_are_found_and_pulled_towards_none():
    _worth, totals = _panel({"kind": 9.0, "even": 0.0, "strict": -9.0})
    found = scoring.leanings(totals)
    assert found["kind"] == pytest.approx(-found["strict"])
    assert found["even"] == pytest.approx(0, abs=1e-6)
    assert 3 < found["kind"] < 9


def test_levelled_scores_are_nearer_to_what_applications_are_worth():
    worth, totals = _panel({"kind": 9.0, "even": 0.0, "strict": -9.0})
    off = {number: abs(sum(given.values()) / len(given) - worth[number]) for number, given in totals.items()}
    left = {number: abs(score - worth[number]) for number, score in scoring.adjusted(totals).items()}
    assert sum(left.values()) < sum(off.values()) / 2


def test_readers_who_met_better_applications_are_not_taken_for_kind():
    totals = {n: {"a": 80.0} for n in range(8)} | {n: {"b": 20.0} for n in range(8, 16)}
    totals |= {n: {"a": 50.0, "b": 50.0} for n in range(16, 20)}
    assert scoring.leanings(totals) == pytest.approx({"a": 0.0, "b": 0.0}, abs=1e-6)


def test_no_leaning_is_told_before_everybody_has_read_enough():
    _worth, totals = _panel({"kind": 9.0, "strict": -9.0, "even": 0.0}, count=11)
    totals[0] = {"late": 50.0}
    assert scoring.leanings(totals) is None
    assert scoring.adjusted(totals) == {}
    assert scoring.adjusted({}) == {}


@given(st.integers(0, 10**6))
def test_levelled_scores_do_not_depend_on_the_order_of_rows(seed):
    dice = random.Random(seed)
    _worth, totals = _panel({f"r{n}": dice.uniform(-20, 20) for n in range(4)}, count=16)
    rows = list(totals.items())
    dice.shuffle(rows)
    mixed = {number: dict(sorted(given.items(), reverse=True)) for number, given in rows}
    assert scoring.adjusted(mixed) == pytest.approx(scoring.adjusted(totals), abs=0.11)
