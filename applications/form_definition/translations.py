"""The words of a form in another language: where they stand, what is missing, and what is older than the English.

A text is written in English. Its words in another language stand beside it, with the English that they were written
for: ``{"en": "Why?", "es": "¿Por qué?", "es_for": "Why?"}``. Once the English is another sentence those words count as
older: applicants get the English, and whoever writes the form is shown what to look at again. The list
``translations`` of a definition, sentence to sentence, stands behind all texts that have no words of their own.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from applications.form_definition.validation import LONGEST, every, rows, words
from cohort.questions.text import names_in

TONGUES = ("es",)
READY, MISSING, OLDER = "ready", "missing", "older"
LISTS = {"options": "code", "columns": "code", "extra_options": "code", "fields": "id"}


@dataclass(frozen=True)
class TextPair:
    """One text and its words in another language.

    ``path`` says where it stands, ``owner`` is the id of its question (empty for the part itself), ``kind`` what it is
    (``title``, ``label``, ``option`` …). ``before``: the English that older words were written for. ``most``: how many
    characters the words may have; languages other than English need more room.
    """

    path: str
    owner: str
    kind: str
    english: str
    words: str = ""
    state: str = MISSING
    before: str = ""

    @property
    def most(self) -> int:
        return max(300, len(self.english) * 2, LONGEST.get(self.kind, 0) * 3 // 2)


def known(definition: Mapping[str, Any], tongue: str) -> dict[str, str]:
    """The list of sentences that stands behind all texts."""
    found = definition.get("translations")
    pairs = found.get(tongue) if isinstance(found, Mapping) else None
    return (
        {a: b for a, b in pairs.items() if isinstance(a, str) and isinstance(b, str)}
        if isinstance(pairs, Mapping)
        else {}
    )


def stand(raw: object, sentences: Mapping[str, str], tongue: str) -> tuple[str, str, str]:
    """The words of a text, how they stand, and the English that older ones were written for."""
    english = words(raw)
    if isinstance(raw, Mapping) and isinstance(raw.get(tongue), str):
        mine = str(raw[tongue])
        meant = raw.get(f"{tongue}_for", english)
        if not mine:
            return "", MISSING, ""
        return (mine, READY, "") if meant == english else (mine, OLDER, str(meant))
    found = sentences.get(english, "")
    return found, READY if found else MISSING, ""


def texts(definition: Mapping[str, Any], section: Mapping[str, Any], tongue: str) -> list[TextPair]:
    """Every text of a part that an applicant reads, in order."""
    sentences = known(definition, tongue)
    found = []
    for place in _places(section):
        english = words(place.raw).strip()
        if english:
            said, state, before = stand(place.raw, sentences, tongue)
            found.append(TextPair(place.path, place.owner, place.kind, english, said, state, before))
    return found


def written(definition: Mapping[str, Any], part: str, tongue: str, changes: Mapping[str, str]) -> dict[str, Any]:
    """A new definition with words of one language, by path. Empty words leave the English alone.

    :raises StopIteration: there is no such part.
    """
    mine: dict[str, Any] = copy.deepcopy(dict(definition))
    short = mine.get("employer_form")
    parts = [*rows(mine.get("sections")), *([short] if isinstance(short, dict) else [])]
    section = next(s for s in parts if s.get("id") == part)
    sentences = known(mine, tongue)
    for place in list(_places(section)):
        if place.path not in changes:
            continue
        text, said = words(place.raw), changes[place.path]
        if (said, READY if said else MISSING) == stand(place.raw, sentences, tongue)[:2]:
            continue
        others = (
            {k: v for k, v in place.raw.items() if k not in (tongue, f"{tongue}_for")}
            if isinstance(place.raw, Mapping)
            else {"en": text}
        )
        place.holder[place.key] = {**others, tongue: said, f"{tongue}_for": text}
    return mine


def unlike(english: str, said: str) -> list[str]:
    """Placeholders that stand in only one of two texts."""
    return sorted(set(names_in(english)) ^ set(names_in(said)))


# ---------------------------------------------------------------- while the English changes


def merged(old: object, new: object, definition: Mapping[str, Any]) -> object:
    """New English words, with what other languages said to the old ones kept beside them."""
    text, base = words(new), words(old)
    if not isinstance(new, str | Mapping) or not text or not base:
        return new
    if text == base:
        return old if isinstance(old, Mapping) and isinstance(new, str) else new
    found: dict[str, Any] = dict(old) if isinstance(old, Mapping) else {}
    for tongue in TONGUES:
        sentences = known(definition, tongue)
        if text in sentences:
            found.pop(tongue, None)
            found.pop(f"{tongue}_for", None)
        elif isinstance(found.get(tongue), str):
            found.setdefault(f"{tongue}_for", base)
        elif base in sentences:
            found |= {tongue: sentences[base], f"{tongue}_for": base}
    return {**found, "en": text} if set(found) - {"en"} else text


def carried(key: str, old: object, new: object, definition: Mapping[str, Any]) -> object:
    """As :func:`merged` for any key of a part or question: single texts, lists of answers and fields, gates."""
    if key in ("title", "label", "help", "text", "alternative_formats"):
        return merged(old, new, definition)
    if key == "intro_blocks" and isinstance(new, list):
        blocks = old if isinstance(old, list) else []
        same = {words(block): block for block in blocks}
        return [
            same.get(words(block)) or merged(blocks[n] if n < len(blocks) else None, block, definition)
            for n, block in enumerate(new)
        ]
    if key == "gate" and isinstance(new, Mapping):
        before = old if isinstance(old, Mapping) else {}
        return {
            k: merged(before.get(k), v, definition) if k in ("kind_words", "other_ways") else v for k, v in new.items()
        }
    if key in LISTS and isinstance(new, list):
        before = {row.get(LISTS[key]): row for row in rows(old)}
        return [
            {
                k: merged(before.get(row.get(LISTS[key]), {}).get(k), v, definition) if k in ("label", "help") else v
                for k, v in row.items()
            }
            if isinstance(row, Mapping)
            else row
            for row in new
        ]
    return new


# ---------------------------------------------------------------- where texts stand


@dataclass(frozen=True)
class _Place:
    path: str
    owner: str
    kind: str
    holder: Any
    key: Any

    @property
    def raw(self) -> Any:
        return self.holder[self.key]


def _places(section: Mapping[str, Any]) -> Iterator[_Place]:
    for key in ("title", "help", "alternative_formats"):
        if key in section:
            yield _Place(f".{key}", "", key, section, key)
    blocks = section.get("intro_blocks")
    if isinstance(blocks, list):
        yield from (_Place(f".intro.{n}", "", "text", blocks, n) for n in range(len(blocks)))
    for question, _how in every(section):
        yield from _of(question)


def _of(question: dict[str, Any]) -> Iterable[_Place]:
    name = str(question.get("id"))
    for key in ("label", "text", "help"):
        if key in question and not (key == "label" and question.get("type") == "notice" and question.get("text")):
            yield _Place(f"{name}.{key}", name, key, question, key)
    for group in ("options", "columns", "extra_options"):
        for option in rows(question.get(group)):
            for key in ("label", "help"):
                if key in option:
                    kind = "option" if key == "label" else "option_help"
                    yield _Place(f"{name}.{group}.{option.get('code')}.{key}", name, kind, option, key)
    gate = question.get("gate")
    if isinstance(gate, dict):
        for key in ("kind_words", "other_ways"):
            if key in gate:
                yield _Place(f"{name}.gate.{key}", name, key, gate, key)
