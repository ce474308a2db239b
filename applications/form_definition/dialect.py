"""Read the form file, whatever it holds, into the dataclasses of :mod:`~applications.form_definition.definition`.

Frozen forms of earlier calls are stored in this shape, that of ``facts/application_form.yaml``, and are read for years.
Its types of question are older than the kinds of :mod:`cohort.questions`: :data:`KIND_OF` says which is which. What
cannot be understood is left out, never guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from applications.form_definition.definition import Form, FormQuestion, Gate, Section
from cohort.questions import parsing
from cohort.questions.definition import Option, Reader, limit_of
from cohort.questions.text import Said

TEXTS = frozenset({"text", "email", "tel", "textarea"})
ONE_CHOICE = frozenset({"radio", "select_with_text"})
MANY_CHOICES = frozenset({"checkboxes", "multi_select_with_text"})
SILENT = frozenset({"notice", "submit"})
TYPES = TEXTS | ONE_CHOICE | MANY_CHOICES | SILENT | {"checkbox_single", "matrix_checkboxes", "group"}
KIND_OF = {
    "text": "short_text",
    "textarea": "text",
    "email": "email",
    "tel": "tel",
    **dict.fromkeys(ONE_CHOICE, "choice"),
    **dict.fromkeys(MANY_CHOICES, "multi_choice"),
    "checkbox_single": "tick",
    "matrix_checkboxes": "grid",
    "group": "group",
    **dict.fromkeys(SILENT, ""),
}

VISIBILITIES = frozenset({"reviewer", "staff", "selection", "equity_data", "access"})
OWN_WORDS_COLUMN = 160  # what one row of the identity drawer holds


def load(definition: object, *, locale: str = "en") -> Form:
    """Read a definition. Never fails: what is not understood is left out.

    :param locale: words may be given per language, as ``{"en": "Yes", "es": "Sí"}``, or for all words of the
        definition at once under ``translations``, as ``{"es": {"Yes": "Sí"}}``.
    """
    raw = definition if isinstance(definition, Mapping) else {}
    reader = _FormReader.of(raw, locale)
    sections = tuple(s for s in map(reader.section, parsing.items(raw.get("sections"))) if s is not None)
    employer = raw.get("employer_form")
    short = _FormReader(reader.locale, reader.known).section(employer, always_staff=True)
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


def _days(raw: object) -> dict[str, int]:
    rows = raw.items() if isinstance(raw, Mapping) else ()
    return {
        name: parsing.number(row.get("delete_after_days"), 0, 36_500, 0)
        for name, row in rows
        if parsing.is_name(name) and isinstance(row, Mapping)
    }


@dataclass
class _FormReader(Reader):
    section_ids: set[str] = field(default_factory=set)

    def section(self, raw: object, *, always_staff: bool = False) -> Section | None:
        if not isinstance(raw, Mapping) or not parsing.is_name(raw.get("id")) or raw["id"] in self.section_ids:
            return None
        self.section_ids.add(raw["id"])
        found: list[FormQuestion] = []
        for item in parsing.items(raw.get("questions")):
            found += self.with_follow_up(item, raw["id"], "staff" if always_staff else None)
        return Section(
            id=raw["id"],
            title=self.words(raw.get("title")) or raw["id"],
            help=self.words(raw.get("help")),
            intro=self.texts(raw.get("intro_blocks")),
            other_formats=self.words(raw.get("alternative_formats")),
            questions=tuple(found),
        )

    def with_follow_up(self, raw: object, section: str, visibility: str | None) -> list[FormQuestion]:
        """A question and the one that follows it, which the same people read."""
        first = self.form_question(raw, section, visibility)
        if first is None or not isinstance(raw, Mapping) or not isinstance(raw.get("follow_up"), Mapping):
            return [first] if first else []
        inherited = {"visibility": first.visibility, "enabled": first.enabled, **raw["follow_up"]}
        second = self.form_question(inherited, section, first.visibility)
        return [first, second] if second else [first]

    def form_question(self, raw: object, section: str, visibility: str | None = None) -> FormQuestion | None:
        """One question; None when it cannot be asked as it is written.

        :param visibility: who reads the answer, when that is settled; else the question says so itself.
        """
        if not isinstance(raw, Mapping) or not self.is_new(raw):
            return None
        kind = raw.get("type")
        if not isinstance(kind, str) or kind not in TYPES:
            return None
        choices = self.choices(raw, KIND_OF[kind])
        if choices is None:
            return None
        self.seen.add(raw["id"])
        readers = visibility or _visibility(raw)
        fields = self.fields_of(raw, section, readers) if kind == "group" else ()
        if kind == "group" and not fields:
            return None
        limit = _limit(raw, readers)
        if kind in {"select_with_text", "multi_select_with_text"}:
            choices["options"] = tuple(_limited(o, min(limit, OWN_WORDS_COLUMN)) for o in choices["options"])
        basics = self.basics(raw, KIND_OF[kind], limit)
        return FormQuestion(**{**basics, **choices, **self.of_the_form(raw, section, readers)}, fields=fields)

    def fields_of(self, raw: Mapping[str, Any], section: str, visibility: str) -> tuple[FormQuestion, ...]:
        """The fields of a group. The identity drawer holds single choices, never sets of fields."""
        if visibility == "equity_data":
            return ()
        items = [item for item in parsing.items(raw.get("fields")) if isinstance(item, Mapping)]
        single = [item for item in items if item.get("type") not in SILENT | {"group"}]
        return tuple(q for item in single if (q := self.form_question(item, section, visibility)) is not None)

    def of_the_form(self, raw: Mapping[str, Any], section: str, visibility: str) -> dict[str, Any]:
        """What only a form knows of a question, as keywords for :class:`FormQuestion`."""
        about_information = section == "consent" or "notice_version" in parsing.items(raw.get("stores"))
        return {
            "type": raw["type"],
            "section": section,
            "enabled": raw.get("enabled", raw.get("enabled_by_default", True)) is not False,
            "show_if_setting": parsing.name(raw.get("show_if_setting")),
            "gate": _gate(raw.get("gate"), self.words),
            "visibility": visibility,
            "autocomplete": parsing.token(raw.get("autocomplete")),
            "factor": parsing.name(raw.get("factor")),
            "consent": raw["type"] == "checkbox_single" and about_information,
            "deletes_on_withdraw": parsing.name(raw.get("deletes_on_withdraw")),
            "text": self.words(raw.get("text")),
            "retention": parsing.name(raw.get("retention")),
        }


def _visibility(raw: Mapping[str, Any]) -> str:
    said = raw.get("visibility")
    return said if isinstance(said, str) and said in VISIBILITIES else "staff"


def _limit(raw: Mapping[str, Any], visibility: str) -> int:
    limit = limit_of(raw, KIND_OF[raw["type"]])
    return min(limit, OWN_WORDS_COLUMN) if visibility == "equity_data" else limit


def _lines(text: str) -> tuple[str, ...]:
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
        other_ways=_lines(words(raw.get("other_ways"))),
    )
