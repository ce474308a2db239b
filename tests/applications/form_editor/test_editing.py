"""The editor's pages: a coordinator changes the form one step at a time, and can take each step back."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.call import actions as call_actions
from applications.common import call_forms
from applications.form_definition import edits
from applications.form_definition.dialect import load
from applications.form_editor import actions as form_editor_actions
from applications.form_editor import queries as form_editor_queries
from applications.models import Call, FormDraft, FormVersion
from cohort.people import history
from cohort.people.models import HistoryEntry
from tests.applications.apply.filled import open_call
from tests.applications.form_editor.posting import codes, post_for
from tests.conftest import signed_in

ROOT = "/calls/north-call/form/"


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    """A call in preparation: nothing is frozen."""
    return Call.objects.create(cohort=cast.cohort, slug="north-call", title="Equity in leadership")


@pytest.fixture
def editor(cast: SimpleNamespace, call: Call) -> Client:
    return signed_in(cast.coordinator)


def form_of(call: Call) -> Any:
    return load(form_editor_queries.work(call).definition)


def ids(call: Call, part: str) -> list[str]:
    return [q["id"] for q in edits.part_of(form_editor_queries.work(call).definition, part)["questions"]]


PAGES = [
    "",
    "new-part/",
    "parts/reflection/",
    "parts/reflection/words/",
    "parts/reflection/remove/",
    "parts/reflection/preview/",
    "parts/reflection/new/",
    "questions/q_change/",
    "questions/q_change/remove/",
    "questions/lived_experience/",
    "questions/employer_confirmer/",
    "questions/confirmer_email/",
    "questions/tribal_nation_names/",
    "questions/public_records_note/",
    "parts/identity/preview/",
]


def test_only_coordinators_of_the_cohort_open_the_editor(cast: SimpleNamespace, call: Call) -> None:
    coordinator, nobody = signed_in(cast.coordinator), Client()
    others = [
        (user, signed_in(user), status)
        for user, status in (
            (cast.screener, 403),
            (cast.steward, 403),
            (cast.stranger, 404),
            (cast.other_coordinator, 404),
            (cast.superuser, 404),
            (cast.applicant, 404),
        )
    ]
    for page in PAGES:
        assert coordinator.get(ROOT + page).status_code == 200, page
        assert nobody.get(ROOT + page).status_code == 302
        for user, client, status in others:
            assert client.get(ROOT + page).status_code == status, (page, user)
    for page in ("parts/nowhere/", "questions/nowhere/", "questions/submit/", "versions/1/"):
        assert coordinator.get(ROOT + page).status_code == 404


def test_changing_a_question_changes_what_applicants_get_and_can_be_undone(editor: Client, call: Call) -> None:
    before = call_forms.default_definition(call.cohort)
    response = editor.post(
        f"{ROOT}questions/q_change/",
        post_for(
            call,
            "q_change",
            {"q-label": "What will you change?", "q-min_words": "20", "q-max_words": "200", "q-required": None},
        ),
    )
    assert response["Location"] == f"{ROOT}parts/reflection/#question-q_change"
    asked = form_of(call).questions["q_change"]
    assert (asked.label, asked.min_words, asked.max_words, asked.required) == ("What will you change?", 20, 200, False)
    assert "What will you change?" in editor.get("/calls/north-call/questions/").content.decode()
    page = editor.get(f"{ROOT}parts/reflection/").content.decode()
    assert "a question was changed" in page
    assert editor.post(f"{ROOT}undo/", {"part": "reflection"})["Location"] == f"{ROOT}parts/reflection/"
    assert call_forms.form_for_call(call) == load(before)
    assert FormDraft.objects.count() == 0
    assert list(history.of(call).values_list("verb", flat=True)) == ["form.question_changed", "form.undone"]
    assert "What will you" not in str(list(HistoryEntry.objects.values_list("details", flat=True)))


def test_steps_are_undone_one_after_the_other(editor: Client, call: Call) -> None:
    start = ids(call, "reflection")
    editor.post(f"{ROOT}parts/reflection/", {"do": "up:q_peers"})
    editor.post(f"{ROOT}parts/reflection/", {"do": "copy:q_change"})
    editor.post(f"{ROOT}questions/q_authority/remove/")
    assert len(ids(call, "reflection")) == len(start)
    for left in (3, 2, 1):
        assert FormDraft.objects.get().edits.count() == left
        editor.post(f"{ROOT}undo/")
    assert ids(call, "reflection") == start
    assert "There is nothing to undo." in editor.post(f"{ROOT}undo/", follow=True).content.decode()


def test_questions_move_by_buttons_and_to_a_place(editor: Client, call: Call) -> None:
    first, second, third, *rest = ids(call, "reflection")
    response = editor.post(f"{ROOT}parts/reflection/", {"do": f"up:{second}", "to": ""}, follow=True)
    assert ids(call, "reflection") == [second, first, third, *rest]
    assert "It is now number 1 of 6." in response.content.decode()
    editor.post(f"{ROOT}parts/reflection/", {"do": f"down:{second}"})
    assert ids(call, "reflection") == [first, second, third, *rest]
    editor.post(f"{ROOT}parts/reflection/", {"do": f"place:{first}", "to": "2"})
    assert ids(call, "reflection") == [second, third, first, *rest]
    for nonsense in ("place:nobody", "up:", "", "fly:q_change", "place:q_change"):
        editor.post(f"{ROOT}parts/reflection/", {"do": nonsense, "to": "٣"})
    assert ids(call, "reflection") == [second, third, first, *rest]


def test_a_move_that_would_hide_a_question_is_refused_in_words(editor: Client, call: Call) -> None:
    start = ids(call, "about_you")
    assert start.index("contact_language_other") == start.index("contact_language") + 1
    page = editor.post(f"{ROOT}parts/about_you/", {"do": "down:contact_language"}, follow=True).content.decode()
    assert "a question that must stand above it" in page
    assert ids(call, "about_you") == start
    assert FormDraft.objects.count() == 0


def test_parts_are_added_moved_worded_and_taken_out(editor: Client, call: Call) -> None:
    response = editor.post(f"{ROOT}new-part/", {"p-title": "Your team", "p-intro": "One.\n\nTwo.", "p-help": ""})
    assert response["Location"] == f"{ROOT}parts/part_your_team/"
    section = edits.part_of(form_editor_queries.work(call).definition, "part_your_team")
    assert (section["title"], section["intro_blocks"]) == ("Your team", ["One.", "Two."])
    editor.post(ROOT, {"do": "up:part_your_team"})
    order = [s["id"] for s in form_editor_queries.work(call).definition["sections"]]
    assert order[-3:] == ["part_your_team", "consent", "review"]
    editor.post(
        f"{ROOT}parts/reflection/words/", {"p-title": "Thoughts", "p-intro": "", "p-help": "Short.", "p-optional": "on"}
    )
    part = form_of(call).part("reflection")
    assert (part.title, part.help, part.optional) == ("Thoughts", "Short.", True)
    editor.post(f"{ROOT}parts/part_your_team/remove/")
    assert "part_your_team" not in [s["id"] for s in form_editor_queries.work(call).definition["sections"]]
    bad = editor.post(f"{ROOT}new-part/", {"p-title": " ", "p-intro": "kept words"})
    assert bad.status_code == 200
    assert "kept words" in bad.content.decode()


NEW = {
    "q-label": "How many people do you lead?",
    "q-type": "radio",
    "q-part": "reflection",
    "q-visibility": "reviewer",
    "q-retention": "",
    "w-0-other": "",
    "o-0-label": "One to ten",
    "o-1-label": "More",
    "o-2-label": "",
    "do": "save",
}


def test_a_new_question_is_added_with_its_answers(editor: Client, call: Call) -> None:
    response = editor.post(f"{ROOT}parts/reflection/new/", {**NEW, "o-1-text": "on", "q-required": "on"})
    assert response["Location"] == f"{ROOT}parts/reflection/#question-q_how_many_people_do_you"
    made = form_of(call).questions["q_how_many_people_do_you"]
    assert [(o.code, o.label, o.text) for o in made.options] == [
        ("one_to_ten", "One to ten", False),
        ("more", "More", True),
    ]
    assert (made.type, made.required, made.visibility, made.section) == ("radio", True, "reviewer", "reflection")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"q-label": ""}, "Write the question."),
        ({"o-0-label": "", "o-1-label": ""}, "Add at least one answer to choose."),
        ({"o-1-label": "one TO ten"}, "Two answers read the same."),
        ({"q-type": "video"}, "Select a valid choice."),
        ({"q-visibility": "equity_data"}, "stand in parts of their own"),
        ({"q-type": "text", "q-max_chars": "0"}, "greater than or equal to 1"),
        ({"q-max_selected": "5", "q-type": "checkboxes"}, "There are not so many answers to choose."),
        ({"w-0-other": "org_size", "w-0-codes": ["s0"]}, "learn something of that other one"),
        ({"w-0-other": "elig_dates"}, "Choose which of its answers ask this question."),
    ],
)
def test_a_wrong_question_is_not_stored_and_nothing_typed_is_lost(
    editor: Client, call: Call, change: dict[str, Any], words: str
) -> None:
    page = editor.post(f"{ROOT}parts/reflection/new/", {**NEW, "q-help": "kept-help-words", **change})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert "kept-help-words" in page.content.decode()
    assert "error-summary" in page.content.decode()
    assert FormDraft.objects.count() == 0


def test_answers_are_put_in_order_without_saving_and_without_losing_words(editor: Client, call: Call) -> None:
    def shown(do: str) -> list[str]:
        page = editor.post(f"{ROOT}parts/reflection/new/", {**NEW, "o-2-label": "None", "do": do}).content.decode()
        assert "How many people do you lead?" in page
        return re.findall(r'name="o-\d+-label" value="([^"]*)"', page)

    assert shown("option-up:1") == ["More", "One to ten", "None"]
    assert shown("option-down:0") == ["More", "One to ten", "None"]
    assert shown("option-remove:1") == ["One to ten", "None"]
    assert (
        len(
            re.findall(
                r'name="o-\d+-label"',
                editor.post(f"{ROOT}parts/reflection/new/", {**NEW, "do": "option-add"}).content.decode(),
            )
        )
        == 4
    )
    for nonsense in ("option-up:0", "option-down:99", "option-remove:x", "option-up:²"):
        assert set(shown(nonsense)) == {"One to ten", "More", "None"}
    assert FormDraft.objects.count() == 0


def test_identity_access_and_staff_questions_are_never_opened_to_readers(editor: Client, call: Call) -> None:
    for name in ("gender", "access_text", "full_name", "org_name"):
        before = form_of(call).questions[name]
        page = editor.get(f"{ROOT}questions/{name}/").content.decode()
        assert 'value="reviewer"' not in page
        editor.post(f"{ROOT}questions/{name}/", post_for(call, name, {"q-visibility": "reviewer"}))
        assert form_of(call).questions[name] == before
    assert "are never shown to people who score or choose" in editor.get(f"{ROOT}questions/gender/").content.decode()
    editor.post(f"{ROOT}questions/q_peers/", post_for(call, "q_peers", {"q-visibility": "staff"}))
    assert form_of(call).questions["q_peers"].visibility == "staff"
    with pytest.raises(form_editor_actions.RefusedError):
        form_editor_actions.change(
            call=call,
            actor=None,
            did="question_changed",
            thing="gender",
            how=lambda d: edits.change_question(d, "gender", {"visibility": "reviewer"}),
        )


def test_gates_and_conditions_are_set_with_kind_words(editor: Client, call: Call) -> None:
    post = post_for(call, "elig_dates", {"q-kind_words": "Come to eight of ten, or ask us.", "o-1-gate": "check"})
    assert editor.post(f"{ROOT}questions/elig_dates/", post).status_code == 302
    gate = form_of(call).questions["elig_dates"].gate
    assert (gate.passes, gate.check, gate.fails) == ({"yes"}, {"most"}, {"no"})
    no = {"elig_org": "yes", "elig_authority": "decide", "elig_dates": "no"}
    assert "Come to eight of ten, or ask us." in editor.post("/calls/north-call/check/", no).content.decode()
    post = post_for(call, "q_support_have", {"w-0-other": "elig_dates", "w-0-codes": ["yes"]})
    assert editor.post(f"{ROOT}questions/q_support_have/", post).status_code == 302
    assert form_of(call).questions["q_support_have"].show_if == (("elig_dates", frozenset({"yes"})),)


def test_preview_is_drawn_by_the_applicants_form_and_stores_nothing(editor: Client, call: Call) -> None:
    post = post_for(call, "q_change", {"q-label": "Draft <b>words</b>", "do": "preview", "fragment": "1"})
    page = editor.post(f"{ROOT}questions/q_change/", post).content.decode()
    assert "<html" not in page
    assert '<textarea name="q_change"' in page
    assert "Draft &lt;b&gt;words&lt;/b&gt;" in page
    assert "Your readers see this, without your name." in page
    whole = editor.post(f"{ROOT}questions/q_change/", {**post, "fragment": []}).content.decode()
    assert "Draft &lt;b&gt;words&lt;/b&gt;" in whole
    assert "error-summary" not in whole
    assert FormDraft.objects.count() == 0


def test_two_coordinators_do_not_overwrite_each_other(editor: Client, call: Call) -> None:
    mine = post_for(call, "q_change", {"q-label": "Mine"})
    editor.post(f"{ROOT}questions/q_change/", post_for(call, "q_change", {"q-label": "Theirs"}))
    page = editor.post(f"{ROOT}questions/q_change/", mine)
    assert "Somebody else changed this question" in page.content.decode()
    assert ">\nMine</textarea>" in page.content.decode()
    assert form_of(call).questions["q_change"].label == "Theirs"
    again = post_for(call, "q_change", {"q-label": "Mine"})
    assert editor.post(f"{ROOT}questions/q_change/", again).status_code == 302


def test_removing_says_what_goes_with_it_and_some_have_to_stay(editor: Client, call: Call) -> None:
    page = editor.get(f"{ROOT}questions/contact_language/remove/").content.decode()
    assert "“Which language?” was asked depending on it." in page
    assert "The balance board counts" in editor.get(f"{ROOT}questions/primary_subarea/remove/").content.decode()
    kept = editor.post(f"{ROOT}questions/consent_process/remove/", follow=True).content.decode()
    assert "We may not use an application without this question. It has to stay." in kept
    assert "consent_process" in form_of(call).questions
    assert "consent_process" in editor.post(f"{ROOT}parts/consent/remove/", follow=True).content.decode()
    editor.post(f"{ROOT}questions/contact_language/remove/")
    assert form_of(call).questions["contact_language_other"].show_if == ()


def test_opening_freezes_what_was_written(cast: SimpleNamespace, editor: Client, call: Call) -> None:
    editor.post(f"{ROOT}questions/q_change/", post_for(call, "q_change", {"q-label": "Frozen words"}))
    version = call_actions.freeze(call=call, actor=cast.coordinator)
    assert (version.number, version.note) == (1, "")
    assert load(version.definition).questions["q_change"].label == "Frozen words"
    assert FormDraft.objects.count() == 0
    assert call_actions.freeze(call=call, actor=None) == version
    assert FormVersion.objects.count() == 1


def test_discarding_asks_first(cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    client = signed_in(cast.coordinator)
    client.post(f"{ROOT}questions/q_change/", post_for(call, "q_change", {"q-label": "Never mind"}))
    assert FormDraft.objects.count() == 1
    assert client.get(f"{ROOT}discard/").status_code == 200
    assert FormDraft.objects.count() == 1
    client.post(f"{ROOT}discard/")
    assert FormDraft.objects.count() == 0
    assert client.get(f"{ROOT}discard/").status_code == 302


def test_a_decided_call_keeps_its_form(cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    Call.objects.filter(pk=call.pk).update(state="decided")
    client = signed_in(cast.coordinator)
    page = client.post(f"{ROOT}questions/q_change/", post_for(call, "q_change", {"q-label": "Too late"}))
    assert "it can no longer change" in page.content.decode()
    assert FormDraft.objects.count() == 0
    assert "it can no longer change" in client.get(ROOT).content.decode()


def test_pages_take_the_same_statements_with_one_question_and_with_twenty(editor: Client, call: Call) -> None:
    counts: dict[str, list[int]] = {"": [], "parts/reflection/": [], "questions/q_change/": []}
    for n in (6, 26):
        while len(ids(call, "reflection")) < n:
            editor.post(f"{ROOT}parts/reflection/", {"do": "copy:q_change"})
        editor.post(f"{ROOT}parts/reflection/words/", {"p-title": f"Thoughts {n}"})
        for page, found in counts.items():
            editor.get(ROOT + page)
            with CaptureQueriesContext(connection) as ran:
                editor.get(ROOT + page)
            found.append(len(ran))
    assert {page: low == high <= 12 for page, (low, high) in counts.items()} == dict.fromkeys(counts, True), counts


def test_codes_of_taken_out_answers_are_never_given_again(cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    client = signed_in(cast.coordinator)
    post = post_for(call, "prior_part", {"o-1-label": None, "o-1-code": None, "o-7-label": "yes"})
    assert codes(call, "prior_part") == ["no", "yes", "applied"]
    client.post(f"{ROOT}questions/prior_part/", post)
    assert codes(call, "prior_part") == ["no", "applied", "yes_2"]
    form_editor_actions.change(
        call=call,
        actor=None,
        did="question_removed",
        thing="pronouns",
        how=lambda d: edits.remove_question(d, "pronouns")[0],
    )
    assert "pronouns" in form_editor_queries.taken(call)
