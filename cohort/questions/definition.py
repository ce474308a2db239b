"""Read the definition of questions into frozen dataclasses, whatever it holds.

A definition is data that people edit. What cannot be understood is left out, never guessed at: a question
with an unknown kind, an id that is not a name, or a choice without options is not part of the sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from cohort.questions import parsing
from cohort.questions.parsing import CODE
from cohort.questions.text import Said

TEXT_KINDS = frozenset({"short_text", "text", "email", "tel"})
CHOICE_KINDS = frozenset({"choice", "multi_choice"})
KINDS = TEXT_KINDS | CHOICE_KINDS | {"tick", "grid", "group"}

DEFAULT_LIMITS = {"short_text": 200, "email": 254, "tel": 30, "text": 2000}
OWN_WORDS_LIMIT = 80
OWN_WORDS_HARD_LIMIT = 160  # no definition may ask for longer words beside a choice than this
HARD_LIMIT = 20_000  # no definition may ask for longer texts than this
PREFER_NOT, DONT_KNOW = frozenset({"prefer_not"}), frozenset({"dk", "dont_know"})


@dataclass(frozen=True)
class Option:
    """One choice. ``text`` means that own words may go with it, up to ``max_chars`` characters."""

    code: str
    label: str
    help: str = ""
    text: bool = False
    max_chars: int = OWN_WORDS_LIMIT
    exclusive: bool = False


@dataclass(frozen=True)
class Question:
    """One question of any room. A question of an application form is more: see ``applications/form_definition/``.

    ``kind`` is one of :data:`KINDS`, or empty for words to read, which take no answer. ``limit`` and ``min_chars`` are
    in characters, ``min_words`` and ``max_words`` in words, ``max_selected`` in options; 0 means no limit. ``one_of``
    means that one of the fields of a group must be given. ``show_if`` names other questions and those of their answers
    that ask this one: all of the conditions must hold, or any one when ``show_any`` is set.
    """

    id: str
    kind: str
    label: str = ""
    help: str = ""
    required: bool = False
    one_of: bool = False
    limit: int = 200
    min_chars: int = 0
    min_words: int = 0
    max_words: int = 0
    max_selected: int = 0
    options: tuple[Option, ...] = ()
    columns: tuple[Option, ...] = ()
    extra: tuple[Option, ...] = ()
    fields: tuple[Question, ...] = ()
    show_if: tuple[tuple[str, frozenset[str]], ...] = ()
    show_any: bool = False
    enabled: bool = True

    @property
    def unticked(self) -> bool | None:
        """What is stored for a box that is not ticked: nothing, unless a kind of form keeps the no."""
        return None

    @cached_property
    def by_code(self) -> dict[str, Option]:
        """Every option of the question, those beside a grid included."""
        return {option.code: option for option in (*self.options, *self.extra)}

    @cached_property
    def exclusive(self) -> tuple[str, ...]:
        """Codes that stand alone, the most protective last."""
        codes = [option.code for option in self.by_code.values() if option.exclusive]
        return tuple(sorted(codes, key=lambda code: code in PREFER_NOT))

    def label_of(self, code: str) -> str:
        """What an option says; the code itself when the form no longer holds it."""
        option = self.by_code.get(code)
        return option.label if option else code


@dataclass(frozen=True)
class Sheet:
    """Questions that are asked together, on one page."""

    id: str
    title: str
    help: str = ""
    intro: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    @cached_property
    def optional(self) -> bool:
        """Whether nothing here has to be answered."""
        return not any(q.required or q.one_of for q in self.questions)


def load(definition: object, *, locale: str = "en") -> Sheet:
    """Read the definition of one sheet. Never fails: what is not understood is left out.

    :param locale: words may be given per language, as ``{"en": "Yes", "es": "Sí"}``, or for all words of the
        definition at once under ``translations``, as ``{"es": {"Yes": "Sí"}}``.
    """
    raw = definition if isinstance(definition, Mapping) else {}
    reader = Reader.of(raw, locale)
    return Sheet(
        id=parsing.name(raw.get("id")),
        title=reader.words(raw.get("title")),
        help=reader.words(raw.get("help")),
        intro=reader.texts(raw.get("intro")),
        questions=reader.questions(raw.get("questions")),
    )


@dataclass
class Reader:
    """Reads the questions of one definition in one language; each name counts once, the first time.

    ``known`` are sentences in that language by their English, ``seen`` the names of the questions so far.
    """

    locale: str
    known: Mapping[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, definition: Mapping[str, Any], locale: str) -> Self:
        """A reader that knows the translations of ``definition``."""
        tongue = locale.partition("-")[0]
        return cls(tongue, _translations(definition.get("translations"), tongue))

    def words(self, raw: object) -> str:
        """A text in this language: of a mapping of languages, or by the list of sentences, or else in English.

        Words in a mapping may say which English sentence they were written for (``es_for``). Once the English is
        another one they no longer count: nobody is asked something that the form does not ask.
        """
        base = raw.get("en") if isinstance(raw, Mapping) else raw
        if isinstance(raw, Mapping):
            mine = raw.get(self.locale)
            if isinstance(mine, str) and mine and raw.get(f"{self.locale}_for", base) == base:
                return _plain(mine)
        if not isinstance(base, str):
            return ""
        known = self.known.get(base)
        if known and not (isinstance(raw, Mapping) and self.locale in raw and self.locale != "en"):
            return _plain(known)
        text = _plain(base)
        return Said(text, "en") if text and self.locale != "en" else text

    def texts(self, raw: object) -> tuple[str, ...]:
        """Several paragraphs; those without words are left out."""
        return tuple(filter(None, (self.words(block) for block in parsing.items(raw))))

    def questions(self, raw: object) -> tuple[Question, ...]:
        return tuple(q for q in map(self.question, parsing.items(raw)) if q is not None)

    def question(self, raw: object) -> Question | None:
        """One question; None when it cannot be asked as it is written."""
        if not isinstance(raw, Mapping) or not self.is_new(raw):
            return None
        kind = raw.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            return None
        choices = self.choices(raw, kind)
        if choices is None:
            return None
        self.seen.add(raw["id"])
        fields: tuple[Question, ...] = ()
        if kind == "group":
            fields = self.questions([item for item in parsing.items(raw.get("fields")) if not _is_group(item)])
            if not fields:
                return None
        return Question(**{**self.basics(raw, kind, limit_of(raw, kind)), **choices}, fields=fields)

    def is_new(self, raw: Mapping[str, Any]) -> bool:
        """Whether a question has a name, and one that no question before it has."""
        return parsing.is_name(raw.get("id")) and raw["id"] not in self.seen

    def choices(self, raw: Mapping[str, Any], kind: str) -> dict[str, tuple[Option, ...]] | None:
        """What a question offers: ``options``, ``columns`` and ``extra``; None when there is nothing to choose."""
        options = self.options(raw.get("options"))
        columns = self.options(raw.get("columns")) if kind == "grid" else ()
        extra = self.options(raw.get("extra_options"), {o.code for o in options}) if columns else ()
        if (kind in CHOICE_KINDS and not options) or (kind == "grid" and not (options and columns)):
            return None
        return {"options": options, "columns": columns, "extra": extra}

    def basics(self, raw: Mapping[str, Any], kind: str, limit: int) -> dict[str, Any]:
        """The words, limits and conditions of a question, as keywords for :class:`Question`."""
        texts = kind in TEXT_KINDS
        return {
            "id": raw["id"],
            "kind": kind,
            "label": self.words(raw.get("label")) or raw["id"],
            "help": self.words(raw.get("help")),
            "required": raw.get("required") is True,
            "one_of": kind == "group" and raw.get("required") == "one_of",
            "limit": limit,
            "min_chars": parsing.number(raw.get("min_chars"), 1, limit, 0) if texts else 0,
            "min_words": parsing.number(raw.get("min_words"), 1, HARD_LIMIT, 0) if texts else 0,
            "max_words": parsing.number(raw.get("max_words"), 1, HARD_LIMIT, 0) if texts else 0,
            "max_selected": parsing.number(raw.get("max_selected"), 1, 10_000, 0),
            "show_if": parsing.conditions(raw.get("show_if")),
            "show_any": raw.get("show_if_match") == "any",
            "enabled": raw.get("enabled", True) is not False,
        }

    def options(self, raw: object, taken: Iterable[str] = ()) -> tuple[Option, ...]:
        found: dict[str, Option] = {}
        for item in parsing.items(raw):
            if not isinstance(item, Mapping):
                continue
            code = item.get("code")
            if not isinstance(code, str) or not CODE.match(code) or code in found or code in set(taken):
                continue
            found[code] = Option(
                code=code,
                label=self.words(item.get("label")) or code,
                help=self.words(item.get("help")),
                text=item.get("text") is True,
                exclusive=item.get("exclusive") is True or code in PREFER_NOT,
                max_chars=parsing.number(item.get("max_chars"), 1, OWN_WORDS_HARD_LIMIT, OWN_WORDS_LIMIT),
            )
        return tuple(found.values())


def limit_of(raw: Mapping[str, Any], kind: str) -> int:
    """How many characters an answer of this kind may have."""
    return parsing.number(raw.get("max_chars"), 1, HARD_LIMIT, DEFAULT_LIMITS.get(kind, OWN_WORDS_LIMIT))


def _is_group(raw: object) -> bool:
    return isinstance(raw, Mapping) and raw.get("kind") == "group"


def _translations(raw: object, tongue: str) -> dict[str, str]:
    """Sentence to sentence for one language. An edited sentence is not found here, and stays as it was written."""
    rows = raw.get(tongue) if isinstance(raw, Mapping) else None
    pairs = rows.items() if isinstance(rows, Mapping) else ()
    return {said: words for said, words in pairs if isinstance(said, str) and isinstance(words, str)}


def _plain(text: str) -> str:
    return text.replace("\x00", "")[:HARD_LIMIT]
