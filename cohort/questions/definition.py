"""Read a form definition into frozen dataclasses, whatever it holds.

A definition is data that people edit. What cannot be understood is left out, never guessed at: a question
with an unknown type, an id that is not a name, or a choice without options is not part of the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from cohort.questions import parsing
from cohort.questions.parsing import CODE
from cohort.questions.text import Said

TEXTS = frozenset({"text", "email", "tel", "textarea"})
ONE_CHOICE = frozenset({"radio", "select_with_text"})
MANY_CHOICES = frozenset({"checkboxes", "multi_select_with_text"})
SILENT = frozenset({"notice", "submit"})
TYPES = TEXTS | ONE_CHOICE | MANY_CHOICES | SILENT | {"checkbox_single", "matrix_checkboxes", "group"}

VISIBILITIES = frozenset({"reviewer", "staff", "selection", "equity_data", "access"})
DEFAULT_LIMITS = {"text": 200, "email": 254, "tel": 30, "textarea": 2000}
OWN_WORDS_LIMIT = 80
OWN_WORDS_COLUMN = 160  # what one row of the identity drawer holds
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
class Gate:
    """Which answers let a person in, keep them out, or need a look by staff.

    ``kind_words`` say to the person what the program needs, when their answer keeps them out or needs a look;
    ``other_ways`` what they can do instead, one way a line.
    """

    passes: frozenset[str]
    fails: frozenset[str]
    check: frozenset[str]
    kind_words: str = ""
    other_ways: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One question of a form.

    ``limit`` and ``min_chars`` are in characters, ``min_words`` and ``max_words`` in words, ``max_selected`` in
    options; 0 means no limit. ``show_if`` names other questions and those of their answers that ask this one: all of
    the conditions must hold, or any one when ``show_any`` is set.
    """

    id: str
    type: str
    section: str
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
    show_if_setting: str = ""
    enabled: bool = True
    gate: Gate | None = None
    visibility: str = "staff"
    autocomplete: str = ""
    factor: str = ""
    consent: bool = False
    deletes_on_withdraw: str = ""
    text: str = ""
    retention: str = ""

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
class Section:
    """One page of the form."""

    id: str
    title: str
    help: str = ""
    intro: tuple[str, ...] = ()
    other_formats: str = ""
    questions: tuple[Question, ...] = ()

    @cached_property
    def optional(self) -> bool:
        """Whether nothing here has to be answered."""
        return not any(q.required or q.one_of for q in self.questions)

    @cached_property
    def private(self) -> str:
        """``equity_data`` or ``access`` when every answer here goes to that drawer alone, else empty."""
        kinds = {q.visibility for q in self.questions if q.type not in SILENT}
        return next(iter(kinds)) if len(kinds) == 1 and kinds <= {"equity_data", "access"} else ""


@dataclass(frozen=True)
class Form:
    """A whole form. ``employer`` is the short form for the person who confirms support.

    ``kept_days`` says per class of data after how many days it is deleted.
    """

    title: str = ""
    minutes: int = 0
    sections: tuple[Section, ...] = ()
    employer: Section | None = None
    letters: Mapping[str, Any] = field(default_factory=dict)
    kept_days: Mapping[str, int] = field(default_factory=dict)
    version: int = 1

    @cached_property
    def questions(self) -> dict[str, Question]:
        return {q.id: q for section in self.sections for q in section.questions}

    @cached_property
    def asked(self) -> dict[str, Question]:
        """All questions, those of the short form for employers included."""
        return {**{q.id: q for q in (self.employer.questions if self.employer else ())}, **self.questions}

    @cached_property
    def parts(self) -> tuple[Section, ...]:
        """The sections that hold something to read or answer; the last check page is not one of them."""
        return tuple(s for s in self.sections if any(q.type != "submit" for q in s.questions))

    def part(self, section_id: str) -> Section | None:
        return next((s for s in self.parts if s.id == section_id), None)


def load(definition: object, *, locale: str = "en") -> Form:
    """Read a definition. Never fails: what is not understood is left out.

    :param locale: words may be given per language, as ``{"en": "Yes", "es": "Sí"}``, or for all words of the
        definition at once under ``translations``, as ``{"es": {"Yes": "Sí"}}``.
    """
    raw = definition if isinstance(definition, Mapping) else {}
    tongue = locale.partition("-")[0]
    reader = _Reader(tongue, _translations(raw.get("translations"), tongue))
    sections = tuple(s for s in (reader.section(item) for item in parsing.items(raw.get("sections"))) if s is not None)
    employer = raw.get("employer_form")
    short = (
        _Reader(reader.locale, reader.known).section(
            {**employer, "title": employer.get("title", "")}, always_staff=True
        )
        if isinstance(employer, Mapping)
        else None
    )
    letters = raw.get("letters")
    return Form(
        title=reader.words(raw.get("title")),
        minutes=parsing.number(raw.get("estimated_minutes"), 0, 600, 0),
        sections=sections,
        employer=short,
        letters=letters if isinstance(letters, Mapping) else {},
        kept_days=_days(raw.get("retention_classes")),
        version=parsing.number(raw.get("version"), 1, 1_000_000, 1),
    )


def _translations(raw: object, tongue: str) -> dict[str, str]:
    """Sentence to sentence for one language. An edited sentence is not found here, and stays as it was written."""
    rows = raw.get(tongue) if isinstance(raw, Mapping) else None
    pairs = rows.items() if isinstance(rows, Mapping) else ()
    return {said: words for said, words in pairs if isinstance(said, str) and isinstance(words, str)}


def _days(raw: object) -> dict[str, int]:
    rows = raw.items() if isinstance(raw, Mapping) else ()
    return {
        name: parsing.number(row.get("delete_after_days"), 0, 36_500, 0)
        for name, row in rows
        if parsing.is_name(name) and isinstance(row, Mapping)
    }


@dataclass
class _Reader:
    locale: str
    known: Mapping[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    section_ids: set[str] = field(default_factory=set)

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

    def section(self, raw: object, *, always_staff: bool = False) -> Section | None:
        if not isinstance(raw, Mapping) or not parsing.is_name(raw.get("id")) or raw["id"] in self.section_ids:
            return None
        self.section_ids.add(raw["id"])
        found: list[Question] = []
        for item in parsing.items(raw.get("questions")):
            question = self.question(item, raw["id"], "staff" if always_staff else None)
            if question is None:
                continue
            found.append(question)
            follow = item.get("follow_up")
            if isinstance(follow, Mapping):
                inherited = {"visibility": question.visibility, "enabled": question.enabled, **follow}
                second = self.question(inherited, raw["id"], question.visibility)
                if second is not None:
                    found.append(second)
        return Section(
            id=raw["id"],
            title=self.words(raw.get("title")) or raw["id"],
            help=self.words(raw.get("help")),
            intro=tuple(filter(None, (self.words(block) for block in parsing.items(raw.get("intro_blocks"))))),
            other_formats=self.words(raw.get("alternative_formats")),
            questions=tuple(found),
        )

    def question(self, raw: object, section: str, visibility: str | None = None) -> Question | None:
        if not isinstance(raw, Mapping) or not parsing.is_name(raw.get("id")) or raw["id"] in self.seen:
            return None
        kind = raw.get("type")
        if not isinstance(kind, str) or kind not in TYPES:
            return None
        options = self.options(raw.get("options"))
        columns = self.options(raw.get("columns")) if kind == "matrix_checkboxes" else ()
        extra = self.options(raw.get("extra_options"), {o.code for o in options}) if columns else ()
        if kind in ONE_CHOICE | MANY_CHOICES | {"matrix_checkboxes"} and not options:
            return None
        if kind == "matrix_checkboxes" and not columns:
            return None
        self.seen.add(raw["id"])
        if visibility is None:
            said = raw.get("visibility")
            visibility = said if isinstance(said, str) and said in VISIBILITIES else "staff"
        fields: tuple[Question, ...] = ()
        if kind == "group" and visibility == "equity_data":
            return None  # the identity drawer holds single choices, never sets of fields
        if kind == "group":
            inner = (
                self.question(item, section, visibility)
                for item in parsing.items(raw.get("fields"))
                if isinstance(item, Mapping) and item.get("type") not in SILENT | {"group"}
            )
            fields = tuple(q for q in inner if q is not None)
            if not fields:
                return None
        limit = parsing.number(raw.get("max_chars"), 1, HARD_LIMIT, DEFAULT_LIMITS.get(kind, OWN_WORDS_LIMIT))
        if visibility == "equity_data":
            limit = min(limit, OWN_WORDS_COLUMN)
        if kind in {"select_with_text", "multi_select_with_text"}:
            options = tuple(_limited(o, min(limit, OWN_WORDS_COLUMN)) for o in options)
        return Question(
            id=raw["id"],
            type=kind,
            section=section,
            label=self.words(raw.get("label")) or raw["id"],
            help=self.words(raw.get("help")),
            required=raw.get("required") is True,
            one_of=kind == "group" and raw.get("required") == "one_of",
            limit=limit,
            min_chars=parsing.number(raw.get("min_chars"), 1, limit, 0) if kind in TEXTS else 0,
            min_words=parsing.number(raw.get("min_words"), 1, HARD_LIMIT, 0) if kind in TEXTS else 0,
            max_words=parsing.number(raw.get("max_words"), 1, HARD_LIMIT, 0) if kind in TEXTS else 0,
            max_selected=parsing.number(raw.get("max_selected"), 1, 10_000, 0),
            options=options,
            columns=columns,
            extra=extra,
            fields=fields,
            show_if=parsing.conditions(raw.get("show_if")),
            show_any=raw.get("show_if_match") == "any",
            show_if_setting=parsing.name(raw.get("show_if_setting")),
            enabled=raw.get("enabled", raw.get("enabled_by_default", True)) is not False,
            gate=_gate(raw.get("gate"), self.words),
            visibility=visibility,
            autocomplete=parsing.token(raw.get("autocomplete")),
            factor=parsing.name(raw.get("factor")),
            text=self.words(raw.get("text")),
            consent=kind == "checkbox_single"
            and (section == "consent" or "notice_version" in parsing.items(raw.get("stores"))),
            deletes_on_withdraw=parsing.name(raw.get("deletes_on_withdraw")),
            retention=parsing.name(raw.get("retention")),
        )

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
                max_chars=parsing.number(item.get("max_chars"), 1, OWN_WORDS_COLUMN, OWN_WORDS_LIMIT),
            )
        return tuple(found.values())


def _plain(text: str) -> str:
    return text.replace("\x00", "")[:HARD_LIMIT]


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that hold something, each in the language of the text."""
    lines = filter(None, (line.strip() for line in text.splitlines()))
    return tuple(Said(line, text.lang) if isinstance(text, Said) else line for line in lines)


def _limited(option: Option, limit: int) -> Option:
    return replace(option, max_chars=limit) if option.text else option


def _gate(raw: object, words: Callable[[object], str]) -> Gate | None:
    if not isinstance(raw, Mapping):
        return None
    passes, fails = parsing.codes(raw.get("pass")) | parsing.codes(raw.get("pass_any")), parsing.codes(raw.get("fail"))
    check = frozenset({"unsure"}) & passes if raw.get("unsure_action") == "staff_check" else frozenset()
    check |= parsing.codes(raw.get("check"))
    if not (passes or fails or check):
        return None
    return Gate(
        passes=passes - check,
        fails=fails - check,
        check=check,
        kind_words=words(raw.get("kind_words")),
        other_ways=lines_of(words(raw.get("other_ways"))),
    )
