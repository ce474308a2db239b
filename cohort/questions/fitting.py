"""What of an answer given to one version of a question still answers the next version of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cohort.questions.definition import CHOICE_KINDS, TEXT_KINDS, Option, Question
from cohort.questions.values import Value, codes_of, own_words


def refit(question: Question, value: Value) -> Value:
    """The part of a stored ``value`` that ``question`` offers now; None when nothing of it does.

    A text that is longer than a new limit stays as it is, so that its writer can shorten it.
    """
    if value is None:
        return None
    if question.kind in TEXT_KINDS:
        return value if isinstance(value, str) and value else None
    if question.kind == "tick":
        return value if isinstance(value, bool) else None
    if question.kind == "group":
        held = value if isinstance(value, Mapping) else {}
        kept = {part.id: refit(part, held.get(part.id)) for part in question.fields}
        return {name: part for name, part in kept.items() if part is not None} or None
    if question.kind == "grid":
        return _grid(question, value)
    return _choices(question, value)


def refit_all(questions: Mapping[str, Question], values: Mapping[str, Value]) -> dict[str, Value]:
    """All values as far as ``questions`` still ask for them. Answers to questions that are gone are left out."""
    found = {name: refit(questions[name], value) for name, value in values.items() if name in questions}
    return {name: value for name, value in found.items() if value is not None}


def _choices(question: Question, value: Value) -> Value:
    if question.kind not in CHOICE_KINDS or (isinstance(value, Mapping) and "codes" not in value):
        return None
    known = question.by_code
    codes = [code for code in dict.fromkeys(codes_of(value)) if code in known]
    if not codes or (question.kind == "choice" and len(codes) > 1):
        return None
    words = _words(question.options, codes, own_words(value))
    if words:
        return {"codes": codes, "text": words}
    return codes[0] if question.kind == "choice" else codes


def _grid(question: Question, value: Value) -> Value:
    if not isinstance(value, Mapping) or not isinstance(value.get("columns"), Mapping):
        return None
    offered, beside = {o.code for o in question.options}, {o.code for o in question.extra}
    columns = {
        c.code: [code for code in value["columns"].get(c.code) or [] if code in offered] for c in question.columns
    }
    columns = {name: codes for name, codes in columns.items() if codes}
    extra = [code for code in value.get("extra") or [] if code in beside]
    if not columns and not extra:
        return None
    used = {code for codes in columns.values() for code in codes} | set(extra)
    words = _words(question.options, used, own_words(value))
    grid: dict[str, Any] = {"columns": columns, "extra": extra}
    return {**grid, "text": words} if words else grid


def _words(options: Iterable[Option], chosen: Iterable[str], words: Mapping[str, str]) -> dict[str, str]:
    asked = {option.code for option in options if option.text} & set(chosen)
    return {code: text for code, text in words.items() if code in asked}
