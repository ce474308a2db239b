"""A name is private to its module or stands for one thing (CONTRIBUTING.md)."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, get_resolver, include, path
from django.urls.resolvers import RegexPattern

from cohort.local.places import BASE

pytestmark = pytest.mark.unit

APPS = ("cohort", "applications", "sessions", "reflections")


@cache
def sources() -> dict[str, ast.Module]:
    """The source of each module of ours, by its dotted name. Tests and migrations are left out."""
    found = {}
    for app in APPS:
        for file in sorted((BASE / app).rglob("*.py")):
            parts = file.relative_to(BASE).with_suffix("").parts
            if "migrations" not in parts:
                name = ".".join(parts).removesuffix(".__init__")
                found[name] = ast.parse(file.read_text(encoding="utf-8"))
    return found


# ---------------------------------------------------------------- private names


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_names_of_others(module: str, tree: ast.Module, ours: frozenset[str]) -> Iterator[str]:
    """The private names that ``module`` imports, or reads off a module of ``ours``: the dotted name of each."""
    known: dict[str, str] = {}  # how a module of ours is called here
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in ours}
        elif isinstance(node, ast.ImportFrom):
            start = module.split(".")[: -node.level] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{source}.{alias.name}"
                if name in ours:
                    known[alias.asname or alias.name] = name
                if is_private(alias.name) and (source in ours or name in ours):
                    yield name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr) and ast.unparse(node.value) in known:
            yield f"{known[ast.unparse(node.value)]}.{node.attr}"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from app.room.rows import _hidden", ["app.room.rows._hidden"]),
        ("from app.room.rows import _hidden as shown", ["app.room.rows._hidden"]),
        ("from .rows import _hidden", ["app.room.rows._hidden"]),
        ("from app.room import rows\nrows._hidden()", ["app.room.rows._hidden"]),
        ("from app.room import rows as kept\nkept._hidden()", ["app.room.rows._hidden"]),
        ("import app.room.rows\nx = app.room.rows._hidden", ["app.room.rows._hidden"]),
        ("def f():\n    from app.room.rows import _hidden", ["app.room.rows._hidden"]),
        ("from app.room.rows import shown\nself._hidden", []),
        ("from app.room.rows import __doc__", []),
        ("from os import _exit", []),
    ],
)
def test_every_way_to_a_private_name_is_noticed(source: str, found: list[str]) -> None:
    ours = frozenset({"app.room", "app.room.rows", "app.room.views"})
    assert list(private_names_of_others("app.room.views", ast.parse(source), ours)) == found


def test_no_module_uses_a_private_name_of_another() -> None:
    ours = frozenset(sources())
    found = {name: list(private_names_of_others(name, tree, ours)) for name, tree in sources().items()}
    assert {name: names for name, names in found.items() if names} == {}


# ---------------------------------------------------------------- names of classes

#: What may stand in an app more than once, and why. Classes inside of another are said with it (`Review.State`).
SHARED_NAMES = {"Command": "Django finds the class of a management command by this name"}


def named_twice(classes: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Of pairs (module, class): the names that stand more than once in one app, and where."""
    where: dict[str, list[str]] = defaultdict(list)
    for module, name in classes:
        where[f"{module.partition('.')[0]}: {name}"].append(module)
    return {name: modules for name, modules in where.items() if len(modules) > 1}


def classes_of(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name not in SHARED_NAMES:
            yield module, node.name


def test_a_name_that_stands_twice_is_noticed() -> None:
    row, outer = ast.parse("class Row: ..."), ast.parse("class Command:\n    class Row: ...")
    planted = {"one.a": row, "one.b": row, "one.c": outer, "one.d": outer, "two.a": row}
    found = named_twice(pair for module, tree in planted.items() for pair in classes_of(module, tree))
    assert found == {"one: Row": ["one.a", "one.b"]}


def test_a_class_has_a_name_of_its_own_in_its_app() -> None:
    assert named_twice(pair for name, tree in sources().items() for pair in classes_of(name, tree)) == {}


# ---------------------------------------------------------------- names of addresses


def addresses(resolver: URLResolver, namespace: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    """Each name of an address with its namespace, and the path that it stands for."""
    for one in resolver.url_patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, f"{namespace}{one.namespace}:" if one.namespace else namespace, here)
        elif one.name:
            yield namespace + one.name, here


def two_paths(found: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    paths: dict[str, set[str]] = defaultdict(set)
    for name, where in found:
        paths[name].add(where)
    return {name: some for name, some in paths.items() if len(some) > 1}


def test_a_name_of_two_addresses_is_noticed() -> None:
    def view(request: HttpRequest) -> HttpResponse: ...

    room = ([path("ask/", view, name="ask"), path("<int:number>/ask/", view, name="ask")], "app")
    planted = [path("a/", include(room)), path("b/", view, name="ask"), path("c/", view)]
    found = two_paths(addresses(URLResolver(RegexPattern(r"^/"), planted)))
    assert found == {"app:ask": {"a/ask/", "a/<int:number>/ask/"}}


def test_the_name_of_an_address_stands_for_one_path() -> None:
    assert two_paths(addresses(get_resolver())) == {}
