"""Make a definition stand on its own: options that depend on the region are written into it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def freeze(
    definition: Mapping[str, Any], region: Mapping[str, Any] | None, *, enabled: Iterable[str] = ()
) -> dict[str, Any]:
    """A copy of ``definition`` that JSON can hold and that needs nothing else to be shown.

    :param region: one region of ``facts/regions.yaml``; None leaves region questions without options.
    :param enabled: ids of questions that ship switched off and are wanted here.
    """
    wanted = set(enabled)
    frozen = _plain(copy.deepcopy(dict(definition)))
    for question in _every_question(frozen):
        source = question.get("options_from")
        if isinstance(source, str):
            question["options"] = SOURCES.get(source, lambda _: [])(region or {})
        if question.get("enabled_by_default") is False:
            question["enabled"] = question.get("id") in wanted
    return frozen


def _choices(rows: object) -> list[dict[str, Any]]:
    keep = ("code", "label", "text", "help")
    return (
        [{key: row[key] for key in keep if key in row} for row in rows or [] if isinstance(row, Mapping)]
        if isinstance(rows, list)
        else []
    )


def _subareas(region: Mapping[str, Any], extras: frozenset[str]) -> list[dict[str, Any]]:
    other = [row for row in _choices(region.get("extra_subarea_choices")) if row.get("code") in extras]
    return _choices(region.get("subareas")) + other


def _nations(region: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = _choices(region.get("tribal_nations"))
    if not any(row.get("text") for row in rows):
        rows.append({"code": "other_nation", "label": "Another Tribal Nation or people (tell us)", "text": True})
    return rows


SOURCES: dict[str, Callable[[Mapping[str, Any]], list[dict[str, Any]]]] = {
    "region.subareas": lambda region: _subareas(region, frozenset({"tribal_lands", "outside"})),
    "region.subareas_single": lambda region: _subareas(region, frozenset({"tribal_lands", "whole_region", "outside"})),
    "region.tribal_nations": _nations,
}


def _every_question(definition: dict[str, Any]) -> Iterable[dict[str, Any]]:
    forms = [*definition.get("sections", []), definition.get("employer_form")]
    for section in forms:
        for question in section.get("questions", []) if isinstance(section, dict) else []:
            if isinstance(question, dict):
                yield question
                yield from (
                    q for q in [question.get("follow_up"), *(question.get("fields") or [])] if isinstance(q, dict)
                )


def _plain(value: Any) -> Any:
    """Only what JSON holds: keys become text, dates become text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
