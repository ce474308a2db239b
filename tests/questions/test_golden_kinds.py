"""The question engine answers as it did when ``golden_kinds/`` was written: answers, posts and words unchanged."""

from __future__ import annotations

import difflib

import pytest

from tests.questions.golden_kinds import FOLDER, everything

OUTPUT = ("loaded.json", "demo.json", "filled.json", "questions.json", "kinds.json")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return everything()


@pytest.mark.parametrize("name", OUTPUT)
def test_the_engine_answers_as_before(made: dict[str, str], name: str) -> None:
    """Equal byte for byte. What differs is shown, the first lines of it."""
    before = (FOLDER / name).read_text(encoding="utf-8")
    if made[name] != before:
        rows = difflib.unified_diff(before.splitlines(), made[name].splitlines(), "before", "now", lineterm="", n=0)
        pytest.fail("\n".join(row[:400] for _n, row in zip(range(12), rows, strict=False)), pytrace=False)


def test_every_file_is_compared(made: dict[str, str]) -> None:
    assert sorted(made) == sorted(OUTPUT)
    assert {path.name for path in FOLDER.iterdir()} == {*OUTPUT, "definitions.json", "applications.json", "posts.json"}
