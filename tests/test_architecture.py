"""What the pages for maintainers name exists: files, modules, names in them, addresses; and every room is listed.

Read are the words in backticks, outside of blocks of code:

* a path (``cohort/people/access.py``, ``templates/<app>/<room>/``: a part in angle brackets stands for any name);
* the name of a file alone (``queries.py``): some file has that name;
* a dotted name (``cohort.people.models.Cohort``), looked up in the source without importing it;
* an address (``/calls/<slug>/``) and the name of one (``applications:call``).

Links to other pages of the repository are followed too.
"""

from __future__ import annotations

import ast
import itertools
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parent.parent
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PAGES = [
    ROOT / "CONTRIBUTING.md",
    ARCHITECTURE,
    ROOT / "docs" / "glossary.md",
    ROOT / "docs" / "index.md",
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
APPS = ("cohort", "applications", "sessions", "reflections")
#: Folders that Django itself looks for. They are no rooms.
DJANGOS = {"management", "migrations", "templatetags"}
#: Made on each machine, so not in the repository.
MADE = {".venv", ".local"}

every_page = pytest.mark.parametrize("document", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose(page: Path) -> str:
    """The text of a page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def quoted(page: Path) -> list[str]:
    """Everything in backticks, each once."""
    return sorted(set(re.findall(r"`([^`\n]+)`", prose(page))))


@cache
def file_names() -> frozenset[str]:
    """The names of all files of the repository."""
    tops = (path for path in ROOT.iterdir() if path.name not in {*MADE, ".git"})
    inside = (path.rglob("*") if path.is_dir() else [path] for path in tops)
    return frozenset(path.name for path in itertools.chain.from_iterable(inside))


def path_exists(said: str) -> bool:
    """Whether a path of the repository exists; ``<room>`` stands for any name."""
    if said.split("/")[0] in MADE:
        return True
    pattern = re.sub(r"<\w+>", "*", said.rstrip("/"))
    found = [path for path in ROOT.glob(pattern) if path.name != "__pycache__"]
    return any(path.is_dir() for path in found) if said.endswith("/") else bool(found)


@cache
def names_of(module: Path) -> dict[str, ast.stmt]:
    """The names that a module defines or imports, each with the statement that does."""
    return dict(_named(ast.parse(module.read_text(encoding="utf-8")).body))


def _named(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((target.id, node) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield from ((alias.asname or alias.name, node) for alias in node.names)


def dotted_exists(said: str) -> bool:
    """Whether a module, or a name in it (of a class: one more), exists in the source."""
    here, parts = ROOT, said.split(".")
    while parts and (here / parts[0]).is_dir():
        here /= parts.pop(0)
    if parts and (here / f"{parts[0]}.py").is_file():
        here = here / f"{parts.pop(0)}.py"
    elif (here / "__init__.py").is_file():
        here = here / "__init__.py"
    else:
        return not parts and here.is_dir()
    if not parts:
        return True
    found = names_of(here).get(parts[0])
    if found is None:
        return False
    return len(parts) == 1 or (isinstance(found, ast.ClassDef) and parts[1] in dict(_named(found.body)))


def _routes(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", route)


@cache
def addresses() -> frozenset[str]:
    """All addresses, as ``/calls/<slug>/``."""
    return frozenset(_routes(get_resolver().url_patterns, ""))


@cache
def address_names() -> dict[str, frozenset[str]]:
    """The names of addresses by namespace."""
    return {
        space: frozenset(name for name in resolver.reverse_dict if isinstance(name, str))
        for space, (_prefix, resolver) in get_resolver().namespace_dict.items()
    }


def wrong(said: str) -> bool:
    """Whether ``said`` names something of this repository that does not exist. Other words are never wrong."""
    if re.search(r"[\s*(){}=…]", said):
        return False  # a command or a piece of code
    if said.startswith("/"):
        return said not in addresses() and not said.startswith("/dev/")
    if re.fullmatch(r"[\w.<>/@-]+", said) and "/" in said:
        return not path_exists(said)
    if re.fullmatch(r"[\w-]+\.(py|md|toml|yml|yaml|html|css|js|txt|lock|cfg)|Makefile|Procfile", said):
        return said not in file_names()
    if re.fullmatch(rf"({'|'.join(APPS)}|tests)(\.\w+)+", said):
        return not dotted_exists(said)
    space, colon, name = said.partition(":")
    return bool(colon) and space in address_names() and name not in address_names()[space]


@every_page
def test_everything_named_there_exists(document: Path) -> None:
    assert [said for said in quoted(document) if wrong(said)] == []


def test_a_wrong_name_of_each_kind_is_noticed() -> None:
    there = {
        "tests/test_architecture.py": "tests/test_no_architecture.py",
        "cohort/people/": "cohort/nobody/",
        "tests/<room>/conftest.py": "tests/<room>/no_conftest.py",
        "pyproject.toml": "no_project.toml",
        "cohort.people.models": "cohort.people.no_models",
        "cohort.people.models.Cohort": "cohort.people.models.NoCohort",
        "cohort.people.models.Cohort.State": "cohort.people.models.Cohort.NoState",
        "applications.models.Call": "applications.models.NoCall",
        "/calls/<slug>/": "/no-calls/<slug>/",
        "people:cohort": "people:no_cohort",
    }
    assert [said for said in there if wrong(said)] == []
    assert [said for said in there.values() if not wrong(said)] == []


@every_page
def test_every_link_to_a_page_leads_to_one(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose(document))
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_every_document_is_in_the_index_and_every_decision_in_its_list() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    documents = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert documents == set(re.findall(r"\]\((\w+\.md)\)", index))
    decisions = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    records = [page.name for page in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
    assert re.findall(r"\]\((\d[\w-]+\.md)\)", decisions) == records


# ---------------------------------------------------------------- rooms


def rooms() -> set[str]:
    """Every folder of code in the apps, as ``applications/call/inbox/``; Django's own kinds of folder left out."""
    found = (init.parent.relative_to(ROOT) for app in APPS for init in (ROOT / app).rglob("__init__.py"))
    return {f"{path}/" for path in found if len(path.parts) > 1 and not DJANGOS & set(path.parts)}


def rooms_listed() -> list[str]:
    """The rooms in the tables of docs/architecture.md, in their order: the first cell of a row that names a folder."""
    apps = "|".join(APPS)
    return re.findall(rf"^\| `((?:{apps})/[\w/]+/)` \|", ARCHITECTURE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_page_lists_every_room_and_no_other() -> None:
    listed = rooms_listed()
    assert sorted(set(listed)) == sorted(listed)
    assert rooms() - set(listed) == set(), "rooms that are not on the page"
    assert set(listed) - rooms() == set(), "rooms that are only on the page"


def layers(app: str) -> dict[str, int]:
    """The place of each room of ``app`` in the contracts of import-linter, 0 at the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    found: dict[str, int] = {}
    for contract in contracts:
        if contract["type"] != "layers":
            continue
        inside = [f"{container}." for container in contract.get("containers", [])] or [""]
        for place, layer in enumerate(contract["layers"]):
            for name in re.findall(r"[\w.]+", layer):
                for container in inside:
                    if (container + name).startswith(f"{app}."):
                        found.setdefault((container + name).replace(".", "/") + "/", place)
    return found


@pytest.mark.parametrize("app", ["applications", "sessions", "reflections", "cohort.outbox"])
def test_rooms_are_listed_in_the_order_that_imports_may_go(app: str) -> None:
    places = layers(app)
    assert len(places) > 2, f"no contract holds the order of the rooms of {app}"
    beside: dict[str, list[str]] = {}  # by the folder that they are in: each has a contract of its own
    for room in rooms_listed():
        if room in places:
            beside.setdefault(room.rstrip("/").rpartition("/")[0], []).append(room)
    pairs = itertools.chain.from_iterable(itertools.pairwise(rooms) for rooms in beside.values())
    assert [room for room, following in pairs if places[room] > places[following]] == []
