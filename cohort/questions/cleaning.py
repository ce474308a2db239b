"""Turn a post into clean values, refusals with a reason, and the four kinds of missing kept apart.

A reason is a code with its numbers; :mod:`cohort.questions.labels` says it in words.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from cohort.questions.definition import DONT_KNOW, PREFER_NOT, TEXT_KINDS, Option, Question, Sheet
from cohort.questions.text import tidy
from cohort.questions.values import Value, codes_of, column_name, extra_name, text_name

Asked = TypeVar("Asked", bound=Question)
Posted = Mapping[str, Sequence[str]]

NOT_SHOWN, LEFT_BLANK, SAID_PREFER_NOT, SAID_DONT_KNOW = "not_shown", "left_blank", "prefer_not", "dont_know"
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]\Z"
)


@dataclass(frozen=True)
class Refusal:
    """Why ``field`` is refused, or what it still wants: a code and the numbers that its words need."""

    field: str
    code: str
    params: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclass
class Cleaned:
    """What came of one sheet.

    * ``values``: question to clean value, for questions that were answered;
    * ``missing``: question to one of the four kinds, for the others (prefer-not and don't-know answers are in both);
    * ``refused``: field name to reasons. What was posted there is not stored; what was stored stays;
    * ``wanting``: field name to reasons for required questions without an answer: a draft may be saved without them.
    """

    values: dict[str, Value] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    refused: dict[str, list[Refusal]] = field(default_factory=dict)
    wanting: dict[str, list[Refusal]] = field(default_factory=dict)
    refused_questions: set[str] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        """Whether nothing was refused and nothing required is wanting."""
        return not self.refused and not self.wanting


class _RefusedError(Exception):
    def __init__(self, field: str, code: str, **params: int) -> None:
        super().__init__(code)
        self.refusal = Refusal(field, code, params)


def is_shown(question: Question, values: Mapping[str, Value]) -> bool:
    """Whether a question applies, given the answers so far."""
    if not question.enabled:
        return False
    held = [bool(wanted & set(codes_of(values.get(other)))) for other, wanted in question.show_if]
    return any(held) if question.show_any and held else all(held)


def on_page(question: Asked, own: Collection[str], values: Mapping[str, Value]) -> Asked | None:
    """A question with the conditions that the page itself has to watch, because it holds the questions ``own``.

    Conditions on other pages are settled here by ``values``. None when the question is not asked, whatever is chosen
    on the page.
    """
    inner = tuple(row for row in question.show_if if row[0] in own)
    outer = tuple(row for row in question.show_if if row[0] not in own)
    settled = replace(question, show_if=outer)
    if question.show_any and inner:
        if not is_shown(replace(question, show_if=()), values):
            return None
        return (
            replace(question, show_if=()) if outer and is_shown(settled, values) else replace(question, show_if=inner)
        )
    return replace(question, show_if=inner) if is_shown(settled, values) else None


def clean(sheet: Sheet, data: Posted, *, earlier: Mapping[str, Value] | None = None) -> Cleaned:
    """Read one posted sheet. Never raises, whatever was posted.

    :param data: field name to the list of posted strings.
    :param earlier: stored values of all questions, for conditions that look at other pages.
    """
    known: dict[str, Value] = dict(earlier or {})
    result = Cleaned()
    for question in sheet.questions:
        if not question.kind:
            continue
        if not is_shown(question, known):
            result.missing[question.id] = NOT_SHOWN
            known.pop(question.id, None)
            continue
        try:
            value = _READERS[question.kind](question, data)
        except _RefusedError as error:
            result.refused.setdefault(error.refusal.field, []).append(error.refusal)
            result.refused_questions.add(question.id)
            continue
        if value is None:
            known.pop(question.id, None)
        else:
            result.values[question.id] = known[question.id] = value
        kind = missing_of(question, value)
        if kind:
            result.missing[question.id] = kind
        for reason in lacking(question, value):
            result.wanting.setdefault(reason.field, []).append(reason)
    return result


def missing_of(question: Question, value: Value) -> str:
    """Which kind of missing a shown question's value is, or empty when it is an answer."""
    if value is None:
        return LEFT_BLANK
    if question.kind in TEXT_KINDS | {"group", "tick"}:
        return ""
    codes = set(codes_of(value))
    if codes and codes <= PREFER_NOT:
        return SAID_PREFER_NOT
    return SAID_DONT_KNOW if codes and codes <= DONT_KNOW else ""


def lacking(question: Question, value: Value) -> list[Refusal]:
    """What a required question still wants, and what of an answer is outside of the limits."""
    if question.kind == "group":
        held = value if isinstance(value, Mapping) else {}
        inner = [reason for part in question.fields for reason in lacking(part, held.get(part.id))]
        return inner or (_one_of(question, held) if question.one_of else [])
    if value is not None:
        wrong = _outside_limits(question, value)
        if wrong:
            return [wrong]
    if not question.required:
        return []
    if question.kind == "tick":
        return [] if value is True else [Refusal(question.id, "not_ticked")]
    return [_no_answer(question)] if value is None else []


def _no_answer(question: Question) -> Refusal:
    if question.kind == "grid":
        return Refusal(extra_name(question.id), "none_chosen")
    if question.kind == "choice":
        return Refusal(question.id, "not_chosen")
    return Refusal(question.id, "none_chosen" if question.kind == "multi_choice" else "empty")


def _outside_limits(question: Question, value: Value) -> Refusal | None:
    """Why an answer is too short or too long to be sent. A draft keeps it: a limit may come later."""
    if question.kind == "multi_choice":
        most, count = question.max_selected, len(codes_of(value))
        return Refusal(question.id, "too_many", {"most": most, "count": count}) if most and count > most else None
    if question.kind not in TEXT_KINDS or not isinstance(value, str):
        return None
    words = len(value.split())
    if len(value) > question.limit:
        return Refusal(question.id, "too_long", {"over": len(value) - question.limit, "limit": question.limit})
    if question.max_words and words > question.max_words:
        return Refusal(question.id, "too_many_words", {"most": question.max_words, "count": words})
    if question.min_words and words < question.min_words:
        return Refusal(question.id, "too_few_words", {"least": question.min_words, "count": words})
    if question.min_chars and len(value) < question.min_chars:
        return Refusal(question.id, "too_short", {"least": question.min_chars, "count": len(value)})
    return None


def _one_of(question: Question, held: Mapping[str, Value]) -> list[Refusal]:
    """A group that wants one way to be given: an email address or a choice when it has such fields."""
    ways = [part for part in question.fields if part.kind in {"email", "choice"}] or list(question.fields)
    if any(held.get(way.id) for way in ways):
        return []
    return [Refusal(ways[0].id, "this_or_another")] if held else [Refusal(ways[-1].id, "one_of_these")]


# ---------------------------------------------------------------- one reader per kind


def _strings(data: Posted, name: str) -> list[str]:
    found = data.get(name) or []
    return [item for item in ([found] if isinstance(found, str) else found) if isinstance(item, str)]


def _last(data: Posted, name: str) -> str:
    found = _strings(data, name)
    return found[-1] if found else ""


def _too_long(name: str, text: str, limit: int) -> None:
    over = len(text) - limit
    if over > 0:
        raise _RefusedError(name, "too_long", over=over, limit=limit)


def _text(question: Question, data: Posted) -> Value:
    text = tidy(_last(data, question.id), lines=question.kind == "text")
    _too_long(question.id, text, question.limit)
    if not text:
        return None
    if question.kind == "email" and (len(text) > 254 or ".." in text or not _EMAIL.match(text)):
        raise _RefusedError(question.id, "not_an_email")
    if question.kind == "tel" and sum(c.isdigit() for c in text) < 5:
        raise _RefusedError(question.id, "not_a_phone")
    return text


def _words_beside(question: Question, data: Posted) -> dict[str, str]:
    """Own words typed beside choices, by code, within their limits."""
    found = {}
    for option in question.by_code.values():
        if option.text:
            name = text_name(question.id, option.code)
            text = tidy(_last(data, name))
            _too_long(name, text, option.max_chars)
            if text:
                found[option.code] = text
    return found


def _chosen(question: Question, data: Posted, name: str, options: Iterable[Option]) -> list[str]:
    """The posted codes of one list of options, once each, in the order of the form."""
    sent = {item for item in _strings(data, name) if item}
    known = [option.code for option in options]
    if sent - set(known):
        raise _RefusedError(name, "not_offered")
    return [code for code in known if code in sent]


def _with_words(codes: list[str], words: dict[str, str]) -> dict[str, Any] | None:
    kept = {code: text for code, text in words.items() if code in codes}
    return {"codes": codes, "text": kept} if kept else None


def _one(question: Question, data: Posted) -> Value:
    codes = _chosen(question, data, question.id, question.options)
    if len(codes) > 1:
        raise _RefusedError(question.id, "more_than_one")
    words = _words_beside(question, data)
    if not codes and len(words) == 1:
        codes = list(words)  # own words alone say which choice was meant
    if not codes:
        return None
    return _with_words(codes, words) or codes[0]


def _alone(question: Question, codes: Iterable[str]) -> str:
    """The choice that stands alone among ``codes``, or empty."""
    chosen = set(codes)
    return next((code for code in reversed(question.exclusive) if code in chosen), "")


def _many(question: Question, data: Posted) -> Value:
    codes = _chosen(question, data, question.id, question.options)
    alone = _alone(question, codes)
    if alone:
        return [alone]
    words = _words_beside(question, data)
    codes = [o.code for o in question.options if o.code in codes or (o.code in words and not o.exclusive)]
    if question.max_selected and len(codes) > question.max_selected:
        raise _RefusedError(question.id, "too_many", most=question.max_selected, count=len(codes))
    if not codes:
        return None
    return _with_words(codes, words) or codes


def _tick(question: Question, data: Posted) -> Value:
    ticked = _last(data, question.id).strip().lower() not in {"", "0", "off", "false", "no"}
    return True if ticked else question.unticked


def _grid(question: Question, data: Posted) -> Value:
    extra = _chosen(question, data, extra_name(question.id), question.extra)
    columns = {
        column.code: _chosen(question, data, column_name(question.id, column.code), question.options)
        for column in question.columns
    }
    alone = _alone(question, [*extra, *(code for codes in columns.values() for code in codes)])
    if alone:
        if any(option.code == alone for option in question.extra):
            return {"columns": {}, "extra": [alone]}
        return {"columns": {name: [alone] for name, codes in columns.items() if alone in codes}, "extra": []}
    columns = {name: codes for name, codes in columns.items() if codes}
    if not columns and not extra:
        return None
    used = {code for codes in columns.values() for code in codes} | set(extra)
    words = {code: text for code, text in _words_beside(question, data).items() if code in used}
    return {"columns": columns, "extra": extra, **({"text": words} if words else {})}


def _group(question: Question, data: Posted) -> Value:
    found = {}
    for part in question.fields:
        value = _READERS[part.kind](part, data)
        if value is not None:
            found[part.id] = value
    return found or None


_READERS: dict[str, Callable[[Question, Posted], Value]] = {
    **dict.fromkeys(TEXT_KINDS, _text),
    "choice": _one,
    "multi_choice": _many,
    "tick": _tick,
    "grid": _grid,
    "group": _group,
}
