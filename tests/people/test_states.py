"""States change in one way only, by the tables of the models."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import models

from applications.models import Call
from cohort.local.places import BASE
from cohort.people import history, states
from cohort.people.models import HistoryEntry
from tests.applications.apply.filled import open_call

APPS = ("applications", "cohort", "reflections", "sessions")
#: Where a state may be set past the table, and why.
ELSEWHERE = {
    "cohort/people/states.py": "it is the way itself",
    "applications/demo": "the demo invents what has already happened",
    "sessions/demo.py": "the demo invents what has already happened",
}


#: Methods of querysets that write the fields which their keywords, or the keys of a dictionary in them, name.
BY_KEYWORD = {"update", "aupdate", "update_or_create", "aupdate_or_create"}
#: Those that write the fields which a list names, and where the list stands: keyword, or place among the arguments.
BY_LIST = {
    "bulk_update": ("fields", 1),
    "abulk_update": ("fields", 1),
    "bulk_create": ("update_fields", None),
    "abulk_create": ("update_fields", None),
}


def names_the_state(node: ast.AST) -> bool:
    """Whether the text ``state`` stands in ``node``, also as the key of a dictionary."""
    return any(isinstance(part, ast.Constant) and part.value == "state" for part in ast.walk(node))


def keys_of(node: ast.expr) -> Iterator[ast.expr]:
    """The keys of the dictionaries in ``node``: as a display, merged with another, or made by ``dict``."""
    for part in ast.walk(node):
        if isinstance(part, ast.Dict):
            yield from (key for key in part.keys if key is not None)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "dict":
            yield from (ast.Constant(word.arg) for word in part.keywords if word.arg is not None)


def writes_the_state(call: ast.Call) -> bool:
    """Whether a call sets a field ``state``, as far as the source says it."""
    if isinstance(call.func, ast.Name):
        return call.func.id == "setattr" and len(call.args) > 1 and names_the_state(call.args[1])
    if not isinstance(call.func, ast.Attribute):
        return False
    method = call.func.attr
    if method == "__setattr__":
        return any(names_the_state(argument) for argument in call.args[:2])
    if method in BY_KEYWORD:
        spread = [word.value for word in call.keywords if word.arg in (None, "defaults", "create_defaults")]
        return any(word.arg == "state" for word in call.keywords) or any(
            names_the_state(key) for value in spread for key in keys_of(value)
        )
    if method in BY_LIST:
        keyword, place = BY_LIST[method]
        lists: list[ast.AST] = [word.value for word in call.keywords if word.arg == keyword]
        lists += call.args[place : place + 1] if place is not None else []
        return any(names_the_state(one) for one in lists)
    return False


def set_past_the_table(source: str) -> Iterator[int]:
    """The lines at which a state is assigned, or written by a method that writes rows.

    What only the run knows stays unseen: a name of a field, or a dictionary, that is held in a variable.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            attributes = [part for part in parts if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)]
            if any(attribute.attr == "state" for attribute in attributes):
                yield node.lineno
        elif isinstance(node, ast.Call) and writes_the_state(node):
            yield node.lineno


def sources() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        for path in sorted((BASE / app).rglob("*.py")):
            name = path.relative_to(BASE).as_posix()
            if "/migrations/" not in name and not name.startswith(tuple(ELSEWHERE)):
                yield name, path


def test_no_state_is_set_past_its_table() -> None:
    found = {name: list(set_past_the_table(path.read_text(encoding="utf-8"))) for name, path in sources()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "row.state = 'x'",
        "before, row.state = row.state, to",
        "rows.update(state='x', at=now)",
        "Row.objects.bulk_update(rows, ['state'])",
        "Row.objects.bulk_update(rows, fields=['at', 'state'])",
        "Row.objects.bulk_create(rows, update_conflicts=True, update_fields=['at', 'state'], unique_fields=['key'])",
        "await Row.objects.abulk_create(rows, update_conflicts=True, update_fields=('state',))",
        "Row.objects.update_or_create(pk=1, state='x')",
        "Row.objects.update_or_create(pk=1, defaults={'at': now, 'state': 'x'})",
        "Row.objects.update_or_create(pk=1, defaults=dict(state='x'))",
        "Row.objects.update_or_create(pk=1, defaults={'at': now} | {'state': 'x'})",
        "rows.update(**{'state': 'x'})",
        "rows.update(at=now, **{**more, 'state': 'x'})",
        "await rows.aupdate(state='x')",
        "setattr(row, 'state', 'x')",
        "object.__setattr__(row, 'state', 'x')",
    ],
)
def test_every_way_past_the_table_is_noticed(line: str) -> None:
    assert list(set_past_the_table(line)) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "seen = row.state",
        "rows.filter(state='x').update(at=now)",
        "rows.update(at=F('state'))",
        "Row.objects.update_or_create(pk=1, defaults={'at': 'state'})",
        "Row.objects.bulk_create([Row(state='x')], update_fields=['at'])",
        "Row.objects.bulk_update(Row.objects.filter(state='x'), ['at'])",
        "setattr(row, 'stated', 'x')",
        "context.update({'state': 'x'})",
    ],
)
def test_what_only_reads_a_state_is_left_alone(line: str) -> None:
    assert list(set_past_the_table(line)) == []


def with_a_state() -> list[type[models.Model]]:
    ours = [model for model in apps.get_models() if model.__module__.partition(".")[0] in APPS]
    return [model for model in ours if any(field.name == "state" for field in model._meta.concrete_fields)]


@pytest.mark.parametrize("model", with_a_state(), ids=lambda model: model._meta.label)
def test_every_state_has_a_table_that_names_all_of_them(model: type[models.Model]) -> None:
    choices = {value for value, _label in model._meta.get_field("state").flatchoices}
    table = model.MOVES  # type: ignore[attr-defined]
    assert set(table) == choices
    assert set().union(*table.values()) <= choices


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


def test_a_step_is_made_and_written_down(call: Call, cast: SimpleNamespace) -> None:
    moved = states.move(call, "closed", actor=cast.coordinator, cohort=call.cohort, details={"n": 1}, title="New")
    assert moved is call
    call.refresh_from_db()
    assert (call.state, call.title) == ("closed", "New")
    entry = history.of(call).last()
    assert entry is not None
    assert (entry.verb, entry.actor_id, entry.details) == ("call.closed", cast.coordinator.pk, {"n": 1})


def test_a_step_that_is_not_in_the_table_changes_nothing(call: Call) -> None:
    before = HistoryEntry.objects.count()
    with pytest.raises(states.NotPossible, match="Not now"):
        states.move(call, "archived", refusal="Not now", title="New")
    assert call.state == "open"
    call.refresh_from_db()
    assert (call.state, call.title == "New") == ("open", False)
    assert HistoryEntry.objects.count() == before


def test_of_two_who_know_the_same_state_only_one_moves_it(call: Call) -> None:
    stale = Call.objects.get(pk=call.pk)
    states.move(call, "closed", recorded=False)
    with pytest.raises(states.NotPossible, match="Somebody was faster"):
        states.move(stale, "closed", refusal="Somebody was faster")
    assert history.of(call).filter(verb="call.closed").count() == 0


def test_many_move_in_one_statement_where_their_state_allows(
    call: Call, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert states.move_all(Call.objects.filter(pk=call.pk), "closed", title="New") == 1
    assert states.move_all(Call.objects.filter(pk=call.pk), "archived") == 0
    call.refresh_from_db()
    assert (call.state, call.title) == ("closed", "New")


def test_a_stored_row_does_not_start_again(call: Call) -> None:
    assert states.start_in(Call(slug="new"), "closed").state == "closed"
    with pytest.raises(ValueError, match="stored already"):
        states.start_in(call, "draft")
    assert call.state == "open"
