"""A sheet is drawn as a form without an application, and shows what was stored, typed and refused."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string

from cohort.questions import cleaning, labels
from cohort.questions.definition import Question, load
from cohort.questions.fields import MOST_RADIOS, fields_of
from cohort.questions.forms import SheetForm
from cohort.ui.forms import CheckChoices, RadioChoices, TelInput

pytestmark = pytest.mark.unit

OPTIONS = [{"code": "a", "label": "A", "help": "The first"}, {"code": "own", "label": "Other (tell us)", "text": True}]
COLUMNS = [{"code": "me", "label": "Me"}, {"code": "we", "label": "We"}]
BESIDE = [{"code": "none", "label": "Nobody", "exclusive": True}]
QUESTIONS = [
    {"id": "word", "kind": "short_text", "label": "One word (optional)"},
    {"id": "how", "kind": "choice", "label": "How was it?", "options": OPTIONS, "required": True},
    {"id": "why", "kind": "text", "label": "Why?", "show_if": {"how": "a"}},
    {"id": "grid", "kind": "grid", "label": "Who?", "options": OPTIONS, "columns": COLUMNS, "extra_options": BESIDE},
    {"id": "reach", "kind": "group", "label": "Reach me", "fields": [{"id": "mail", "kind": "email"}]},
]


def question(**raw: Any) -> Question:
    return load({"questions": [{"id": "q", **raw}]}).questions[0]


def drawn(form: SheetForm[Question]) -> str:
    return render_to_string("questions/_pieces.html", {"pieces": form.pieces, "form": form})


@pytest.mark.parametrize(
    ("kind", "widget"),
    [
        ("short_text", forms.TextInput),
        ("text", forms.Textarea),
        ("email", forms.EmailInput),
        ("tel", TelInput),
        ("choice", RadioChoices),
        ("multi_choice", CheckChoices),
        ("tick", forms.CheckboxInput),
    ],
)
def test_each_kind_has_its_widget(kind: str, widget: type[forms.Widget]) -> None:
    made = fields_of(question(kind=kind, options=OPTIONS[:1]))
    assert {name: type(field.widget) for name, field in made.items()} == {"q": widget}


def test_many_choices_are_a_list_to_open() -> None:
    options = [{"code": f"c{n}"} for n in range(MOST_RADIOS + 1)]
    made = [fields_of(question(kind="choice", options=options[:n]))["q"].widget for n in (MOST_RADIOS, MOST_RADIOS + 1)]
    assert [type(widget) for widget in made] == [RadioChoices, forms.Select]


def test_fields_of_a_grid_and_of_own_words() -> None:
    sheet = load({"questions": QUESTIONS})
    assert list(SheetForm(sheet.questions).fields) == [
        "word",
        "how",
        "how--text-own",
        "why",
        "grid--col-me",
        "grid--col-we",
        "grid--extra",
        "grid--text-own",
        "mail",
    ]


def test_words_that_the_page_adds_are_not_said_twice() -> None:
    form = SheetForm(load({"questions": QUESTIONS}).questions)
    assert (form.fields["word"].label, form.fields["how--text-own"].label) == ("One word", "In your own words: Other")


def test_a_sheet_shows_what_was_stored() -> None:
    values = {"word": "Bright", "how": "a", "why": "Because", "reach": {"mail": "a@example.org"}}
    form = SheetForm(load({"questions": QUESTIONS}).questions, values=values)
    shown = {name: field.initial for name, field in form.fields.items() if field.initial}
    assert shown == {"word": "Bright", "how": "a", "why": "Because", "mail": "a@example.org"}
    html = drawn(form)
    assert 'value="Bright"' in html
    assert "Because" in html
    assert 'data-show-if="{&quot;how&quot;: [&quot;a&quot;]}"' in html


def test_a_sheet_shows_what_was_typed_and_why_it_is_refused() -> None:
    sheet = load({"questions": QUESTIONS})
    data = {"word": ["x" * 201], "mail": ["no address"], "grid--col-me": ["zzz"]}
    cleaned = cleaning.clean(sheet, data)
    form = SheetForm(sheet.questions, data=data, messages=labels.messages(cleaned))
    assert sorted(form.errors) == ["grid--col-me", "how", "mail", "word"]
    html = drawn(form)
    assert "This is 1 character too long. You can write up to 200." in html
    assert "x" * 201 in html
    assert "Choose from the answers shown here." in html


def test_a_question_that_no_answer_on_the_page_can_ask_is_not_drawn() -> None:
    later = [q for q in load({"questions": QUESTIONS}).questions if q.id == "why"]
    assert list(SheetForm(later, values={"how": "own"}).fields) == []
    assert list(SheetForm(later, values={"how": "a"}).fields) == ["why"]
