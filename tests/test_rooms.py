"""The rooms have an order, and no module imports itself by a detour (docs/architecture.md)."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import grimp
import pytest

from cohort.local.places import BASE

APPS = ("cohort", "applications", "sessions", "reflections")
#: Drawers by kind of code, which the rooms replaced.
DRAWERS = {"actions", "queries", "forms", "views", "exports", "tasks"}


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import one another, by Tarjan's algorithm for strongly connected components (1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in sorted(imports.get(module, ())):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                found.append(sorted(group))

    for module in sorted(imports):
        if module not in index:
            visit(module)
    return found


@pytest.fixture(scope="module")
def graph() -> Iterable[grimp.ImportGraph]:
    sys.path.insert(0, str(BASE))
    yield grimp.build_graph(*APPS, cache_dir=None)
    sys.path.remove(str(BASE))


def test_a_circle_is_noticed() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


def test_no_module_imports_itself_by_a_detour(graph: grimp.ImportGraph) -> None:
    modules = {module for module in graph.modules if ".migrations" not in module}
    assert circles({module: graph.find_modules_directly_imported_by(module) & modules for module in modules}) == []


def test_code_is_laid_out_by_feature(graph: grimp.ImportGraph) -> None:
    tops = {module for module in graph.modules if module.count(".") == 1 and graph.find_children(module)}
    assert {module for module in tops if module.split(".")[1] in DRAWERS} == set()
