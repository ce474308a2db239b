"""Each docs/promises_*.md names a test for every promise; all of them exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_seed_map import functions

ROOT = Path(__file__).parent.parent
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("promises_*.md"))}
ROWS = {
    name: [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| Promise ")]
    for name, text in PAGES.items()
}

every_page = pytest.mark.parametrize("name", PAGES)


@every_page
def test_every_test_named_there_exists(name: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGES[name])
    assert len(named) > len(ROWS[name]) > 40
    assert [f"{path}::{test}" for path, test in named if test not in functions(path)] == []


@every_page
def test_every_promise_names_a_test_and_nothing_else(name: str) -> None:
    for row in ROWS[name]:
        promise, shown = (cell.strip() for cell in row.strip("|").split("|"))
        assert promise
        assert re.fullmatch(r"`tests/[\w/]+\.py::test_\w+`(, `tests/[\w/]+\.py::test_\w+`)*", shown), row


@every_page
def test_no_promise_stands_there_twice(name: str) -> None:
    said = [row.split("|")[1].strip() for row in ROWS[name]]
    assert sorted(set(said)) == sorted(said)
