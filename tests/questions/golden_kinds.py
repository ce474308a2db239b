"""What the question engine answers for a fixed set of forms, answers and posts, as text that can be compared.

Three files in ``golden_kinds/`` are input and are never written here: ``definitions.json`` holds the two published
versions of the demo's form, ``applications.json`` the stored answers of its sixty-four applications, ``posts.json``
the form that the applicant's tests fill in. They were taken from a demo database and from the tests once, so that
later changes of the demo's words do not touch the comparison. The other files are output: :func:`everything` makes
them anew, and ``test_golden_kinds.py`` compares. When the engine is meant to answer differently, write them with
``python -m tests.questions.golden_kinds`` and look at the difference before it is committed. Texts of more than 80
characters stand there as beginning, length and digest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import translation

from applications.form_definition.asking import clean, on_page, wanting
from applications.form_definition.definition import Form, FormQuestion, Section
from applications.form_definition.dialect import SILENT, TYPES, load
from applications.form_definition.eligibility import verdict
from cohort.questions.cleaning import Cleaned, lacking, missing_of
from cohort.questions.fitting import refit
from cohort.questions.labels import in_words, words
from cohort.questions.values import codes_of, names_of, own_words, posted, said, text_name

FOLDER = Path(__file__).parent / "golden_kinds"
LOCALES = ("en", "es")
SETTINGS: tuple[tuple[str, ...], ...] = ((), ("operator_is_public_agency", "identity_may_choose"))

#: Texts that browsers and people send, and some that only a program sends.
TEXTS_SENT = (
    "",
    "  ",
    "yes",
    "no",
    "zzz",
    "é" * 30_000,
    "e\u0301" * 60,
    "a\r\nb\rc\u2028d\u2029e",
    "  a\r\nb  ",
    "a\x00b\x07c\x1b",
    "abc\u202edef",
    "\ufeffx\ufffe",
    "\ud800",
    "zwei 🙂 👩🏽‍🔧",
    "שלום עולם",
    "<script>alert(1)</script>",
    "{deadline_local}",
    "one two three four five six",
    "ana@example.org",
    "a@b..org",
    "a@b.org\nBcc: x@y.org",
    "360-555-0142 ext 4",
    "call me",
)
#: Values that no form of today stores, beside those it stores.
STORED: tuple[Any, ...] = (
    None,
    "",
    "a",
    "zzz",
    [],
    ["a", "zzz", 5],
    {},
    True,
    False,
    5,
    {"codes": ["a", "own"], "text": {"own": "mine", "a": "no"}},
    {"codes": None},
    {"columns": {"self": ["a"], "gone": ["b"]}, "extra": ["none"]},
    {"columns": None, "extra": None},
    {"inner": "a", "gone": "b"},
)
OPTIONS = [
    {"code": "a", "label": {"en": "A", "es": "La A"}},
    {"code": "b", "label": "B", "help": "The second"},
    {"code": "own", "label": "Own (tell us)", "text": True, "max_chars": 10},
    {"code": "dk", "label": "I don't know"},
    {"code": "none", "label": "None", "exclusive": True},
    {"code": "prefer_not", "label": "I prefer not to answer"},
]
MORE = {
    "label": {"en": "Question", "es": "Pregunta"},
    "required": True,
    "min_words": 2,
    "max_words": 5,
    "min_chars": 4,
    "max_selected": 2,
    "options": OPTIONS,
    "columns": [{"code": "self", "label": "Me"}, {"code": "close", "label": "Near me"}],
    "extra_options": [{"code": "never", "label": "None of these", "exclusive": True}],
    "fields": [
        {"id": "inner", "type": "email", "label": "Address"},
        {"id": "way", "type": "radio", "label": "Other way", "options": OPTIONS},
    ],
}


@cache
def definitions() -> dict[str, Any]:
    """The published versions of the demo's form, by number."""
    return dict(json.loads((FOLDER / "definitions.json").read_text(encoding="utf-8")))


@cache
def filled_posts() -> dict[str, dict[str, Any]]:
    """The filled form of the applicant's tests, by part."""
    return dict(json.loads((FOLDER / "posts.json").read_text(encoding="utf-8")))


@cache
def form_of(version: str, locale: str) -> Form:
    return load(definitions()[version], locale=locale)


def everything() -> dict[str, str]:
    """Every output file: its name and its text."""
    return {
        "loaded.json": _lines(_loaded()),
        "demo.json": _lines(_demo()),
        "filled.json": _lines(_filled()),
        "questions.json": _lines(_each_question()),
        "kinds.json": _lines(_each_kind()),
    }


# ---------------------------------------------------------------- writing results


def _lines(rows: Iterator[tuple[str, Any]]) -> str:
    """One row a line, so that a difference shows where it is."""
    return "{\n" + ",\n".join(f"{json.dumps(name)}:{_text(row)}" for name, row in rows) + "\n}\n"


def _text(row: Any) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _short(thing: Any) -> Any:
    """The same with long texts as beginning, length and digest."""
    if isinstance(thing, str) and len(thing) > 80:
        return f"{thing[:24]}… {len(thing)} {_digest(thing)}"
    if isinstance(thing, Mapping):
        return {str(_short(key)): _short(item) for key, item in thing.items()}
    if isinstance(thing, list | tuple):
        return [_short(item) for item in thing]
    if isinstance(thing, frozenset | set):
        return sorted(thing)
    return thing


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def _in_both(make: Callable[[str], Any]) -> Any:
    """What ``make`` gives in English, and in Spanish where that is different."""
    found = []
    for locale in LOCALES:
        with translation.override(locale):
            found.append(_short(make(locale)))
    english, spanish = found
    return english if english == spanish else {"en": english, "es": spanish}


def _tried(make: Callable[[], Any]) -> Any:
    """What ``make`` gives, or the name of the exception: callers hand in stored values only, so some do raise."""
    try:
        return make()
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        return {"raises": type(error).__name__}


def _cleaned(result: Cleaned) -> dict[str, Any]:
    rows = {
        "values": result.values,
        "missing": result.missing,
        "refused": in_words(result.refused),
        "wanting": in_words(result.wanting),
        "of": result.refused_questions,
    }
    return {name: row for name, row in rows.items() if row}


# ---------------------------------------------------------------- forms


def _loaded() -> Iterator[tuple[str, Any]]:
    """Every form as it is read: all that pages and mail make use of."""
    for version in definitions():
        forms = {locale: form_of(version, locale) for locale in LOCALES}
        for at, section in enumerate([*forms["en"].sections, forms["en"].employer]):
            if section is None:
                continue
            sections = {locale: [*form.sections, form.employer][at] for locale, form in forms.items()}
            yield f"{version} {section.id}", _in_both(lambda locale, s=sections: _part(s[locale]))
            for place in range(len(section.questions)):
                yield (
                    f"{version} {section.id} {place}",
                    _in_both(lambda locale, s=sections, n=place: _question(s[locale].questions[n])),
                )


def _part(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "help": section.help,
        "intro": section.intro,
        "other_formats": section.other_formats,
        "optional": section.optional,
        "private": section.private,
    }


def _question(question: FormQuestion) -> dict[str, Any]:
    plain = (
        "id type section label help required one_of limit min_chars min_words max_words max_selected show_any "
        "show_if_setting enabled visibility autocomplete factor consent deletes_on_withdraw text retention exclusive"
    )
    gate = question.gate
    found = {
        **{name: getattr(question, name) for name in plain.split()},
        **{
            name: [[o.code, o.label, o.help, o.text, o.max_chars, o.exclusive] for o in getattr(question, name)]
            for name in ("options", "columns", "extra")
        },
        "show_if": [[other, sorted(codes)] for other, codes in question.show_if],
        "gate": gate and [gate.passes, gate.fails, gate.check, gate.kind_words, gate.other_ways],
        "fields": [_question(inner) for inner in question.fields],
        "names": names_of(question),
    }
    return {name: value for name, value in found.items() if value not in ("", 0, False, None, [], ())}


# ---------------------------------------------------------------- applications


def _demo() -> Iterator[tuple[str, Any]]:
    """Every stored answer read, said, shown again and sent again."""
    rows = json.loads((FOLDER / "applications.json").read_text(encoding="utf-8"))
    for number, row in rows.items():
        version, values = str(row["version"]), row["values"]
        yield number, _in_both(lambda locale, v=version, held=values: _whole(form_of(v, locale), held))
        for part in (section.id for section in form_of(version, "en").parts):
            for name, make in {"said": _said, "stored": _as_stored, "sent": _sent_again}.items():

                def made(locale: str, v: str = version, p: str = part, held: Any = values, make: Any = make) -> Any:
                    form = form_of(v, locale)
                    return make(next(section for section in form.parts if section.id == p), held)

                yield f"{number} {part} {name}", _in_both(made)


def _whole(form: Form, values: dict[str, Any]) -> list[Any]:
    result = verdict(form, values)
    return [
        [result.result, [q.id for q in result.check], [q.id for q in result.fail], result.other_ways],
        [{part: [q.id for q in asked] for part, asked in wanting(form, values, on).items()} for on in SETTINGS],
    ]


def _said(section: Section, values: dict[str, Any]) -> dict[str, Any]:
    """The answers in words, apart from texts that are said as they are stored."""
    lines = {q.id: said(q, values.get(q.id)) for q in section.questions}
    return {name: found for name, found in lines.items() if found and found != [values.get(name)]}


def _as_stored(section: Section, values: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on the language: posted fields, kinds of missing, and what is asked on the page."""
    asked = [q for q in section.questions if q.type not in SILENT]
    own = {q.id for q in asked}
    data = _shown_again(section, values)
    pages = {q.id: on_page(q, own, values) for q in asked}
    found: dict[str, Any] = {
        "posted": {name: sent for name, sent in data.items() if sent and sent != [values.get(name)]},
        "kinds": {q.id: kind for q in asked if (kind := missing_of(q, values.get(q.id)))},
        "unfit": [q.id for q in asked if refit(q, values.get(q.id)) != values.get(q.id)],
        "page": {
            name: [other for other, _codes in page.show_if] for name, page in pages.items() if page and page.show_if
        },
        "off": [name for name, page in pages.items() if page is None],
    }
    return {name: row for name, row in found.items() if row}


def _shown_again(section: Section, values: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: sent for q in section.questions for name, sent in posted(q, values.get(q.id)).items()}


def _sent_again(section: Section, values: dict[str, Any]) -> dict[str, Any]:
    """What is different when a saved part is sent again as it is shown."""
    again = clean(section, _shown_again(section, values), earlier=values)
    again.values = {name: value for name, value in again.values.items() if value != values.get(name)}
    return _cleaned(again)


def _filled() -> Iterator[tuple[str, Any]]:
    """The filled form of the tests: each part alone, after the others, with the settings off and on, and empty."""
    listed = {
        part: {name: [sent] if isinstance(sent, str) else sent for name, sent in data.items()}
        for part, data in filled_posts().items()
    }
    for version in definitions():
        for on in SETTINGS:
            yield f"{version} {' '.join(on)}", _in_both(lambda locale, v=version, s=on: _parts(v, locale, listed, s))


def _parts(version: str, locale: str, data: Mapping[str, Any], on: tuple[str, ...]) -> list[Any]:
    form, known, rows = form_of(version, locale), dict[str, Any](), []
    for section in [*form.parts, *([form.employer] if form.employer else [])]:
        sent = data.get(section.id, {"emp_knows": ["yes"], "emp_time": ["zzz"], "emp_comment": ["Fine\r\n"]})
        result = clean(section, sent, earlier=known, settings=on)
        known |= result.values
        rows.append([section.id, _cleaned(result), _cleaned(clean(section, {}, earlier=known, settings=on))])
    return [rows, {part: [q.id for q in asked] for part, asked in wanting(form, known, on).items()}]


# ---------------------------------------------------------------- single questions


def _each_question() -> Iterator[tuple[str, Any]]:
    """Every question of the form as it is, with everything posted and everything stored."""
    for at, value in enumerate(STORED):
        yield f"codes and own words {at}", [codes_of(value), own_words(value)]
    forms = {locale: form_of("2", locale) for locale in LOCALES}
    for name, question in forms["en"].asked.items():
        if question.type not in SILENT:
            yield from _rows(name, {locale: form.asked[name] for locale, form in forms.items()})


def _each_kind() -> Iterator[tuple[str, Any]]:
    """One made-up question of every kind in full, and every question of the form in every kind as a digest."""
    for kind in sorted(TYPES - SILENT):
        for required in (True, False, "one_of"):
            raw = {"id": "q", "type": kind, **MORE, "required": required}
            made = {locale: _made(raw, locale) for locale in LOCALES}
            yield from _rows(f"{kind} {required}", {locale: q for locale, q in made.items() if q is not None})
    definition = definitions()["2"]
    asked = [q for s in definition["sections"] for q in s["questions"] if q["type"] not in SILENT]
    asked += [inner for q in asked for inner in (q.get("follow_up"), *q.get("fields", ())) if isinstance(inner, dict)]
    for raw in asked:
        for kind in sorted(TYPES - SILENT):
            # what the question lacks for this kind comes from the made-up one
            whole = {**MORE, **raw, "type": kind}
            made = {locale: _made(whole, locale) for locale in LOCALES}
            read = {locale: question for locale, question in made.items() if question is not None}
            yield f"{raw['id']} as {kind}", _digest(_lines(_rows("", read))) if read else None


def _made(raw: dict[str, Any], locale: str) -> FormQuestion | None:
    words = definitions()["2"]["translations"]
    form = load({"sections": [{"id": "s", "questions": [raw]}], "translations": words}, locale=locale)
    return form.questions.get(raw["id"])


def _rows(name: str, question: Mapping[str, FormQuestion]) -> Iterator[tuple[str, Any]]:
    freed = {locale: replace(q, show_if=(), show_if_setting="", enabled=True) for locale, q in question.items()}
    for label, data in _posts(freed["en"]):

        def sent(locale: str, data: Any = data) -> Any:
            section = Section(id="s", title="S", questions=(freed[locale],))
            return _cleaned(clean(section, data))

        yield f"{name} < {label}", _in_both(sent)
    for at, value in enumerate([*STORED, *_stored(freed["en"])]):
        yield f"{name} = {at}", _in_both(lambda locale, v=value: _kept(freed[locale], v))


def _kept(question: FormQuestion, value: Any) -> list[Any]:
    reads: tuple[Callable[[], Any], ...] = (
        lambda: said(question, value),
        lambda: {k: v for k, v in posted(question, value).items() if v},
        lambda: missing_of(question, value),
        lambda: [(reason.field, words(reason)) for reason in lacking(question, value)],
        lambda: refit(question, value),
    )
    return [_tried(one) for one in reads]


def _posts(question: FormQuestion) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is posted for one question, each with a name."""
    names, codes = names_of(question), [code for q in (question, *question.fields) for code in q.by_code]
    yield "nothing", {}
    for at, text in enumerate(TEXTS_SENT):
        yield f"text {at}", {name: [text] for name in names}
    for over in (-1, 0, 1):
        yield f"limit {over}", {name: ["x" * (question.limit + over)] for name in names}
        yield f"composed {over}", {name: ["e\u0301" * (question.limit + over)] for name in names}
    yield "a text, no list", dict.fromkeys(names, codes[0] if codes else "plain")
    yield "other types", {name: [None, 5, True, {"a": "b"}, ["a"], *codes[:1]] for name in names}
    yield "nothing in place of a list", dict.fromkeys(names)
    yield "several", {name: ["first", "last"] for name in names}
    if codes:
        yield "first choice", {name: codes[:1] for name in names if "--text-" not in name}
        yield "last choice", {name: codes[-1:] for name in names if "--text-" not in name}
        yield "two, turned round, twice", {name: [*codes[1::-1], *codes[:2]] for name in names if "--text-" not in name}
        yield "all", {name: codes for name in names if "--text-" not in name}
        yield "one known, one not", {name: [codes[0], "zzz"] for name in names if "--text-" not in name}
        yield "own words alone", {name: ["mine"] for name in names if "--text-" in name}
        yield "own words too long", {name: ["x" * 200] for name in names if "--text-" in name}
        for q in (question, *question.fields):
            for option in q.by_code.values():
                if option.text:
                    yield (
                        f"own words of {option.code}",
                        {q.id: [option.code], text_name(q.id, option.code): [" m\r\n "]},
                    )


def _stored(question: FormQuestion) -> Iterator[Any]:
    """Values that the form stores for one question."""
    codes, words = list(question.by_code), [o.code for o in question.by_code.values() if o.text]
    yield "w " * 40
    if codes:
        yield from (codes[0], codes[-1:], codes, {"codes": [*codes[:1], *words], "text": dict.fromkeys(words, "mine")})
    if question.columns:
        yield {
            "columns": {column.code: codes[:2] for column in question.columns},
            "extra": [option.code for option in question.extra][:1],
            "text": {codes[0]: "mine"},
        }
    if question.fields:
        yield {inner.id: next(iter(inner.by_code), "x@example.org") for inner in question.fields}


def write() -> None:
    """Write the output files anew. Only by hand: no test and no option of the test runner does it."""
    for name, text in everything().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")
    django.setup()
    write()
