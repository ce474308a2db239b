"""docs/seed_map.md names pages and tests; all of them exist."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

from django.urls import get_resolver

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "seed_map.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| \d{3}-\d\d ", line)]


@functools.cache
def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_named_there_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > len(ROWS)
    assert [f"{path}::{name}" for path, name in named if name not in functions(path)] == []


def test_every_page_named_there_exists() -> None:
    known = set(get_resolver("applications.urls").reverse_dict)
    named = re.findall(r"`applications:(\w+)`", TEXT)
    assert len(named) == len(ROWS) == 26
    assert [name for name in named if name not in known] == []


def test_every_row_names_a_test() -> None:
    assert [row[:10] for row in ROWS if "tests/" not in row] == []
