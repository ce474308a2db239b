"""What the question engine makes of forms and posts, as it was when these files were written.

Stored answers of applications are read by the same code for years, so a change of the engine must not change what it
makes of them. When a
change is meant, call :func:`write` with what :func:`of_posts` and :func:`of_demo` give, and read the difference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from applications.apply import answers as apply_answers
from applications.form_definition import asking, dialect, freeze
from applications.form_definition.definition import Form, FormQuestion, Section
from applications.models import Application
from cohort.people import facts
from cohort.questions import cleaning, labels, values
from tests.applications.apply.filled import POSTS

HERE = Path(__file__).parent / "golden"
LONG = "word " * 5_000
REGION = "nw_washington"  # where the demo is
#: What no browser of ours sends, by its name in the files.
TYPED = {
    "nothing": [],
    "empty": [""],
    "spaces": ["  \t\n "],
    "unknown": ["no-such-code"],
    "two lines": ["first\r\nsecond\r\n\r\n\r\nthird  "],
    "not composed": ["Zoe\u0301 \ufb01rst \u200b\x07"],
    "markup": ["<script>alert(1)</script> {start_date}"],
    "too long": [LONG],
    "many": [f"x{n}" for n in range(30)],
    "yes": ["yes"],
    "an address": ["Ana@Example.org"],
}


def forms() -> Iterator[tuple[str, Form]]:
    """The default form for each region, for that of the demo in both languages."""
    default = facts.read(settings.FACTS_DIR / "application_form.yaml")
    spanish = facts.read(settings.FACTS_DIR / "application_form.es.yaml")["words"]
    for region in facts.read(settings.FACTS_DIR / "regions.yaml")["regions"]:
        frozen = freeze.freeze(json.loads(json.dumps(default)), region)
        frozen["translations"] = {"es": spanish}
        for locale in ("en", "es") if region["id"] == REGION else ("en",):
            yield f"{region['id']} {locale}", dialect.load(frozen, locale=locale)


def every_question(form: Form) -> Iterator[FormQuestion]:
    for section in form.sections:
        for question in section.questions:
            yield question
            yield from question.fields


def posts_for(question: FormQuestion) -> dict[str, dict[str, list[str]]]:
    """Posts for one question by name: what is in :data:`TYPED` in each of its fields, and each of its options."""
    names = values.names_of(question)
    found = {name: dict.fromkeys(names, typed) for name, typed in TYPED.items()}
    codes = [option.code for option in (*question.options, *question.extra)]
    found |= {f"option {code}": {name: [code] for name in names} for code in codes}
    found["all options"] = dict.fromkeys(names, codes)
    found["own words"] = {name: (["Own words\r\nhere"] if "--text-" in name else codes) for name in names}
    return found


def outcome(section: Section, data: dict[str, list[str]], earlier: dict[str, Any]) -> dict[str, Any]:
    """Everything that the engine says of one post."""
    cleaned = asking.clean(section, data, earlier=earlier)
    return {
        "values": cleaned.values,
        "missing": cleaned.missing,
        "refused": labels.in_words(cleaned.refused),
        "wanting": labels.in_words(cleaned.wanting),
        "refused_questions": sorted(cleaned.refused_questions),
        "read back": {
            question.id: reading(question, cleaned.values[question.id])
            for question in section.questions
            if question.id in cleaned.values
        },
    }


def reading(question: FormQuestion, value: Any) -> dict[str, Any]:
    return {
        "said": values.said(question, value),
        "posted": values.posted(question, value),
        "missing": cleaning.missing_of(question, value),
        "lacking": [(reason.field, labels.words(reason)) for reason in cleaning.lacking(question, value)],
    }


def as_text(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def short(found: object) -> object:
    """What was found, or for what is long its length and a SHA-256 of it, which changes when anything in it does."""
    text = as_text(found)
    return found if len(text) <= 400 else [len(text), hashlib.sha256(text.encode()).hexdigest()]


def of_posts() -> dict[str, Any]:
    """By form, section, question and post. What one question gets is posted alone to the whole section."""
    made: dict[str, Any] = {}
    for name, form in forms():
        with translation.override(name.rpartition(" ")[2]):
            for section in form.sections:
                filled = {
                    key: [given] if isinstance(given, str) else given
                    for key, given in POSTS.get(section.id, {}).items()
                }
                rows: dict[str, Any] = {"filled": short(outcome(section, filled, {}))}
                for question in section.questions:
                    for post, data in posts_for(question).items():
                        rows[f"{question.id}: {post}"] = short(outcome(section, {**filled, **data}, {}))
                made[f"{name} {section.id}"] = rows
    return made


def of_demo() -> dict[str, Any]:
    """By language and question, what each stored value of the invented applications says. Needs the demo."""
    made: dict[str, Any] = {}
    for locale in ("en", "es"):
        with translation.override(locale):
            form = dict(forms())[f"{REGION} {locale}"]
            questions = {question.id: question for question in every_question(form)}
            for application in Application.objects.order_by("number", "pk"):
                for name, value in apply_answers.held(application, form).items():
                    if name not in questions:  # asked of one person after sending: no question of the form
                        continue
                    made.setdefault(f"{locale} {name}", {})[as_text(value)] = reading(questions[name], value)
    return {name: short(rows) for name, rows in made.items()}


def test_posts_are_read_as_they_were() -> None:
    assert json.loads(as_text(of_posts())) == json.loads((HERE / "posts.json").read_text(encoding="utf-8"))


@pytest.mark.django_db
def test_answers_of_the_demo_are_read_as_they_were() -> None:
    call_command("load_demo", stdout=StringIO())
    assert json.loads(as_text(of_demo())) == json.loads((HERE / "demo.json").read_text(encoding="utf-8"))


def write(name: str, found: object) -> None:
    text = json.dumps(json.loads(as_text(found)), ensure_ascii=False, sort_keys=True, indent=0)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
