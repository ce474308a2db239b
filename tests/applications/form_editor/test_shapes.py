"""What a question can be made of: several conditions, grids, groups, gates' other ways; and the form for employers."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from applications.apply import actions as apply_actions
from applications.common.access import confirmation_token
from applications.form_definition import diff, edits, validation
from applications.form_definition.asking import is_shown, on_page
from applications.form_definition.dialect import load
from applications.form_editor import actions as form_editor_actions
from applications.form_editor import queries as form_editor_queries
from applications.models import Application, Call, FormDraft
from cohort.questions.fitting import refit
from tests.applications.apply.filled import POSTS, fill, open_call
from tests.applications.form_definition.test_form_definition import FORM, said
from tests.applications.form_editor.posting import post_for
from tests.conftest import signed_in

ROOT = "/calls/north-call/form/"
EMPLOYER = f"{ROOT}parts/employer_confirmation/"


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return Call.objects.create(cohort=cast.cohort, slug="north-call", title="Equity in leadership")


@pytest.fixture
def editor(cast: SimpleNamespace, call: Call) -> Client:
    return signed_in(cast.coordinator)


def form_of(call: Call) -> Any:
    return load(form_editor_queries.work(call).definition)


def new(**fields: Any) -> dict[str, Any]:
    return {
        "q-label": "More about your team",
        "q-part": "reflection",
        "q-visibility": "reviewer",
        "do": "save",
        **fields,
    }


# ---------------------------------------------------------------- several conditions


def question(match: str = "") -> Any:
    asked = {
        "id": "third",
        "type": "text",
        "label": "?",
        "show_if": {"first": ["a"], "second": ["b", "c"]},
        **({"show_if_match": match} if match else {}),
    }
    return load({"sections": [{"id": "part", "questions": [asked]}]}).questions["third"]


@pytest.mark.parametrize(
    ("values", "all_", "any_"),
    [
        ({"first": "a", "second": ["c"]}, True, True),
        ({"first": "a", "second": ["d"]}, False, True),
        ({"second": "b"}, False, True),
        ({"first": "x"}, False, False),
        ({}, False, False),
    ],
)
def test_conditions_hold_all_together_or_one_by_one(values: dict[str, Any], all_: bool, any_: bool) -> None:
    assert (is_shown(question(), values), is_shown(question("any"), values)) == (all_, any_)
    assert is_shown(question("whatever"), values) == all_  # an unknown word means what always was


def test_a_page_watches_only_conditions_that_it_holds() -> None:
    """What another page says is settled on the server: a browser cannot look there."""
    both, either = question(), question("any")
    assert on_page(both, {"first"}, {"second": "b"}).show_if == (("first", frozenset("a")),)
    assert on_page(both, {"first"}, {"second": "x"}) is None
    assert on_page(either, {"first"}, {"second": "b"}).show_if == ()  # it is asked whatever is chosen here
    assert on_page(either, {"first"}, {"second": "x"}).show_if == (("first", frozenset("a")),)
    assert on_page(either, set(), {}) is None
    assert on_page(either, set(), {"first": "a"}).id == "third"


def test_a_question_that_hangs_on_another_page_is_not_hidden_by_the_browser(cast: SimpleNamespace, call: Call) -> None:
    form_editor_actions.change(
        call=call,
        actor=cast.coordinator,
        did="question_changed",
        thing="q_change",
        how=lambda d: edits.change_question(d, "q_change", {"show_if": {"elig_dates": ["yes"]}}),
    )
    draft = apply_actions.start(call=open_call(cast.cohort, "open-call"), applicant=cast.applicant)
    Application.objects.filter(pk=draft.pk).update(form_version=_frozen(call))
    client = signed_in(cast.applicant)
    page = f"/applications/{draft.pk}/parts/reflection/"
    assert 'name="q_change"' not in client.get(page).content.decode()
    client.post(f"/applications/{draft.pk}/parts/eligibility/", {**POSTS["eligibility"], "base": "0"})
    shown = client.get(page).content.decode()
    assert 'name="q_change"' in shown
    assert "data-show-if" not in shown.split('name="q_change"')[1].split(">")[0]


def _frozen(call: Call) -> Any:
    from applications.call import actions as call_actions

    return call_actions.freeze(call=call, actor=None)


def test_several_conditions_are_written_and_drawn(editor: Client, call: Call) -> None:
    path = f"{ROOT}questions/q_support_have/"
    post = post_for(
        call,
        "q_support_have",
        {
            "w-0-other": "elig_dates",
            "w-0-codes": ["yes"],
            "w-1-other": "elig_org",
            "w-1-codes": ["yes", "unsure"],
            "q-match": "any",
        },
    )
    assert editor.post(path, post).status_code == 302
    made = form_of(call).questions["q_support_have"]
    assert dict(made.show_if) == {"elig_dates": {"yes"}, "elig_org": {"yes", "unsure"}}
    assert made.show_any
    page = editor.get(path).content.decode()
    assert 'name="w-1-other"' in page
    assert page.count("checked") >= 4
    names = [row["other"].value() for row in editor.get(path).context["form"].conditions]
    back = post_for(call, "q_support_have", {"do": f"when-remove:{names.index('elig_dates')}"})
    shown = editor.post(path, back)
    assert [row["other"].value() for row in shown.context["form"].conditions] == ["elig_org"]
    assert [sorted(row["codes"].value()) for row in shown.context["form"].conditions] == [["unsure", "yes"]]
    assert form_of(call).questions["q_support_have"] == made  # taken out of the page only
    more = editor.post(path, {**back, "do": "when-add"}).context["form"].conditions
    assert [str(row["other"].label) for row in more] == [
        "Ask this only after a certain answer to",
        "Another question",
        "Another question",
    ]
    at = names.index("elig_org")
    one = post_for(call, "q_support_have", {f"w-{at}-other": "", f"w-{at}-codes": None})
    assert editor.post(path, one).status_code == 302
    raw = edits.find(form_editor_queries.work(call).definition, "q_support_have").question
    assert (raw["show_if"], "show_if_match" in raw) == ({"elig_dates": ["yes"]}, False)


def test_conditions_that_cannot_hold_are_said_beside_them(editor: Client, call: Call) -> None:
    path = f"{ROOT}questions/q_support_have/"
    twice = {"w-0-other": "elig_dates", "w-0-codes": ["yes"], "w-1-other": "elig_dates", "w-1-codes": ["most"]}
    page = editor.post(path, post_for(call, "q_support_have", twice))
    assert "Put the answers together." in page.content.decode()
    none = {**twice, "w-1-other": "elig_org", "w-1-codes": []}
    page = editor.post(path, post_for(call, "q_support_have", none))
    assert "Choose which of its answers" in str(page.context["form"].conditions[1].errors)
    assert page.context["form"].conditions[0].errors == {}
    assert FormDraft.objects.count() == 0


# ---------------------------------------------------------------- grids and groups


GRID = {
    "o-0-label": "Planning",
    "o-1-label": "Hiring",
    "o-2-label": "",
    "c-0-label": "Me",
    "c-1-label": "My team",
    "c-2-label": "",
    "x-0-label": "None of these",
    "x-0-exclusive": "on",
    "q-type": "matrix_checkboxes",
}


def test_a_new_grid_is_made_drawn_and_changed(editor: Client, call: Call) -> None:
    assert editor.post(f"{ROOT}parts/reflection/new/", new(**GRID)).status_code == 302
    grid = form_of(call).questions["q_more_about_your_team"]
    assert [o.code for o in (*grid.options, *grid.columns, *grid.extra)] == [
        "planning",
        "hiring",
        "me",
        "my_team",
        "none_of_these",
    ]
    assert grid.exclusive == ("none_of_these",)
    preview = editor.get(f"{ROOT}parts/reflection/preview/").content.decode()
    assert 'name="q_more_about_your_team--col-my_team"' in preview
    path = f"{ROOT}questions/q_more_about_your_team/"
    more = post_for(call, "q_more_about_your_team", {"do": "column-add"})
    assert len(editor.post(path, more).context["form"].columns) == 3
    moved = editor.post(path, {**more, "do": "column-up:1"}).context["form"]
    assert [row["label"].value() for row in moved.columns] == ["My team", "Me"]
    assert (
        editor.post(
            path,
            post_for(
                call,
                "q_more_about_your_team",
                {"c-0-label": "I myself", "c-2-label": "The board", "o-1-label": None, "o-1-code": None},
            ),
        ).status_code
        == 302
    )
    grid = form_of(call).questions["q_more_about_your_team"]
    assert [(o.code, o.label) for o in (*grid.options, *grid.columns)] == [
        ("planning", "Planning"),
        ("me", "I myself"),
        ("my_team", "My team"),
        ("the_board", "The board"),
    ]


def test_a_grid_needs_rows_and_columns(editor: Client, call: Call) -> None:
    for gone in ({"c-0-label": "", "c-1-label": ""}, {"o-0-label": "", "o-1-label": ""}):
        page = editor.post(f"{ROOT}parts/reflection/new/", new(**{**GRID, **gone}))
        assert "Add at least one answer to choose." in page.content.decode()
    same = editor.post(f"{ROOT}parts/reflection/new/", new(**{**GRID, "c-1-label": "me"}))
    assert "Two answers read the same." in str(same.context["form"].columns[1].errors)
    assert FormDraft.objects.count() == 0


GROUP = {
    "q-type": "group",
    "q-visibility": "staff",
    "q-one_of": "on",
    "f-0-label": "Their name",
    "f-0-kind": "text",
    "f-1-label": "How to reach them",
    "f-1-kind": "radio",
    "f-1-choices": "By phone\n\nBy mail",
    "f-2-label": "",
}


def test_a_new_group_is_made_of_fields_and_changed(editor: Client, call: Call) -> None:
    assert editor.post(f"{ROOT}parts/commitment/new/", new(**{**GROUP, "q-part": "commitment"})).status_code == 302
    group = form_of(call).questions["q_more_about_your_team"]
    assert [(f.id, f.type) for f in group.fields] == [("f_their_name", "text"), ("f_how_to_reach_them", "radio")]
    assert [o.label for o in group.fields[1].options] == ["By phone", "By mail"]
    assert (group.one_of, group.visibility) == (True, "staff")
    field = f"{ROOT}questions/f_their_name/"
    assert editor.post(field, post_for(call, "f_their_name", {"q-max_chars": "60"})).status_code == 302
    path = f"{ROOT}questions/q_more_about_your_team/"
    page = editor.get(path).content.decode()
    assert f'href="{field}"' in page
    post = post_for(
        call,
        "q_more_about_your_team",
        {"f-1-label": None, "f-1-code": None, "f-2-label": "Their name?", "f-2-kind": "text", "q-one_of": None},
    )
    assert editor.post(path, post).status_code == 302
    group = form_of(call).questions["q_more_about_your_team"]
    assert [(f.id, f.label, f.limit) for f in group.fields] == [
        ("f_their_name", "Their name", 60),
        ("f_their_name_2", "Their name?", 200),
    ]
    assert not group.one_of
    wrong = editor.post(path, {**post, "f-0-label": "their NAME?", "f-2-kind": "radio"})
    assert "Add at least one answer to choose." in wrong.content.decode()
    editor.post(f"{ROOT}undo/")
    assert [f.id for f in form_of(call).questions["q_more_about_your_team"].fields] == [
        "f_their_name",
        "f_how_to_reach_them",
    ]


def test_identity_questions_are_never_groups() -> None:
    made, name = edits.add_question(
        FORM,
        "identity",
        {"type": "group", "label": "Who?", "visibility": "equity_data", "fields": [{"label": "A", "type": "text"}]},
    )
    assert (name, "visibility") in said(made)


def test_what_fields_changed_is_said_and_answers_that_lose_are_counted() -> None:
    made, name = edits.add_question(
        FORM,
        "commitment",
        {
            "type": "group",
            "label": "Who?",
            "visibility": "staff",
            "fields": [{"label": "A", "type": "text"}, {"label": "B", "type": "text"}],
        },
    )
    fields = edits.find(made, name).question["fields"]
    after = edits.change_question(made, name, {"fields": [fields[1], {"label": "C", "type": "text"}]})
    found = diff.compare(load(made), load(after))
    assert found.changed[0].words == ("New fields: “C”.", "Fields taken out: “A”.")
    assert [new.id for _old, new in found.unfit] == [name]
    assert refit(load(after).questions[name], {"f_a": "x", "f_b": "y"}) == {"f_b": "y"}


def test_how_long_an_answer_is_kept_is_chosen_and_holds(editor: Client, call: Call) -> None:
    path = f"{ROOT}questions/q_change/"
    choices = dict(editor.get(path).context["form"].fields["retention"].choices)
    assert choices["not_selected"] == "1 year after decisions, for people who got no place"
    assert choices["selected"] == "3 years after the program ends"
    assert set(choices) == {"", "not_selected", "selected"}  # the private drawers have times of their own
    assert editor.post(path, post_for(call, "q_change", {"q-retention": "selected"})).status_code == 302
    assert form_of(call).questions["q_change"].retention == "selected"
    wrong = editor.post(path, post_for(call, "q_change", {"q-retention": "demographics_rows"}))
    assert wrong.status_code == 200
    assert form_of(call).questions["q_change"].retention == "selected"


# ---------------------------------------------------------------- other ways


def test_a_gate_offers_the_ways_that_were_written(editor: Client, call: Call) -> None:
    no = {"elig_org": "yes", "elig_authority": "decide", "elig_dates": "no"}
    check = "/calls/north-call/check/"
    assert "a later cohort may suit you better" in editor.post(check, no).content.decode()
    post = post_for(call, "elig_dates", {"q-other_ways": "Come to our open evenings.\n\nAsk about {region_name}."})
    assert editor.post(f"{ROOT}questions/elig_dates/", post).status_code == 302
    page = editor.post(check, no).content.decode()
    assert "<li>Come to our open evenings.</li>" in page
    assert "{region_name}" not in page
    assert "a later cohort may suit you better" not in page
    too_long = post_for(call, "elig_dates", {"q-other_ways": "x" * 1300})
    assert editor.post(f"{ROOT}questions/elig_dates/", too_long).status_code == 200


# ---------------------------------------------------------------- the short form for employers


def test_the_short_form_is_edited_and_undone(editor: Client, call: Call) -> None:
    assert "The short form for employers" in editor.get(ROOT).content.decode()
    page = editor.get(EMPLOYER).content.decode()
    assert "Will {applicant_name} have paid time" in page
    assert "Take this part out" not in page
    assert editor.get(f"{EMPLOYER}remove/").status_code == editor.post(f"{EMPLOYER}remove/").status_code == 404
    shown = editor.get(f"{ROOT}questions/emp_time/").content.decode()
    for name in ("q-visibility", "q-retention", "q-part", "q-decides"):
        assert f'name="{name}"' not in shown
    assert 'value="group"' not in shown
    assert (
        editor.post(
            f"{ROOT}questions/emp_time/",
            post_for(call, "emp_time", {"q-label": "Will {applicant_name} be paid for it?"}),
        ).status_code
        == 302
    )
    added = {
        "q-label": "Who covers the work?",
        "q-type": "text",
        "q-max_chars": "90",
        "w-0-other": "emp_time",
        "w-0-codes": ["partly", "no"],
        "do": "save",
    }
    assert editor.post(f"{EMPLOYER}new/", added).status_code == 302
    editor.post(EMPLOYER, {"do": "up:q_who_covers_the_work"})
    editor.post(f"{EMPLOYER}words/", {"p-intro": "Thank you for {applicant_name}."})
    short = form_of(call).employer
    assert [q.id for q in short.questions] == [
        "emp_knows",
        "emp_time",
        "emp_change",
        "emp_safe",
        "q_who_covers_the_work",
        "emp_comment",
    ]
    assert short.questions[1].label == "Will {applicant_name} be paid for it?"
    assert {q.visibility for q in short.questions} == {"staff"}
    assert "Thank you for Alex Example." in editor.get(f"{EMPLOYER}preview/").content.decode()
    for _step in range(4):
        editor.post(f"{ROOT}undo/")
    assert form_of(call).employer.questions[1].label.startswith("Will {applicant_name} have paid time")


def test_the_short_form_looks_at_its_own_answers_only(editor: Client, call: Call) -> None:
    other = {"q-label": "Who?", "q-type": "text", "w-0-other": "elig_dates", "w-0-codes": ["yes"], "do": "save"}
    assert editor.post(f"{EMPLOYER}new/", other).status_code == 200
    wrong = edits.change_question(FORM, "emp_time", {"show_if": {"elig_dates": ["yes"]}})
    assert said(wrong) == [("emp_time", "show_if")]
    assert said(
        edits.change_question(FORM, "emp_time", {"type": "group", "fields": [{"label": "A", "type": "text"}]})
    ) == [("emp_time", "type")]
    empty = json.loads(json.dumps(FORM))
    empty["employer_form"]["questions"] = []
    assert said(empty) == [("employer_confirmation", "")]
    assert validation.problems({**FORM, "employer_form": None}) == []  # a form may do without one


def test_a_new_short_form_goes_to_those_who_are_asked_from_then_on(cast: SimpleNamespace) -> None:
    """Whoever was asked already answers what they were asked; applicants are not bothered."""
    call = open_call(cast.cohort)
    sent = apply_actions.start(call=call, applicant=cast.applicant)
    client = signed_in(cast.applicant)
    fill(client, sent)
    client.post(f"/applications/{sent.pk}/check/")
    form_editor_actions.change(
        call=call,
        actor=cast.coordinator,
        did="question_removed",
        thing="emp_change",
        how=lambda d: edits.remove_question(d, "emp_change")[0],
    )
    work = form_editor_queries.work(call)
    changes = diff.compare(load(work.newest.definition), load(work.definition))
    assert changes.parts == (
        "The short form for employers no longer asks: “Will leaders meet {applicant_name} at least twice to talk about "
        "a change they want to make?”",
    )
    assert (changes.of_substance, changes.asks_again) == (False, False)
    form_editor_actions.publish(call=call, actor=cast.coordinator, note="Shorter.", revision=work.revision)
    sent.refresh_from_db()
    asked = f"/confirm/{confirmation_token(sent.employer_confirmation)}/"
    assert 'name="emp_change"' in Client().get(asked).content.decode()
    later = apply_actions.start(call=call, applicant=cast.participant)
    fill(signed_in(cast.participant), later)
    signed_in(cast.participant).post(f"/applications/{later.pk}/check/")
    later.refresh_from_db()
    asked = f"/confirm/{confirmation_token(later.employer_confirmation)}/"
    page = Client().get(asked).content.decode()
    assert 'name="emp_time"' in page
    assert 'name="emp_change"' not in page
