"""The form engine alone: any definition, any post."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.form_definition import asking, dialect, eligibility, freeze
from applications.form_definition.definition import FormQuestion
from cohort.people import facts
from cohort.questions import cleaning, labels, values
from cohort.questions import text as questions_text

FACTS = Path(__file__).parents[2] / "facts"
DEFAULT = facts.read(FACTS / "application_form.yaml")
REGION = facts.read(FACTS / "regions.yaml")["regions"][0]
FORM = dialect.load(json.loads(json.dumps(freeze.freeze(DEFAULT, REGION))))
Q = FORM.questions


def one(question: dict[str, Any], posted: dict[str, list[str]]) -> cleaning.Cleaned:
    """Clean a post against a form of one question."""
    form = dialect.load({"sections": [{"id": "s", "questions": [{"id": "q", **question}]}]})
    return asking.clean(form.sections[0], posted)


def refused(question: dict[str, Any], posted: dict[str, list[str]]) -> list[str]:
    """The words beside the field of that one question."""
    return labels.in_words(one(question, posted).refused)["q"]


OPTIONS = [
    {"code": "a", "label": "A"},
    {"code": "b", "label": "B"},
    {"code": "own", "label": "Own", "text": True, "max_chars": 10},
    {"code": "none", "label": "None", "exclusive": True},
    {"code": "prefer_not", "label": "I prefer not to answer", "exclusive": True},
]


def test_default_form_is_read_whole() -> None:
    assert [part.id for part in FORM.parts] == [
        "before_you_start",
        "eligibility",
        "about_you",
        "organization",
        "reflection",
        "commitment",
        "access_needs",
        "identity",
        "consent",
    ]
    asked = [q for section in DEFAULT["sections"] for q in section["questions"]]
    follow = [q["follow_up"] for q in asked if "follow_up" in q]
    assert list(Q) == [
        q["id"]
        for section in DEFAULT["sections"]
        for q in section["questions"]
        for q in ([q, q["follow_up"]] if "follow_up" in q else [q])
    ]
    assert len(Q) == len(asked) + len(follow)
    assert [o.code for o in Q["primary_subarea"].options] == [
        "snohomish",
        "whatcom",
        "skagit",
        "island",
        "san_juan",
        "tribal_lands",
        "whole_region",
        "outside",
    ]
    assert Q["orientation"].enabled is False
    assert FORM.part("identity").private == "equity_data"
    assert FORM.part("access_needs").private == "access"
    assert {q.visibility for q in FORM.part("identity").questions} == {"equity_data"}
    assert [q.id for q in FORM.employer.questions] == ["emp_knows", "emp_time", "emp_change", "emp_safe", "emp_comment"]


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", "  Ana\x00 L\x07ópez \r\n", "Ana López"),
        ("text", "abc\u202edef", "abcdef"),
        ("textarea", "one\r\n\r\ntwo\x0b", "one\n\ntwo"),
        ("textarea", "שלום 🙂 مرحبا", "שלום 🙂 مرحبا"),
        ("text", "e\u0301", "é"),
        ("email", " a@b.org ", "a@b.org"),
        ("tel", "360-555-0142 ext 4", "360-555-0142 ext 4"),
    ],
)
def test_text_is_tidied(kind: str, typed: str, stored: str) -> None:
    assert one({"type": kind}, {"q": [typed]}).values == {"q": stored}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("email", "a@b"),
        ("email", "a b@c.org"),
        ("email", "a@b.org\nBcc: x@y.org"),
        ("email", "a@b..org"),
        ("tel", "call me"),
        ("text", "x" * 201),
        ("radio", "z"),
        ("checkboxes", "z"),
        ("select_with_text", "z"),
    ],
)
def test_wrong_input_is_refused_and_not_stored(kind: str, typed: str) -> None:
    result = one({"type": kind, "options": OPTIONS}, {"q": [typed]})
    assert (result.values, list(result.refused), result.refused_questions) == ({}, ["q"], {"q"})


def test_limits_count_characters_and_say_how_many_are_over() -> None:
    assert one({"type": "textarea", "max_chars": 5}, {"q": ["🙂" * 5]}).values == {"q": "🙂" * 5}
    assert refused({"type": "textarea", "max_chars": 5}, {"q": ["x" * 8]}) == [
        "This is 3 characters too long. You can write up to 5."
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["a", "none"], ["none"]),
        (["none", "prefer_not", "b"], ["prefer_not"]),
        (["b", "a"], ["a", "b"]),
        (["a"] * 10_000, ["a"]),
    ],
)
def test_exclusive_choices_clear_the_rest_on_the_server(sent: list[str], kept: list[str]) -> None:
    assert one({"type": "checkboxes", "options": OPTIONS}, {"q": sent}).values == {"q": kept}


def test_ten_thousand_unknown_options_are_one_refusal() -> None:
    result = one({"type": "checkboxes", "options": OPTIONS}, {"q": [f"x{n}" for n in range(10_000)]})
    assert result.values == {}
    assert len(result.refused["q"]) == 1


def test_own_words_alone_choose_their_option() -> None:
    name = values.text_name("q", "own")
    assert one({"type": "checkboxes", "options": OPTIONS}, {"q": ["a"], name: ["mine"]}).values == {
        "q": {"codes": ["a", "own"], "text": {"own": "mine"}}
    }
    assert one({"type": "radio", "options": OPTIONS}, {name: ["mine"]}).values == {
        "q": {"codes": ["own"], "text": {"own": "mine"}}
    }
    assert one({"type": "radio", "options": OPTIONS}, {"q": ["a"], name: ["mine"]}).values == {"q": "a"}


def test_at_most_so_many() -> None:
    wrong = refused({"type": "checkboxes", "options": OPTIONS, "max_selected": 1}, {"q": ["a", "b"]})
    assert wrong == ["Choose at most 1. You chose 2."]


def test_four_kinds_of_missing_stay_apart() -> None:
    form = dialect.load(
        {
            "sections": [
                {
                    "id": "s",
                    "questions": [
                        {"id": "hidden", "type": "text", "show_if": {"blank": "never"}},
                        {"id": "blank", "type": "text"},
                        {"id": "refuses", "type": "radio", "options": OPTIONS},
                        {"id": "unsure", "type": "radio", "options": [{"code": "dk"}, {"code": "s1"}]},
                        {"id": "off", "type": "text", "enabled_by_default": False},
                    ],
                }
            ]
        }
    )
    posted = {"hidden": ["x"], "refuses": ["prefer_not"], "unsure": ["dk"], "off": ["x"]}
    result = asking.clean(form.sections[0], posted)
    assert result.missing == {
        "hidden": "not_shown",
        "blank": "left_blank",
        "refuses": "prefer_not",
        "unsure": "dont_know",
        "off": "not_shown",
    }
    assert result.values == {"refuses": "prefer_not", "unsure": "dk"}


def test_grid_keeps_columns_apart_and_exclusive_extras_clear_it() -> None:
    grid = Q["lived_experience"]
    assert grid.type == "matrix_checkboxes"
    data = {values.column_name(grid.id, "self"): ["poverty"], values.column_name(grid.id, "close"): ["poverty", "bh"]}
    section = FORM.part("identity")
    assert asking.clean(section, data).values["lived_experience"] == {
        "columns": {"self": ["poverty"], "close": ["poverty", "bh"]},
        "extra": [],
    }
    both = asking.clean(section, {**data, values.extra_name(grid.id): ["none", "prefer_not"]})
    assert both.values["lived_experience"] == {"columns": {}, "extra": ["prefer_not"]}
    assert both.missing["lived_experience"] == "prefer_not"


def test_group_wants_one_way() -> None:
    section = FORM.part("commitment")
    nothing = asking.clean(section, {})
    assert labels.messages(nothing)["confirmer_alt"] == ["Give one of these, or choose one of the other ways."]
    name_only = asking.clean(section, {"confirmer_name": ["Lee"]})
    assert labels.messages(name_only)["confirmer_email"] == ["Add this, or choose one of the other ways."]
    enough = asking.clean(section, {"confirmer_alt": ["talk_first"]})
    assert enough.values["employer_confirmer"] == {"confirmer_alt": "talk_first"}
    assert "confirmer_alt" not in enough.wanting


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ({"elig_org": "yes", "elig_authority": ["decide"], "elig_dates": "yes"}, eligibility.PASS),
        ({"elig_org": "unsure", "elig_authority": ["decide"], "elig_dates": "most"}, eligibility.CHECK),
        ({"elig_org": "yes", "elig_authority": ["none"], "elig_dates": "yes"}, eligibility.FAIL),
        ({"elig_org": "yes"}, eligibility.UNKNOWN),
        ({"elig_org": "no"}, eligibility.FAIL),
    ],
)
def test_gates(answers: dict[str, Any], result: str) -> None:
    assert eligibility.verdict(FORM, answers).result == result


def test_placeholders_are_plain_names_only() -> None:
    class Sly:
        secret = "hunter2"

    facts = {"a": "Ana", "sly": Sly, "empty": ""}
    assert questions_text.fill("{a} {sly.secret} {a!r} {0} {unknown_word} {empty} {a}", facts) == (
        "Ana {sly.secret} {a!r} {0} [unknown word] [empty] Ana"
    )


# ---------------------------------------------------------------- anything against anything

CODES = st.sampled_from(["a", "b", "own", "none", "prefer_not", "dk", "x y", "", "é", "\x00", "--", "a" * 41])
IDS = st.sampled_from(["q1", "q2", "q3", "Q", "q 4", "", "q1--text-own", "q\x00", "q" * 70])
TEXT = st.text(max_size=40) | st.sampled_from(["\x00", "\ud800", "\u202e", "a" * 500, "{a.b}", "\ufffe"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OPTION = st.fixed_dictionaries(
    {"code": CODES},
    optional={
        "label": TEXT | JUNK,
        "text": st.booleans(),
        "exclusive": st.booleans(),
        "max_chars": st.integers(-1, 200) | JUNK,
    },
)
QUESTION = st.deferred(
    lambda: st.fixed_dictionaries(
        {"id": IDS, "type": st.sampled_from(sorted(dialect.TYPES)) | JUNK},
        optional={
            "options": st.lists(OPTION, max_size=5) | JUNK,
            "columns": st.lists(OPTION, max_size=3) | JUNK,
            "extra_options": st.lists(OPTION, max_size=3) | JUNK,
            "label": JUNK,
            "required": st.booleans() | JUNK,
            "max_chars": st.integers(-5, 60) | JUNK,
            "max_selected": st.integers(-1, 3) | JUNK,
            "visibility": st.sampled_from(["reviewer", "equity_data", "all"]) | JUNK,
            "show_if": st.dictionaries(IDS, CODES | st.lists(CODES, max_size=2), max_size=2) | JUNK,
            "gate": st.fixed_dictionaries({"pass": st.lists(CODES, max_size=2), "fail": JUNK}) | JUNK,
            "fields": st.lists(QUESTION, max_size=2) | JUNK,
            "follow_up": QUESTION | JUNK,
            "enabled": JUNK,
            "show_if_setting": JUNK,
            "autocomplete": JUNK,
            "stores": JUNK,
        },
    )
)
FORMS = (
    st.fixed_dictionaries(
        {
            "sections": st.lists(
                st.fixed_dictionaries({"id": IDS | JUNK, "questions": st.lists(QUESTION, max_size=4) | JUNK}),
                max_size=3,
            )
            | JUNK
        },
        optional={"employer_form": JUNK, "letters": JUNK},
    )
    | JUNK
)


def check(question: FormQuestion, value: Any) -> None:
    """Written apart from the engine: what the definition allows."""

    def text_ok(text: str, limit: int, lines: bool) -> None:
        assert isinstance(text, str)
        assert 0 < len(text) <= limit
        assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cs"} and not (lines and c in "\n\t")]
        text.encode()

    if question.type in dialect.TEXTS:
        text_ok(value, question.limit, question.type == "textarea")
        return
    if question.type == "checkbox_single":
        assert value is True or (value is False and question.consent)
        return
    if question.type == "group":
        inner = {part.id: part for part in question.fields}
        assert value
        assert set(value) <= set(inner)
        for key, item in value.items():
            check(inner[key], item)
        return
    codes = values.codes_of(value)
    known = {o.code: o for o in (*question.options, *question.extra)}
    assert codes
    assert set(codes) <= set(known)
    if question.type in dialect.ONE_CHOICE:
        assert len(codes) == 1
    if any(known[code].exclusive for code in codes):
        assert len(codes) == 1
    if question.max_selected and question.type in dialect.MANY_CHOICES:
        assert len(codes) <= question.max_selected
    for code, text in values.own_words(value).items():
        assert code in codes
        assert known[code].text
        text_ok(text, known[code].max_chars, False)


@pytest.mark.db  # searches for seconds
@settings(max_examples=200, deadline=None)
@given(raw=FORMS, data=st.data())
def test_any_form_and_any_post(raw: Any, data: st.DataObject) -> None:
    form = dialect.load(raw)
    eligibility.verdict(form, {})
    asking.wanting(form, {})
    for section in form.sections:
        names = [name for q in section.questions for name in values.names_of(q)] + ["zzz"]
        known = [code for q in section.questions for code in q.by_code] + ["", "z"]
        posted = data.draw(
            st.dictionaries(
                st.sampled_from(names), st.lists(st.sampled_from(known) | TEXT, max_size=5), max_size=len(names)
            )
        )
        result = asking.clean(section, posted)
        asked = {q.id: q for q in section.questions if q.type not in dialect.SILENT}
        assert set(result.values) | set(result.missing) | result.refused_questions == set(asked)
        for key, value in result.values.items():
            assert result.missing.get(key) != "not_shown"
            check(asked[key], value)
            json.dumps(value)
            values.said(asked[key], value)
            again = asking.clean(
                section, {k: v for q, item in result.values.items() for k, v in values.posted(asked[q], item).items()}
            )
            assert again.values.get(key) == value  # a stored answer shown again and sent again is the same
