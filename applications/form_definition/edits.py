"""Change a definition: one function for each thing that a writer does. Nothing here checks or stores.

Every function takes a definition, leaves it as it is, and gives back a new one. What is named has to be there.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from applications.form_definition import translations
from applications.form_definition.validation import every, rows, words

Definition = dict[str, Any]
LIVES_ALONE = (  # what only one question can have
    "factor",
    "default_policy",
    "allowed_policies",
    "rubric",
    "stores",
    "deletes_on_withdraw",
    "autocomplete",
)


class GoneError(LookupError):
    """The part or question is not in this definition (any more)."""


@dataclass(frozen=True)
class QuestionPlace:
    """Where a question stands: its part, its index there, and ``how``: ``""``, ``follow_up`` or ``field``."""

    section: dict[str, Any]
    index: int
    question: dict[str, Any]
    how: str


def opened(definition: Mapping[str, Any]) -> Definition:
    """A definition to write in: a copy where parts and questions are lists of mappings, each question with the
    readers that it was made for."""
    mine: Definition = copy.deepcopy(dict(definition))
    mine["sections"] = rows(mine.get("sections"))
    for section in all_parts(mine):
        section["questions"] = rows(section.get("questions"))
        for question, how in every(section):
            question.pop("options_from", None)  # the options are written out
            if not how and question.get("type") != "submit":
                question.setdefault("made_for", question.get("visibility") or "staff")
    return mine


def employer_of(definition: Mapping[str, Any]) -> dict[str, Any] | None:
    """The short form for employers; it is edited as a part is, and cannot be moved or taken out."""
    short = definition.get("employer_form")
    return short if isinstance(short, dict) and isinstance(short.get("id"), str) else None


def is_employer(definition: Mapping[str, Any], part: str) -> bool:
    """Whether ``part`` is the short form for employers."""
    short = employer_of(definition)
    return short is not None and short["id"] == part


def all_parts(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts in order, the short form for employers last."""
    short = employer_of(definition)
    return [*rows(definition.get("sections")), *([short] if short else [])]


def part_of(definition: Mapping[str, Any], part: str) -> dict[str, Any]:
    """:raises GoneError: there is no such part."""
    found = next((s for s in all_parts(definition) if s.get("id") == part), None)
    if found is None:
        raise GoneError(part)
    return found


def find(definition: Mapping[str, Any], name: str) -> QuestionPlace:
    """:raises GoneError: there is no such question."""
    for section in all_parts(definition):
        for index, question in enumerate(rows(section.get("questions"))):
            if question.get("id") == name:
                return QuestionPlace(section, index, question, "")
            follow = question.get("follow_up")
            if isinstance(follow, dict) and follow.get("id") == name:
                return QuestionPlace(section, index, follow, "follow_up")
            for inner in rows(question.get("fields")):
                if inner.get("id") == name:
                    return QuestionPlace(section, index, inner, "field")
    raise GoneError(name)


def names(definition: Mapping[str, Any]) -> set[str]:
    """The ids of all parts and questions."""
    found = {str(s.get("id")) for s in all_parts(definition)}
    return found | {str(q.get("id")) for s in all_parts(definition) for q, _how in every(s)}


def new_name(text: str, taken: Iterable[str], *, start: str = "q", most: int = 40) -> str:
    """An id made from words, which nothing else has or had."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    pieces = re.findall(r"[a-z0-9]+", plain)[:5]
    base = "_".join([*([start] if start else []), *pieces])[:most].strip("_") or "a"
    used = set(taken)
    return next(n for n in (base, *(f"{base}_{i}" for i in range(2, 100_000))) if n not in used)


def last_check(definition: Mapping[str, Any]) -> int:
    """Where the closing part stands: new parts go before it."""
    sections = rows(definition.get("sections"))
    return next(
        (i for i, s in enumerate(sections) if any(q.get("type") == "submit" for q in rows(s.get("questions")))),
        len(sections),
    )


# ---------------------------------------------------------------- parts


def add_part(definition: Definition, *, title: str, taken: Iterable[str] = ()) -> tuple[Definition, str]:
    mine = copy.deepcopy(definition)
    name = new_name(title, {*names(mine), *taken}, start="part")
    mine["sections"].insert(last_check(mine), {"id": name, "title": title, "questions": []})
    return mine, name


def change_part(definition: Definition, part: str, changes: Mapping[str, Any]) -> Definition:
    """``changes`` hold keys of the definition; None takes a key out. ``optional``: nobody must answer anything here."""
    mine = copy.deepcopy(definition)
    section = part_of(mine, part)
    for key, value in changes.items():
        if key == "optional":
            if value:
                for question, _how in every(section):
                    if question.get("required"):
                        question["required"] = False
        else:
            _set(section, key, value, mine)
    return mine


def remove_part(definition: Definition, part: str) -> tuple[Definition, list[str]]:
    """Without a part and all its questions; also the ids of questions elsewhere that are always asked now."""
    mine = copy.deepcopy(definition)
    section = part_of(mine, part)
    if is_employer(mine, part):
        raise GoneError(part)
    gone = {str(q.get("id")) for q, _how in every(section)}
    mine["sections"].remove(section)
    return mine, _drop_conditions(mine, gone)


def move_part(definition: Definition, part: str, by: int) -> Definition:
    mine = copy.deepcopy(definition)
    section = part_of(mine, part)
    sections, last = mine["sections"], last_check(mine)
    at = last if is_employer(mine, part) else sections.index(section)
    if at < last:
        sections.remove(section)
        sections.insert(max(0, min(at + by, last - 1)), section)
    return mine


# ---------------------------------------------------------------- questions


def add_question(
    definition: Definition, part: str, question: Mapping[str, Any], taken: Iterable[str] = ()
) -> tuple[Definition, str]:
    """Add ``question`` (without an id) at the end of a part. Its readers are what it was made for."""
    mine = copy.deepcopy(definition)
    section = part_of(mine, part)
    name = new_name(words(question.get("label")) or words(question.get("text")), {*names(mine), *taken})
    made = {"id": name, **{k: v for k, v in question.items() if v is not None and k != "id"}}
    made["made_for"] = made.get("visibility") or "staff"
    _name_fields(made, {*names(mine), *taken, name})
    section.setdefault("questions", []).append(made)
    return mine, name


def change_question(
    definition: Definition, name: str, changes: Mapping[str, Any], taken: Iterable[str] = ()
) -> Definition:
    """``changes`` hold keys of the definition; None takes a key out. ``part`` moves it to the end of another part.

    :param taken: ids that a new field of a group must not get.
    """
    mine = copy.deepcopy(definition)
    place = find(mine, name)
    for key, value in changes.items():
        if key != "part":
            _set(place.question, key, value, mine)
    _name_fields(place.question, {*names(definition), *taken})
    part = changes.get("part")
    if part and not place.how and part != place.section.get("id") and not is_employer(mine, str(part)):
        other = part_of(mine, str(part))
        place.section["questions"].remove(place.question)
        other["questions"].append(place.question)
    return mine


def duplicate(definition: Definition, name: str, *, label: str, taken: Iterable[str] = ()) -> tuple[Definition, str]:
    """A copy right after the question, without what only one question can be: a factor, a criterion, a consent."""
    mine = copy.deepcopy(definition)
    place = find(mine, name)
    if place.how:
        raise GoneError(name)
    used = {*names(mine), *taken}
    made = copy.deepcopy(place.question)
    for key in (*LIVES_ALONE, "follow_up"):
        made.pop(key, None)
    made["id"] = new_name(label, used)
    used.add(made["id"])
    for inner in rows(made.get("fields")):
        inner["id"] = new_name(str(inner.get("id")), used, start="")
        used.add(inner["id"])
    if made.get("label"):
        made["label"] = label
    place.section["questions"].insert(place.index + 1, made)
    return mine, str(made["id"])


def remove_question(definition: Definition, name: str) -> tuple[Definition, list[str]]:
    """Without a question (and what hangs on it); also the ids of questions that are always asked now."""
    mine = copy.deepcopy(definition)
    place = find(mine, name)
    if place.how:
        raise GoneError(name)
    gone = {str(q.get("id")) for q, _how in every({"questions": [place.question]})}
    place.section["questions"].remove(place.question)
    return mine, _drop_conditions(mine, gone)


def move_question(definition: Definition, name: str, by: int) -> Definition:
    """Up (negative) or down within its part."""
    mine = copy.deepcopy(definition)
    place = find(mine, name)
    if not place.how:
        questions = place.section["questions"]
        questions.remove(place.question)
        questions.insert(max(0, min(place.index + by, len(questions))), place.question)
    return mine


def depends_on(definition: Mapping[str, Any], gone: Iterable[str]) -> list[dict[str, Any]]:
    """Questions that are asked depending on one of ``gone``, those themselves not counted."""
    names_ = set(gone)
    return [
        q
        for s in all_parts(definition)
        for q, _how in every(s)
        if str(q.get("id")) not in names_ and isinstance(q.get("show_if"), Mapping) and names_ & set(q["show_if"])
    ]


def _drop_conditions(mine: Definition, gone: set[str]) -> list[str]:
    freed = []
    for question in depends_on(mine, gone):
        question["show_if"] = {other: codes for other, codes in question["show_if"].items() if other not in gone}
        if len(question["show_if"]) < 2:
            question.pop("show_if_match", None)
        if not question["show_if"]:
            del question["show_if"]
        freed.append(str(question.get("id")))
    return freed


def _name_fields(question: dict[str, Any], taken: set[str]) -> None:
    """An id for each new field of a group: fields come from the editor without one."""
    for inner in rows(question.get("fields")):
        if not inner.get("id"):
            inner["id"] = new_name(words(inner.get("label")), taken, start="f")
            taken.add(inner["id"])


def _set(thing: dict[str, Any], key: str, value: Any, definition: Mapping[str, Any]) -> None:
    """Set or take out; words in other languages stay beside the new English ones."""
    if value is None:
        thing.pop(key, None)
    else:
        thing[key] = translations.carried(key, thing.get(key), value, definition)
