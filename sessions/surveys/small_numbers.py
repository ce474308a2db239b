"""What may be shown of a small group's answers: one pure function, the only reader of answer sheets.

Rules (docs/facts.md, 6.3), for groups of about fifteen:

* fewer than ``threshold`` sheets: nothing;
* counts, never percentages or averages;
* ordered items: neighbours are merged until every cell that is not zero holds three or more, so the shown cells
  add up and nothing can be subtracted back;
* pick-two items: choices with three or more; the rest only as "others", without a number;
* answers that stand outside the order are shown at three or more, and otherwise fall in with "skipped";
* comments only with five sheets and three comments, in random order, never beside a person's choices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from random import Random, SystemRandom
from typing import Any

from cohort.small_numbers import SMALLEST, merge_neighbours
from sessions.surveys.questions import SurveyItem

FEWEST_COMMENTS = 3


@dataclass(frozen=True)
class Cell:
    """One shown cell: the choices that fell together in it, and how many answers."""

    choices: list[str]
    count: int


@dataclass(frozen=True)
class ItemResult:
    key: str
    cells: list[Cell] = field(default_factory=list)
    others: bool = False  # further choices were made, each by fewer than three
    aside: list[Cell] = field(default_factory=list)  # outside the order, shown apart
    all_similar: bool = False  # everybody chose one and the same, and we do not say which
    too_few: bool = False


@dataclass(frozen=True)
class Results:
    """All that is ever shown. ``as_json`` is what is stored; pages, charts and mail read nothing else."""

    answered: int
    items: list[ItemResult]
    comments: list[str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def ordered(item: SurveyItem, sheets: Sequence[dict[str, Any]]) -> ItemResult:
    """The result of one ordered item."""
    said = Counter(str(sheet.get(item.key) or "") for sheet in sheets)
    counts = [said[code] for code, _ in item.choices]
    if item.hush_lowest and counts[0] and counts[0] == sum(said.values()):
        return ItemResult(item.key, all_similar=True)
    codes = [code for code, _ in item.choices]
    cells = [Cell(codes[first : last + 1], count) for first, last, count in merge_neighbours(counts)]
    aside = [Cell([code], said[code]) for code, _ in item.apart if said[code] >= SMALLEST]
    return ItemResult(item.key, cells=cells, aside=aside, too_few=not cells)


def pick_two(item: SurveyItem, sheets: Sequence[dict[str, Any]]) -> ItemResult:
    """The result of one item with up to two choices, in the order of the choices."""
    said = Counter(code for sheet in sheets for code in set(sheet.get(item.key) or []))
    cells = [Cell([code], said[code]) for code, _ in item.choices if said[code] >= SMALLEST]
    others = any(0 < said[code] < SMALLEST for code, _ in item.choices)
    return ItemResult(item.key, cells=cells, others=others, too_few=not cells)


def results(
    items: Sequence[SurveyItem], sheets: Sequence[dict[str, Any]], *, threshold: int = 5, random: Random | None = None
) -> Results | None:
    """What may be shown of ``sheets``; None when they are too few to show anything.

    :param random: shuffles the comments (the operating system's randomness when not given).
    """
    if len(sheets) < max(threshold, 5):
        return None
    shown = [
        ordered(item, sheets) if item.kind == "ordered" else pick_two(item, sheets)
        for item in items
        if item.kind != "text"
    ]
    comments = [text for sheet in sheets if (text := str(sheet.get("comment") or "").strip())]
    if len(comments) < FEWEST_COMMENTS:
        comments = []
    (random or SystemRandom()).shuffle(comments)
    return Results(answered=len(sheets), items=shown, comments=comments)
