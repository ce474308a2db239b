"""What is wrong with a definition, beside the field where it can be put right.

:func:`~applications.form_definition.dialect.load` leaves out what it does not understand. That is right for an
applicant's page and wrong for a writer's: here everything that would be left out, and every rule of privacy, is said in
words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.form_definition import visibility as form_definition_visibility
from applications.form_definition.definition import Form
from applications.form_definition.dialect import SILENT, TYPES, load
from cohort.questions.definition import HARD_LIMIT
from cohort.questions.parsing import CODE, NAME

NEEDED = ("consent_process", "submit")
LONGEST = {"label": 600, "help": 1200, "text": 3000, "title": 160}
MOST_OPTIONS, MOST_QUESTIONS, MOST_PARTS, MOST_FIELDS, MOST_CONDITIONS = 60, 200, 30, 12, 6


@dataclass(frozen=True)
class DefinitionProblem:
    """``part`` and ``question`` say where (ids, may be empty); ``field`` is a field of the editor.

    ``about``: the other question, when a condition is wrong.
    """

    part: str
    question: str
    field: str
    message: str
    about: str = ""


def words(raw: object) -> str:
    """A text in English, or as it stands."""
    if isinstance(raw, Mapping):
        raw = raw.get("en") or next((text for text in raw.values() if isinstance(text, str)), "")
    return raw if isinstance(raw, str) else ""


def rows(raw: object) -> list[dict[str, Any]]:
    """The mappings of a list; nothing when it is no list."""
    return [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []


def every(section: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The questions of a part in order, each with how it stands there: ``""``, ``follow_up`` or ``field``."""
    for question in rows(section.get("questions")):
        yield question, ""
        if isinstance(question.get("follow_up"), dict):
            yield question["follow_up"], "follow_up"
        for part in rows(question.get("fields")):
            yield part, "field"


def problems(definition: Mapping[str, Any], *, published: Form | None = None) -> list[DefinitionProblem]:
    """Everything that keeps a definition from being used, in the order of the form. Empty means that it is sound."""
    form = load(definition)
    sections = rows(definition.get("sections"))
    found: list[DefinitionProblem] = []
    if not form.parts:
        found.append(DefinitionProblem("", "", "", _("The form has no part with a question.")))
    if len(sections) > MOST_PARTS:
        found.append(DefinitionProblem("", "", "", _("The form has too many parts.")))
    names = Counter(str(section.get("id")) for section in sections)
    asked = Counter(str(q.get("id")) for section in sections for q, _how in every(section))
    if sum(asked.values()) > MOST_QUESTIONS:
        found.append(DefinitionProblem("", "", "", _("The form has too many questions.")))
    for name in NEEDED:
        if not asked[name]:
            found.append(DefinitionProblem("", name, "", why_needed(name)))
    found += _short(form, definition.get("employer_form"), published)
    earlier: dict[str, dict[str, Any]] = {}
    for section in sections:
        part = str(section.get("id"))
        if not NAME.match(part) or names[part] > 1:
            found.append(DefinitionProblem(part, "", "title", _("This part has no name of its own.")))
        title = words(section.get("title")).strip()
        if not title:
            found.append(DefinitionProblem(part, "", "title", _("Give this part a title.")))
        found += _too_long(part, "", {"title": title})
        found += _mixed(part, section)
        for question, how in every(section):
            found += _question(form, part, question, how, asked, earlier, published)
            earlier[str(question.get("id"))] = {**question, "how": how}
    return found


def _short(form: Form, raw: object, published: Form | None) -> list[DefinitionProblem]:
    """What is wrong with the short form for employers. Its answers go to staff alone, and it looks at no others."""
    if not isinstance(raw, Mapping):
        return []
    part = str(raw.get("id"))
    asked = Counter(str(q.get("id")) for q, _how in every(raw))
    found: list[DefinitionProblem] = []
    if form.employer is None or not any(q.type not in SILENT for q in form.employer.questions):
        found.append(DefinitionProblem(part, "", "", _("The short form needs at least one question.")))
    if sum(asked.values()) > MOST_FIELDS:
        found.append(
            DefinitionProblem(part, "", "", _("The short form has too many questions. It should take five minutes."))
        )
    earlier: dict[str, dict[str, Any]] = {}
    for question, how in every(raw):
        if question.get("type") not in form_definition_visibility.FOR_EMPLOYERS or question.get("gate"):
            found.append(DefinitionProblem(part, str(question.get("id")), "type", _("The short form cannot ask this.")))
        types, reason = form_definition_visibility.kinds(question, published=published)
        if question.get("type") not in types:
            found.append(DefinitionProblem(part, str(question.get("id")), "type", reason))
        found += _question(
            form, part, {**question, "visibility": "staff"}, how or "employer", asked, earlier, published
        )
        earlier[str(question.get("id"))] = {**question, "how": how}
    return found


def why_needed(name: str) -> str:
    """Why a question cannot be taken out."""
    return {
        "consent_process": _("We may not use an application without this question. It has to stay."),
        "submit": _("The last part, where people send their application, has to stay."),
    }.get(name, "")


def _too_long(part: str, question: str, texts: Mapping[str, str]) -> list[DefinitionProblem]:
    return [
        DefinitionProblem(
            part, question, name, _("This is too long. Use at most %(most)s characters.") % {"most": LONGEST[name]}
        )
        for name, text in texts.items()
        if len(text) > LONGEST[name]
    ]


def _visibility(question: Mapping[str, Any]) -> str:
    said = question.get("visibility")
    return said if isinstance(said, str) and said in form_definition_visibility.READERS else "staff"


def _mixed(part: str, section: Mapping[str, Any]) -> list[DefinitionProblem]:
    """Identity and access questions stand in parts of their own, so that a whole part can be locked and skipped."""
    kinds = [(str(q.get("id")), _visibility(q)) for q in rows(section.get("questions")) if q.get("type") not in SILENT]
    private = {v for _q, v in kinds} & {"equity_data", "access"}
    if not private or len({v for _q, v in kinds}) == 1:
        return []
    odd = next(q for q, v in reversed(kinds) if v != kinds[0][1])
    return [
        DefinitionProblem(
            part,
            odd,
            "visibility",
            _(
                "Questions about identity, and about access needs, stand in parts of their own. So a whole "
                "part can be locked "
                "and skipped, and nothing in it is mixed with answers that others read."
            ),
        )
    ]


def _question(
    form: Form,
    part: str,
    question: Mapping[str, Any],
    how: str,
    asked: Mapping[str, int],
    earlier: Mapping[str, dict[str, Any]],
    published: Form | None,
) -> Iterable[DefinitionProblem]:
    name, kind = str(question.get("id")), question.get("type")

    def problem(field: str, message: str) -> DefinitionProblem:
        return DefinitionProblem(part, name, field, message)

    if not NAME.match(name) or asked[name] > 1:
        yield problem("", _("This question has no name of its own."))
        return
    if not isinstance(kind, str) or kind not in TYPES:
        yield problem("type", _("Choose how this question is answered."))
        return
    if (kind == "submit") != (name == "submit"):
        yield problem("type", _("This kind of question stays what it is."))
        return
    if kind == "submit":
        return
    off = question.get("enabled", question.get("enabled_by_default", True)) is False
    if name == "consent_process" and (
        kind != "checkbox_single" or question.get("required") is not True or off or question.get("show_if")
    ):
        yield problem("", why_needed(name))
    label, text = words(question.get("label")).strip(), words(question.get("text")).strip()
    if not label and not (kind == "notice" and text):
        yield problem("label", _("Write the question."))
    yield from _too_long(part, name, {"label": label, "text": text, "help": words(question.get("help"))})
    if kind == "notice":
        yield from _readers(part, name, question, published)
        return
    yield from _answers(part, name, question)
    yield from _limits(part, name, question)
    yield from _condition(part, name, question, earlier)
    if kind == "group":
        yield from _fields(part, name, question)
    if not how:
        yield from _readers(part, name, question, published)
        inside = {q.id for outer in form.questions.values() for q in outer.fields}
        if name not in form.questions and name not in inside:
            yield problem("", _("This question cannot be shown as it is."))


def _readers(part: str, name: str, question: Mapping[str, Any], published: Form | None) -> Iterable[DefinitionProblem]:
    visibility = _visibility(question)
    allowed, why = form_definition_visibility.readers(question, published=published)
    if visibility not in allowed:
        yield DefinitionProblem(part, name, "visibility", why or _("This question cannot be shown to them."))
    keep = question.get("retention")
    if keep is not None and keep not in form_definition_visibility.retentions(visibility):
        yield DefinitionProblem(part, name, "retention", _("Answers that these people read are kept for another time."))
    types, reason = form_definition_visibility.kinds(question, published=published)
    if question.get("type") not in types:
        yield DefinitionProblem(part, name, "type", reason)
    asked = published.questions.get(name) if published else None
    if asked is not None and asked.consent != (
        question.get("type") == "checkbox_single"
        and (part == "consent" or "notice_version" in (question.get("stores") or []))
    ):
        yield DefinitionProblem(part, name, "part", _("A choice about information has to stay one."))


def _fields(part: str, name: str, question: Mapping[str, Any]) -> Iterable[DefinitionProblem]:
    fields = rows(question.get("fields"))
    if not fields:
        yield DefinitionProblem(part, name, "fields", _("Add at least one field."))
    if len(fields) > MOST_FIELDS:
        yield DefinitionProblem(
            part, name, "fields", _("These are too many fields. Use at most %(most)s.") % {"most": MOST_FIELDS}
        )
    said = Counter(words(field.get("label")).strip().casefold() for field in fields)
    for place, field in enumerate(fields):
        label = words(field.get("label")).strip().casefold()
        if not label:
            yield DefinitionProblem(part, name, f"fields.{place}", _("Name this field, or take it out."))
        elif said[label] > 1:
            yield DefinitionProblem(part, name, f"fields.{place}", _("Two fields read the same."))
        if field.get("type") in SILENT | {"group", "matrix_checkboxes"}:
            yield DefinitionProblem(part, name, f"fields.{place}", _("Choose how this question is answered."))


def _answers(part: str, name: str, question: Mapping[str, Any]) -> Iterable[DefinitionProblem]:
    kind = str(question["type"])
    lists = {"options": "options"} if form_definition_visibility.is_choice(kind) else {}
    if kind == "matrix_checkboxes":
        lists = {"options": "options", "columns": "columns", "extra_options": "extra"}
    for key, field in lists.items():
        options = rows(question.get(key))
        if not options and key != "extra_options":
            yield DefinitionProblem(part, name, field, _("Add at least one answer to choose."))
        if len(options) > MOST_OPTIONS:
            yield DefinitionProblem(
                part,
                name,
                field,
                _("These are too many answers to choose. Use at most %(most)s.") % {"most": MOST_OPTIONS},
            )
        codes = Counter(str(option.get("code")) for option in options)
        said = Counter(words(option.get("label")).strip().casefold() for option in options)
        for place, option in enumerate(options):
            code, label = str(option.get("code")), words(option.get("label")).strip()
            if not label:
                yield DefinitionProblem(part, name, f"{field}.{place}", _("Write this answer, or take it out."))
            elif len(label) > 300:
                yield DefinitionProblem(
                    part,
                    name,
                    f"{field}.{place}",
                    _("This is too long. Use at most %(most)s characters.") % {"most": 300},
                )
            elif said[label.casefold()] > 1:
                yield DefinitionProblem(part, name, f"{field}.{place}", _("Two answers read the same."))
            elif not CODE.match(code) or codes[code] > 1:
                yield DefinitionProblem(part, name, f"{field}.{place}", _("This answer has no name of its own."))
    gate = question.get("gate")
    if isinstance(gate, Mapping):
        if not form_definition_visibility.is_choice(kind):
            yield DefinitionProblem(part, name, "gate", _("Only a question with answers to choose can decide this."))
        else:
            codes = Counter(str(option.get("code")) for option in rows(question.get("options")))
            said_codes = [c for key in ("pass", "pass_any", "fail", "check") for c in _list(gate.get(key))]
            if any(not codes[str(code)] for code in said_codes):
                yield DefinitionProblem(part, name, "gate", _("An answer that decides was taken out. Choose again."))
            for key in ("kind_words", "other_ways"):
                if len(words(gate.get(key))) > LONGEST["help"]:
                    yield DefinitionProblem(
                        part,
                        name,
                        key,
                        _("This is too long. Use at most %(most)s characters.") % {"most": LONGEST["help"]},
                    )


def _list(raw: object) -> list[Any]:
    return list(raw) if isinstance(raw, list | tuple) else [raw] if isinstance(raw, str) else []


def _limits(part: str, name: str, question: Mapping[str, Any]) -> Iterable[DefinitionProblem]:
    numbers = {}
    for key in ("min_chars", "max_chars", "min_words", "max_words", "max_selected"):
        raw = question.get(key)
        if raw is None:
            continue
        if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= HARD_LIMIT:
            yield DefinitionProblem(
                part, name, key, _("Write a whole number from 1 to %(most)s.") % {"most": f"{HARD_LIMIT:,}"}
            )
        else:
            numbers[key] = raw
    for low, high in (("min_chars", "max_chars"), ("min_words", "max_words")):
        if numbers.get(low, 0) > numbers.get(high, HARD_LIMIT):
            yield DefinitionProblem(part, name, low, _("The least cannot be more than the most."))
    if form_definition_visibility.is_text(str(question["type"])) and numbers.get("min_words", 0) * 2 - 1 > numbers.get(
        "max_chars", 2000
    ):
        yield DefinitionProblem(part, name, "min_words", _("So many words do not fit in so few characters."))
    if numbers.get("max_selected", 0) > len(rows(question.get("options"))):
        yield DefinitionProblem(part, name, "max_selected", _("There are not so many answers to choose."))


def _condition(
    part: str,
    name: str,
    question: Mapping[str, Any],
    earlier: Mapping[str, dict[str, Any]],
) -> Iterable[DefinitionProblem]:
    shown = question.get("show_if")
    if shown is None:
        return
    if not isinstance(shown, Mapping):
        yield DefinitionProblem(part, name, "show_if", _("Choose a question above this one, or none."))
        return
    if len(shown) > MOST_CONDITIONS:
        yield DefinitionProblem(
            part, name, "show_if", _("These are too many conditions. Use at most %(most)s.") % {"most": MOST_CONDITIONS}
        )
    for other, codes in shown.items():
        asked = earlier.get(other)
        if asked is None or not (
            form_definition_visibility.is_choice(str(asked.get("type"))) or asked.get("type") == "checkbox_single"
        ):
            yield DefinitionProblem(
                part,
                name,
                "show_if",
                _("This is asked depending on a question that must stand above it, with answers to choose."),
                str(other),
            )
            continue
        offered = (
            {"yes"}
            if asked["type"] == "checkbox_single"
            else {str(option.get("code")) for option in rows(asked.get("options"))}
        )
        chosen = {str(code) for code in _list(codes)}
        if not chosen or not chosen <= offered:
            yield DefinitionProblem(
                part, name, "show_if_codes", _("Choose which of its answers ask this question."), str(other)
            )
        if asked.get("how") != "field" and not form_definition_visibility.may_depend(
            _visibility(question), _visibility(asked)
        ):
            yield DefinitionProblem(
                part,
                name,
                "show_if",
                _(
                    "Whoever reads this answer would learn something of that other one, which they may not "
                    "read. Choose a "
                    "question that the same people read."
                ),
                str(other),
            )
