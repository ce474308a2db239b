"""The pure part of the editor: what is sound, what may change, and what is different."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from applications.form_definition import diff, edits, freeze, validation, visibility
from applications.form_definition.asking import clean
from applications.form_definition.dialect import load
from applications.form_editor.forms import QuestionForm
from cohort.people import facts
from cohort.questions import fitting, labels
from tests.applications.form_editor.posting import as_posted

FACTS = Path(__file__).parents[3] / "facts"
DEFAULT = facts.read(FACTS / "application_form.yaml")
REGIONS = facts.read(FACTS / "regions.yaml")["regions"]
FORM: dict[str, Any] = edits.opened(json.loads(json.dumps(freeze.freeze(DEFAULT, REGIONS[0]))))
ALL = [(s["id"], q["id"], how) for s in FORM["sections"] for q, how in validation.every(s) if q["type"] != "submit"]


def said(definition: dict[str, Any], **kwargs: Any) -> list[tuple[str, str]]:
    return [(p.question or p.part, p.field) for p in validation.problems(definition, **kwargs)]


@pytest.mark.parametrize("region", REGIONS, ids=lambda r: r["id"])
def test_default_form_is_sound(region: dict[str, Any]) -> None:
    definition = edits.opened(freeze.freeze(DEFAULT, region))
    assert validation.problems(definition) == []
    assert load(definition) == load(freeze.freeze(DEFAULT, region))


@pytest.mark.parametrize(("part", "name", "how"), ALL, ids=[name for _p, name, _h in ALL])
def test_saving_a_question_as_it_is_changes_nothing(part: str, name: str, how: str) -> None:
    raw = edits.find(FORM, name).question
    form = QuestionForm(FORM, part=part, raw=raw, how=how)
    posted = QuestionForm(FORM, part=part, raw=raw, how=how, data=as_posted(form))
    assert posted.is_valid(), posted.errors
    assert load(edits.change_question(FORM, name, posted.changes())) == load(FORM)


def test_operations_leave_the_definition_they_were_given() -> None:
    before = copy.deepcopy(FORM)
    edits.add_part(FORM, title="More")
    edits.remove_part(FORM, "identity")
    edits.move_part(FORM, "about_you", 2)
    edits.add_question(FORM, "reflection", {"type": "text", "label": "More?", "visibility": "reviewer"})
    edits.duplicate(FORM, "q_change", label="Again")
    edits.remove_question(FORM, "contact_language")
    edits.change_question(FORM, "q_change", {"part": "commitment", "label": "Other", "max_chars": 10})
    assert before == FORM


def test_removing_a_question_frees_those_that_hang_on_it() -> None:
    after, freed = edits.remove_question(FORM, "contact_language")
    assert freed == ["contact_language_other"]
    assert "show_if" not in edits.find(after, "contact_language_other").question
    assert validation.problems(after) == []


def test_a_copy_takes_no_name_factor_or_criterion_of_the_first() -> None:
    after, name = edits.duplicate(FORM, "org_type", label="Kind", taken={"q_kind"})
    assert name == "q_kind_2"
    form = load(after)
    assert (form.questions[name].factor, form.questions[name].visibility) == ("", "selection")
    assert form.questions["org_type"].factor == "organization_type"
    after, name = edits.duplicate(FORM, "employer_confirmer", label="Who else")
    assert validation.problems(after) == []
    assert {f.id for f in load(after).questions[name].fields}.isdisjoint(
        {f.id for f in load(after).questions["employer_confirmer"].fields}
    )


def test_parts_stay_before_the_closing_one() -> None:
    after, name = edits.add_part(FORM, title="More")
    assert [s["id"] for s in after["sections"]][-2:] == [name, "review"]
    assert [s["id"] for s in edits.move_part(after, name, 5)["sections"]][-1] == "review"
    assert edits.move_part(after, "review", -3) == after


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("q_change", {"label": " "}, "label"),
        ("q_change", {"label": "x" * 601}, "label"),
        ("q_change", {"type": "video"}, "type"),
        ("q_change", {"type": "submit"}, "type"),
        ("consent_process", {"required": False}, ""),
        ("consent_process", {"enabled": False}, ""),
        ("consent_process", {"type": "notice"}, ""),
        ("q_change", {"max_chars": 0}, "max_chars"),
        ("q_change", {"min_words": 50, "max_words": 10}, "min_words"),
        ("q_change", {"min_words": 1200}, "min_words"),
        ("elig_org", {"options": []}, "options"),
        ("elig_org", {"options": [{"code": "a", "label": ""}]}, "options.0"),
        (
            "elig_dates",
            {"options": [{"code": "yes", "label": "A"}, {"code": "most", "label": "a"}, {"code": "no"}]},
            "options.0",
        ),
        ("elig_org", {"options": [{"code": "yes", "label": "Yes"}]}, "gate"),
        ("contact_language", {"options": [{"code": "en", "label": "English"}]}, "show_if_codes"),
        ("sector_roles", {"max_selected": 99}, "max_selected"),
        ("pronouns", {"show_if": {"q_change": ["x"]}}, "show_if"),
        ("pronouns", {"show_if": {"nowhere": ["x"]}}, "show_if"),
        ("pronouns", {"show_if": {"org_size": ["s0"]}}, "show_if"),  # it stands below
        ("full_name", {"visibility": "reviewer"}, "visibility"),
        ("gender", {"visibility": "reviewer"}, "visibility"),
        ("access_text", {"visibility": "reviewer"}, "visibility"),
        ("org_name", {"visibility": "reviewer"}, "visibility"),
        ("email", {"visibility": "reviewer"}, "visibility"),
        ("gender", {"retention": "selected"}, "retention"),
        ("gender", {"part": "reflection"}, "visibility"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_its_field(name: str, changes: dict[str, Any], field: str) -> None:
    assert field in [f for _where, f in said(edits.change_question(FORM, name, changes))]


def test_nobody_learns_by_a_condition_what_they_may_not_read() -> None:
    definition, name = edits.add_question(
        FORM,
        "about_you",
        {
            "type": "radio",
            "label": "Conflict known",
            "visibility": "staff",
            "options": [{"code": "yes", "label": "Yes"}, {"code": "no", "label": "No"}],
        },
    )
    depends = {"show_if": {name: ["yes"]}}
    assert said(edits.change_question(definition, "conflict", depends)) == []  # staff on staff
    assert said(edits.change_question(definition, "q_change", depends)) == [("q_change", "show_if")]
    assert said(edits.change_question(FORM, "gender", {"show_if": {"race_ethnicity": ["aian"]}})) == []
    assert visibility.may_depend("reviewer", "equity_data") is False
    assert visibility.may_depend("access", "equity_data") is False


def test_readers_are_never_more_than_a_question_was_made_for() -> None:
    table = {
        made: visibility.readers({"id": "x", "type": "radio", "made_for": made}, published=None)[0]
        for made in visibility.READERS
    }
    assert table == {
        "reviewer": ("reviewer", "selection", "staff"),
        "selection": ("selection", "staff"),
        "staff": ("staff",),
        "access": ("access",),
        "equity_data": ("equity_data",),
    }
    for made in ("selection", "staff", "access", "equity_data"):
        assert visibility.readers({"id": "x", "type": "radio", "made_for": made}, published=None)[1]
    assert "reviewer" not in visibility.readers({"type": "email"}, published=None)[0]
    asked, why = visibility.readers(
        {"id": "q_change", "type": "textarea", "made_for": "reviewer"}, published=load(FORM)
    )
    assert asked == ("reviewer",)
    assert "take this question out" in why


def test_published_questions_keep_kind_and_readers() -> None:
    published = load(FORM)
    assert said(edits.change_question(FORM, "q_change", {"type": "text"}), published=published) == []
    assert said(edits.change_question(FORM, "org_size", {"type": "checkboxes"}), published=published) == []
    assert ("q_change", "type") in said(edits.change_question(FORM, "q_change", {"type": "email"}), published=published)
    assert ("q_change", "type") in said(
        edits.change_question(FORM, "q_change", {"type": "notice", "text": "x"}), published=published
    )
    assert ("q_change", "visibility") in said(
        edits.change_question(FORM, "q_change", {"visibility": "staff"}), published=published
    )


def test_consent_and_the_last_page_have_to_stay() -> None:
    assert ("consent_process", "") in said(edits.remove_part(FORM, "consent")[0])
    assert ("submit", "") in said({**FORM, "sections": FORM["sections"][:-1]})


def test_limits_in_words_hold_when_sending_and_keep_the_draft() -> None:
    form = load(
        {
            "sections": [
                {
                    "id": "s",
                    "questions": [
                        {"id": "q", "type": "textarea", "label": "Q", "min_words": 2, "max_words": 3, "min_chars": 5}
                    ],
                }
            ]
        }
    )
    found = {text: clean(form.sections[0], {"q": [text]}) for text in ("one", "one two", "a b", "one two three four")}
    assert [c.values["q"] for c in found.values()] == list(found)
    assert [labels.in_words(c.wanting).get("q", []) for c in found.values()] == [
        ["Write at least 2 words. This has 1."],
        [],
        ["Write at least 5 characters. This has 3."],
        ["Write at most 3 words. This has 4."],
    ]
    assert clean(form.sections[0], {}).wanting == {}  # optional: nothing is also an answer


# ---------------------------------------------------------------- versions


def changed(name: str, **changes: Any) -> diff.Changes:
    return diff.compare(load(FORM), load(edits.change_question(FORM, name, changes)))


def test_changes_are_said_in_words() -> None:
    options = edits.find(FORM, "elig_dates").question["options"]
    found = changed(
        "elig_dates", label="Can you come?", options=[*options[:1], {"code": "some", "label": "Some"}], gate=None
    )
    assert [c.words for c in found.changed] == [
        (
            "It used to read: “Can you attend at least {min_sessions} of the {total_sessions} sessions?”",
            "New answers to choose: “Some”.",
            "No longer to choose: “I may miss one or two more. I would like to talk about it.”, “No”.",
            "What its answers mean for taking part has changed.",
        )
    ]
    assert (found.of_substance, found.asks_again) == (True, False)
    assert [old.id for old, _new in found.unfit] == ["elig_dates"]
    assert not diff.compare(load(FORM), load(FORM)).any
    assert [c.words for c in changed("q_change", max_chars=900, min_words=20).changed] == [
        ("At most this many characters: 900 (before: 1,800).", "At least this many words: 20 (before: no limit).")
    ]


@pytest.mark.parametrize(
    ("changes", "substance", "again"),
    [
        ({"help": "Other help"}, False, False),
        ({"part": "commitment"}, False, False),
        ({"required": False}, True, False),
        ({"max_chars": 10}, True, False),
        ({"enabled": False}, True, False),
    ],
)
def test_only_what_must_be_answered_asks_sent_applications_again(
    changes: dict[str, Any], substance: bool, again: bool
) -> None:
    found = changed("q_change", **changes)
    assert (found.any, found.of_substance, found.asks_again) == (True, substance, again)
    assert changed("pronouns", required=True).asks_again
    added = {"type": "text", "label": "New", "visibility": "staff"}
    optional = diff.compare(load(FORM), load(edits.add_question(FORM, "about_you", added)[0]))
    must, _name = edits.add_question(FORM, "about_you", {**added, "required": True})
    required = diff.compare(load(FORM), load(must))
    assert (optional.asks_again, required.asks_again, len(required.added)) == (False, True, 1)


@pytest.mark.parametrize(
    ("question", "value", "kept"),
    [
        ({"type": "textarea", "max_chars": 3}, "long words", "long words"),
        ({"type": "text"}, ["a"], None),
        ({"type": "radio"}, "a", "a"),
        ({"type": "radio"}, "gone", None),
        ({"type": "radio"}, ["a", "b"], None),
        ({"type": "checkboxes"}, "a", ["a"]),
        ({"type": "checkboxes"}, ["b", "gone"], ["b"]),
        (
            {"type": "checkboxes"},
            {"codes": ["own", "gone"], "text": {"own": "x", "gone": "y"}},
            {"codes": ["own"], "text": {"own": "x"}},
        ),
        ({"type": "checkboxes"}, {"columns": {}, "extra": []}, None),
        ({"type": "checkbox_single"}, True, True),
        ({"type": "checkbox_single"}, "yes", None),
        (
            {"type": "matrix_checkboxes", "columns": [{"code": "self"}], "extra_options": [{"code": "none"}]},
            {"columns": {"self": ["a", "gone"], "other": ["b"]}, "extra": []},
            {"columns": {"self": ["a"]}, "extra": []},
        ),
        ({"type": "matrix_checkboxes", "columns": [{"code": "self"}]}, "a", None),
    ],
)
def test_answers_to_an_earlier_version_count_as_far_as_they_fit(
    question: dict[str, Any], value: Any, kept: Any
) -> None:
    options = [{"code": "a"}, {"code": "b"}, {"code": "own", "text": True}]
    form = load({"sections": [{"id": "s", "questions": [{"id": "q", "options": options, **question}]}]})
    assert fitting.refit(form.questions["q"], value) == kept
    assert fitting.refit_all(form.questions, {"q": value, "elsewhere": "x"}) == ({} if kept is None else {"q": kept})
