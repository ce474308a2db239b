"""Charts: what is drawn is what stands beside it in numbers."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.ui import charts, guide
from cohort.ui.charts import Bar, BarChart, ColumnChart, LineChart, Point, TargetChart, TargetRow
from tests.pages import flat


def draw(chart: charts.Chart) -> str:
    return flat(Template("{% load ui %}{% bar_chart chart %}").render(Context({"chart": chart})))


ALL = [guide.targets(), guide.bars(), guide.columns(), guide.multiples(), guide.multiples().charts[0]]


@pytest.mark.parametrize("chart", ALL, ids=lambda c: type(c).__name__)
def test_no_style_no_script_one_sentence_and_the_numbers(chart: charts.Chart) -> None:
    html = draw(chart)
    assert re.findall(r"<script|\sstyle=|<style", html) == []
    assert chart.summary in html
    assert "<table" in html


@pytest.mark.parametrize("chart", ALL, ids=lambda c: type(c).__name__)
def test_drawings_are_named_or_hidden(chart: charts.Chart) -> None:
    for svg in re.findall(r"<svg[^>]*>", draw(chart)):
        assert ('role="img"' in svg and "aria-label=" in svg) or 'aria-hidden="true"' in svg


@pytest.mark.parametrize("chart", ALL, ids=lambda c: type(c).__name__)
def test_numbers_in_drawings_keep_their_point_in_spanish(chart: charts.Chart) -> None:
    with translation.override("es"):
        places = re.findall(r'\s(?:x|y|x1|x2|cx|cy|width|height)="([^"]*)"', draw(chart))
    assert len(places) > 5
    assert [p for p in places if not re.fullmatch(r"\d+(\.\d+)?", p)] == []


def test_target_bars_are_as_long_as_their_numbers() -> None:
    chart = TargetChart(
        "Where", "Four seats.", [TargetRow("A", 3, 1, 2, 4, 10), TargetRow("B", 1, 2, 2, 4, 5)], pool_total=20
    )
    html = draw(chart)
    bars = [float(w) for w in re.findall(r'class="proposal (?:short|met|over)" x="0" y="5" width="([\d.]+)"', html)]
    counts = [int(n) for n in re.findall(r'class="num strong"[^>]*>(\d+)<', html)]
    assert counts == [3, 1]
    assert bars[0] / bars[1] == pytest.approx(3, rel=0.01)
    pools = [float(w) for w in re.findall(r'class="pool" x="0" y="21" width="([\d.]+)"', html)]
    assert pools == [50, 25]
    floors = [float(x) for x in re.findall(r'<line class="mark-line" x1="([\d.]+)"', html)][:2]
    assert floors[1] / floors[0] == pytest.approx(2, rel=0.01)


def test_short_and_over_are_told_in_shape_and_words() -> None:
    rows = [
        TargetRow("A", 1, 2, note="1 below its floor"),
        TargetRow("B", 5, ceiling=4, note="1 above its ceiling"),
        TargetRow("C", 2, 2, 2, 2),
    ]
    assert [(r.state, r.short, r.over) for r in rows] == [("short", 1, 0), ("over", 0, 1), ("met", 0, 0)]
    html = draw(TargetChart("T", "S", rows))
    assert html.count('class="why gap"') == 2


def test_a_change_against_another_proposal_has_its_sign() -> None:
    assert [TargetRow("A", n, before=2).change for n in (1, 2, 4)] == ["−1", "", "+2"]


def test_columns_that_nothing_fills_are_not_drawn() -> None:
    html = draw(TargetChart("T", "S", [TargetRow("A", 1)]))
    assert "Floor" not in html
    assert "Pool" not in html


def test_bars_of_a_survey_say_n_of_all() -> None:
    chart = BarChart("Heard", "S", [Bar("5", 4), Bar("3 or less", 7, merged=["3", "2"]), Bar("rest", None)], total=11)
    html = draw(chart)
    assert re.findall(r">(\d+ of \d+)<", html) == ["4 of 11", "7 of 11"]
    assert [float(w) for w in re.findall(r'class="proposal" x="0" y="1" width="([\d.]+)"', html)] == [36.4, 63.6]
    assert "too few to show" in html
    assert "Counted together: 3, 2" in html


def test_columns_hold_the_counts_of_the_table() -> None:
    chart = ColumnChart("Sent", "S", [Point("1", 2), Point("2", 0), Point("3", 4)], height=100)
    html = draw(chart)
    heights = [float(h) for h in re.findall(r'class="column"[^>]*height="([\d.]+)"', html)]
    assert heights == [50, 100]
    assert re.findall(r'<td class="num">(\d+)</td>', html) == ["2", "0", "4"]


def test_a_line_breaks_where_a_value_is_missing() -> None:
    chart = LineChart("Trust", "S", [Point("1", 3), Point("2", 4), Point("3", None), Point("4", 5), Point("5", 4)])
    assert len(chart.lines) == 2
    assert len(chart.dots) == 4
    assert chart.latest == 4
    assert draw(chart).count("<circle") == 4


@pytest.mark.parametrize(
    "chart",
    [
        TargetChart("T", "S", []),
        BarChart("B", "S", [], 0),
        ColumnChart("C", "S", []),
        LineChart("L", "S", []),
        BarChart("B", "S", [Bar("a", 0)], 0),
        ColumnChart("C", "S", [Point("1", 0)]),
        TargetChart("T", "S", [TargetRow("A", 0)]),
    ],
)
def test_nothing_to_show_is_no_reason_to_fail(chart: charts.Chart) -> None:
    assert "<figure" in draw(chart)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)), max_size=12))
def test_no_bar_or_mark_leaves_its_drawing(rows: list[tuple[int, int, int]]) -> None:
    chart = TargetChart("T", "S", [TargetRow(str(i), c, f, None, k) for i, (c, f, k) in enumerate(rows)])
    for drawn in chart.drawn:
        for place in (drawn.bar, drawn.floor, drawn.ceiling):
            assert place is None or 0 <= place <= 100
