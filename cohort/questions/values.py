"""Read stored values, and turn them back into what a browser would post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cohort.questions.definition import CHOICE_KINDS, TEXT_KINDS, Question

Value = Any  # str | bool | list[str] | {"codes", "text"} | {"columns", "extra", "text"} | {field id: value}


def codes_of(value: Value) -> list[str]:
    """Every code that a stored choice holds, in order; a text or nothing gives ``[text]`` or ``[]``."""
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return ["yes"] if value else []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    if isinstance(value, Mapping):
        found = [code for code in value.get("codes") or [] if isinstance(code, str)]
        columns = value.get("columns")
        if isinstance(columns, Mapping):
            found += [code for codes in columns.values() for code in codes if code not in found]
        return found + [code for code in value.get("extra") or [] if code not in found]
    return []


def own_words(value: Value) -> dict[str, str]:
    """The own words that went with choices, by code."""
    if isinstance(value, Mapping) and isinstance(value.get("text"), Mapping):
        return {str(code): str(words) for code, words in value["text"].items()}
    return {}


def text_name(question: str, code: str) -> str:
    """The name of the field for own words beside a choice."""
    return f"{question}--text-{code}"


def column_name(question: str, column: str) -> str:
    """The name of one column of a grid."""
    return f"{question}--col-{column}"


def extra_name(question: str) -> str:
    """The name of the choices beside a grid, such as “none of these”."""
    return f"{question}--extra"


def names_of(question: Question) -> list[str]:
    """Every field name that this question may post."""
    if question.kind == "group":
        return [name for inner in question.fields for name in names_of(inner)]
    words = [text_name(question.id, o.code) for o in (*question.options, *question.extra) if o.text]
    if question.kind == "grid":
        return [*(column_name(question.id, c.code) for c in question.columns), extra_name(question.id), *words]
    return [question.id, *words]


def posted(question: Question, value: Value) -> dict[str, list[str]]:
    """What a browser would post for a stored value, for showing a saved answer in a form again."""
    words = {text_name(question.id, code): [text] for code, text in own_words(value).items()}
    if question.kind in TEXT_KINDS:
        return {question.id: [value if isinstance(value, str) else ""]}
    if question.kind in CHOICE_KINDS:
        return {question.id: codes_of(value), **words}
    if question.kind == "tick":
        return {question.id: ["yes"] if value is True else []}
    if question.kind == "grid":
        held = value if isinstance(value, Mapping) else {}
        columns = held.get("columns") or {}
        found = {column_name(question.id, c.code): list(columns.get(c.code, [])) for c in question.columns}
        return {**found, extra_name(question.id): list(held.get("extra") or []), **words}
    if question.kind == "group":
        held = value if isinstance(value, Mapping) else {}
        merged: dict[str, list[str]] = {}
        for inner in question.fields:
            merged |= posted(inner, held.get(inner.id))
        return merged
    return {}


def said(question: Question, value: Value) -> list[str]:
    """A stored value in words, one line per choice, for a reader."""
    if value is None or value in ("", [], {}):
        return []
    words = own_words(value)
    if question.kind in TEXT_KINDS:
        return [str(value)] if isinstance(value, str) else []
    if question.kind == "tick":
        return [question.label] if value is True else []
    if question.kind == "group":
        held = value if isinstance(value, Mapping) else {}
        return [line for inner in question.fields for line in said(inner, held.get(inner.id))]
    if question.kind == "grid" and isinstance(value, Mapping):
        lines = []
        columns = value.get("columns") or {}
        for option in question.options:
            who = [c.label for c in question.columns if option.code in columns.get(c.code, [])]
            if who:
                name = f"{option.label} – {words[option.code]}" if words.get(option.code) else option.label
                lines.append(f"{name}: {', '.join(who)}")
        return lines + [question.label_of(code) for code in value.get("extra") or []]
    return [
        f"{question.label_of(code)} – {words[code]}" if words.get(code) else question.label_of(code)
        for code in codes_of(value)
    ]
