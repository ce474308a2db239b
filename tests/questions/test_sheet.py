"""Questions without an application: a sheet as rooms, surveys and worksheets can ask it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from applications.form_definition.definition import FormQuestion
from applications.form_definition.dialect import KIND_OF, TYPES
from cohort.questions import cleaning, fitting, labels, values
from cohort.questions.definition import KINDS, Question, Sheet, load
from tests.questions.test_engine import CODES, IDS, JUNK, OPTION

pytestmark = pytest.mark.unit

OPTIONS = [{"code": "a", "label": {"en": "A", "es": "La A"}}, {"code": "own", "label": "Own", "text": True}]
SHEET = {
    "id": "after",
    "title": "After the session",
    "intro": ["Three questions.", "", 5],
    "questions": [
        {"id": "word", "kind": "short_text", "label": "One word", "required": True, "max_chars": 12},
        {"id": "story", "kind": "text", "label": "What happened?", "min_words": 3},
        {"id": "how", "kind": "choice", "label": "How was it?", "options": OPTIONS, "required": True},
        {"id": "why", "kind": "text", "label": "Why?", "show_if": {"how": "a"}},
        {"id": "seen", "kind": "tick", "label": "I have read it", "required": True},
    ],
    "translations": {"es": {"One word": "Una palabra"}},
}


def one(question: dict[str, Any], data: dict[str, list[str]]) -> cleaning.Cleaned:
    """Clean a post against a sheet of one question."""
    return cleaning.clean(load({"questions": [{"id": "q", **question}]}), data)


def test_a_sheet_is_read_in_a_language() -> None:
    sheet = load(SHEET, locale="es")
    assert (sheet.id, sheet.title, sheet.intro) == ("after", "After the session", ("Three questions.",))
    assert [(q.id, q.kind, q.limit) for q in sheet.questions] == [
        ("word", "short_text", 12),
        ("story", "text", 2000),
        ("how", "choice", 80),
        ("why", "text", 2000),
        ("seen", "tick", 80),
    ]
    assert (sheet.questions[0].label, sheet.questions[2].label_of("a")) == ("Una palabra", "La A")
    assert not sheet.optional


def test_what_cannot_be_read_is_left_out() -> None:
    questions = [
        {"id": "good", "kind": "tick"},
        {"id": "good", "kind": "text"},
        {"id": "No name", "kind": "text"},
        {"id": "old", "type": "textarea"},
        {"id": "old_kind", "kind": "textarea"},
        {"id": "nothing", "kind": "choice"},
        {"id": "grid", "kind": "grid", "options": OPTIONS},
        {"id": "empty", "kind": "group", "fields": [{"id": "inner", "kind": "group"}]},
        "no question",
    ]
    assert [q.id for q in load({"questions": questions}).questions] == ["good"]
    assert load(None) == Sheet(id="", title="")


def test_a_post_is_read_and_refused_by_codes() -> None:
    sheet = load(SHEET)
    sent = {"word": ["far too many letters"], "story": ["so\r\nso"], "how": ["a"], "why": ["x"]}
    result = cleaning.clean(sheet, sent)
    assert result.values == {"story": "so\nso", "how": "a", "why": "x"}
    assert result.refused == {"word": [cleaning.Refusal("word", "too_long", {"over": 8, "limit": 12})]}
    assert result.wanting == {
        "story": [cleaning.Refusal("story", "too_few_words", {"least": 3, "count": 2})],
        "seen": [cleaning.Refusal("seen", "not_ticked")],
    }
    with translation.override("en"):
        assert labels.messages(result)["word"] == ["This is 8 characters too long. You can write up to 12."]
    with translation.override("es"):
        assert labels.messages(result)["seen"] != ["Tick this box to go on."]


def test_a_question_that_is_not_asked_keeps_nothing() -> None:
    result = cleaning.clean(load(SHEET), {"how": ["own"], "why": ["x"]}, earlier={"why": "before"})
    assert (result.values, result.missing["why"]) == ({"how": "own"}, "not_shown")


def test_a_box_that_is_not_ticked_is_no_answer() -> None:
    assert one({"kind": "tick"}, {}).missing == {"q": "left_blank"}


def test_every_code_has_words() -> None:
    """Each question below is refused or wants something; all codes together are those that have words."""
    inner = [{"id": "mail", "kind": "email"}, {"id": "name", "kind": "short_text"}]
    grid = {"kind": "grid", "options": OPTIONS, "columns": OPTIONS, "required": True}
    several = {"kind": "multi_choice", "options": OPTIONS, "max_selected": 1}
    tried = [
        one({"kind": "tick", "required": True}, {}),
        one(grid, {}),
        one({"kind": "choice", "options": OPTIONS, "required": True}, {"q": ["a", "own"]}),
        one({"kind": "choice", "options": OPTIONS, "required": True}, {}),
        one(several, {"q": ["a", "own"]}),
        one(several, {"q": ["zzz"]}),
        one({"kind": "text", "required": True}, {}),
        one({"kind": "text", "max_chars": 3}, {"q": ["four"]}),
        one({"kind": "text", "min_chars": 3}, {"q": ["x"]}),
        one({"kind": "text", "max_words": 1}, {"q": ["x y"]}),
        one({"kind": "text", "min_words": 3}, {"q": ["x y"]}),
        one({"kind": "email"}, {"q": ["x"]}),
        one({"kind": "tel"}, {"q": ["x"]}),
        one({"kind": "group", "required": "one_of", "fields": inner}, {}),
        one({"kind": "group", "required": "one_of", "fields": inner}, {"name": ["Lee"]}),
    ]
    refusals = [r for result in tried for rows in (result.refused, result.wanting) for of in rows.values() for r in of]
    assert {refusal.code for refusal in refusals} == {*labels.PLAIN, *labels.COUNTED}
    assert all(labels.words(refusal) for refusal in refusals)


def test_what_applications_add_is_not_in_the_core() -> None:
    core = {field.name for field in fields(Question)}
    assert {field.name for field in fields(FormQuestion)} - core == {
        "type",
        "section",
        "show_if_setting",
        "gate",
        "visibility",
        "autocomplete",
        "factor",
        "consent",
        "deletes_on_withdraw",
        "text",
        "retention",
    }
    assert set(KIND_OF) == TYPES
    assert set(KIND_OF.values()) - {""} == KINDS


QUESTION = st.deferred(
    lambda: st.fixed_dictionaries(
        {"id": IDS, "kind": st.sampled_from(sorted(KINDS)) | JUNK},
        optional={
            "options": st.lists(OPTION, max_size=4) | JUNK,
            "columns": st.lists(OPTION, max_size=2) | JUNK,
            "extra_options": st.lists(OPTION, max_size=2) | JUNK,
            "label": JUNK,
            "required": st.booleans() | st.just("one_of") | JUNK,
            "max_chars": st.integers(-5, 60) | JUNK,
            "show_if": st.dictionaries(IDS, CODES, max_size=2) | JUNK,
            "fields": st.lists(QUESTION, max_size=2) | JUNK,
            "enabled": JUNK,
        },
    )
)


@given(st.fixed_dictionaries({"questions": st.lists(QUESTION, max_size=4) | JUNK}) | JUNK, st.data())
def test_any_definition_and_any_post_give_an_answer(raw: Any, data: st.DataObject) -> None:
    sheet = load(raw)
    names = [name for question in sheet.questions for name in values.names_of(question)]
    sent = data.draw(st.fixed_dictionaries(dict.fromkeys(names, st.lists(CODES, max_size=3))))
    result = cleaning.clean(sheet, sent)
    for question in sheet.questions:
        value = result.values.get(question.id)
        assert fitting.refit(question, value) == value
        assert (value is None) <= (question.id in result.missing or question.id in result.refused_questions)
        values.said(question, value)
    labels.messages(result)
