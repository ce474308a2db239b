"""Whatever an editor does, the form can be drawn, saved and sent; whatever is posted to the editor, it answers."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.apply import actions as apply_actions
from applications.common import call_forms
from applications.common.form_rendering import PartForm
from applications.form_definition import diff, edits, eligibility, validation
from applications.form_definition.asking import clean, wanting
from applications.form_definition.dialect import SILENT, TYPES, load
from applications.form_editor import actions as form_editor_actions
from applications.form_editor import queries as form_editor_queries
from applications.form_editor.forms import QuestionForm
from applications.models import Application, Call, FormDraft
from cohort.questions import fitting, labels, values
from tests.applications.apply.filled import fill, open_call
from tests.applications.form_definition.test_form_definition import ALL, FORM
from tests.conftest import signed_in

PARTS = [s["id"] for s in FORM["sections"]]
NAMES = [name for _part, name, _how in ALL]
VISIBILITIES = ["reviewer", "staff", "selection", "equity_data", "access", "everyone"]
ODD = ["", "Why?", "{region_name}", "a\x00b", "\u202eabc", "🙂", "{x!r}", "<b>", "x" * 700]
WORDS = st.one_of(st.sampled_from(ODD), st.text(max_size=12))
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 30_000),
    WORDS,
    st.lists(WORDS, max_size=2),
    st.dictionaries(WORDS, WORDS, max_size=2),
)
OPTION = st.fixed_dictionaries(
    {"code": st.one_of(st.sampled_from(["a", "b", "yes", "prefer_not", "é"]), WORDS), "label": WORDS},
    optional={"text": st.booleans(), "exclusive": st.booleans(), "help": WORDS, "max_chars": st.integers(-1, 900)},
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "label": WORDS,
        "help": WORDS,
        "type": st.sampled_from([*sorted(TYPES), "video"]),
        "required": st.booleans(),
        "enabled": st.booleans(),
        "visibility": st.sampled_from(VISIBILITIES),
        "part": st.sampled_from([*PARTS, "nowhere"]),
        "options": st.one_of(JUNK, st.lists(OPTION, max_size=4)),
        "columns": st.one_of(JUNK, st.lists(OPTION, max_size=2)),
        "max_chars": JUNK,
        "min_words": JUNK,
        "max_words": JUNK,
        "min_chars": JUNK,
        "max_selected": JUNK,
        "retention": st.sampled_from(["selected", "not_selected", "access_needs", "demographics_rows", "for_ever"]),
        "show_if": st.one_of(
            JUNK,
            st.dictionaries(
                st.sampled_from(NAMES),
                st.one_of(WORDS, st.lists(st.sampled_from(["yes", "no", "en", "other", "decide"]), max_size=2)),
                max_size=2,
            ),
        ),
        "show_if_match": st.one_of(JUNK, st.just("any")),
        "fields": st.one_of(
            JUNK,
            st.lists(
                st.fixed_dictionaries(
                    {"label": WORDS, "type": st.sampled_from(["text", "email", "radio", "group"])},
                    optional={"id": WORDS, "options": st.lists(OPTION, max_size=2)},
                ),
                max_size=3,
            ),
        ),
        "gate": st.one_of(
            JUNK,
            st.fixed_dictionaries(
                {
                    "pass": st.lists(st.sampled_from(["yes", "a", "most"])),
                    "fail": st.lists(st.sampled_from(["no", "b"])),
                    "kind_words": WORDS,
                    "other_ways": WORDS,
                }
            ),
        ),
    },
)
NAME = st.sampled_from([*NAMES, "emp_knows", "emp_comment", "submit", "nowhere"])
STEP = st.one_of(
    st.tuples(st.just("change_question"), NAME, CHANGES),
    st.tuples(st.just("move_question"), NAME, st.integers(-9, 9)),
    st.tuples(st.just("move_part"), st.sampled_from(PARTS), st.integers(-9, 9)),
    st.tuples(st.just("remove_question"), NAME),
    st.tuples(st.just("remove_part"), st.sampled_from(PARTS)),
    st.tuples(st.just("duplicate"), NAME, WORDS),
    st.tuples(st.just("add_question"), st.sampled_from(PARTS), CHANGES),
    st.tuples(st.just("add_part"), WORDS),
    st.tuples(
        st.just("change_part"),
        st.sampled_from(PARTS),
        st.fixed_dictionaries(
            {"title": WORDS},
            optional={"help": WORDS, "intro_blocks": st.lists(WORDS, max_size=2), "optional": st.booleans()},
        ),
    ),
)


def step(definition: dict[str, Any], verb: str, *args: Any) -> dict[str, Any]:
    """One operation, as the actions would do it: refused when the result is not sound."""
    try:
        if verb in ("duplicate", "add_part"):
            key = "label" if verb == "duplicate" else "title"
            result = getattr(edits, verb)(definition, *args[:-1], **{key: args[-1]})
        else:
            result = getattr(edits, verb)(definition, *args)
    except edits.GoneError:
        return definition
    after = result[0] if isinstance(result, tuple) else result
    return definition if validation.problems(after) else after


def posts(question: Any, junk: str) -> dict[str, list[str]]:
    """A post with every field of a question, partly right."""
    found = {name: [junk] for name in values.names_of(question)}
    if question.options:
        found[question.id] = [question.options[0].code]
    elif question.type in ("text", "textarea"):
        found[question.id] = [" ".join(["word"] * max(question.min_words, 1, question.min_chars))]
    return found


@pytest.mark.db  # searches for seconds
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=1, max_size=7), junk=WORDS)
def test_any_sequence_of_steps_is_a_form_that_can_be_drawn_saved_and_sent(steps: list[Any], junk: str) -> None:
    definition = FORM
    for one in steps:
        definition = step(definition, *one)
    assert validation.problems(definition) == []
    definition = json.loads(json.dumps(definition))
    form, before = load(definition), load(FORM)
    asked = [q["id"] for s in definition["sections"] for q in validation.rows(s["questions"])]
    assert set(asked) <= {*form.questions, "submit"}  # nothing that was written is left out
    assert "consent_process" in form.questions
    held: dict[str, Any] = {}
    for section in form.parts:
        posted: dict[str, list[str]] = {}
        for question in section.questions:
            for inner in question.fields or (question,):
                posted |= posts(inner, junk)
        cleaned = clean(section, posted, earlier=held)
        held |= cleaned.values
        page = PartForm(section, facts={}, data=posted, messages=labels.messages(cleaned), values=held)
        if section not in before.parts:  # drawing takes longest, and the default form is drawn by other tests
            html = render_to_string("questions/_pieces.html", {"pieces": page.pieces, "form": page})
            assert "<" in html or not page.pieces
        for question in section.questions:
            if question.visibility in ("equity_data", "access") and question.type not in SILENT:
                assert section.private == question.visibility
    wanting(form, held)
    eligibility.verdict(form, held)
    diff.compare(before, form)
    assert fitting.refit_all(form.questions, held) == held  # what the form took is what it offers
    for question in before.questions.values():
        now = form.questions.get(question.id)
        if now is not None and question.visibility in ("equity_data", "access", "staff"):
            assert now.visibility == question.visibility


FIELDS = (
    [f"q-{name}" for name in QuestionForm.base_fields]
    + [
        f"{start}-{n}-{name}"
        for start in "ocxfw"
        for n in ("0", "1", "9999", "-1", "x")
        for name in ("label", "code", "gate", "text", "help", "kind", "choices", "other", "codes")
    ]
    + ["do", "base", "fragment", "to", "p-title", "p-intro", "note", "revision", "part"]
)
DO = st.sampled_from(
    [
        "save",
        "preview",
        "refresh:",
        "refresh:id_q-type",
        "option-add",
        "option-up:0",
        "option-down:0",
        "option-remove:0",
        "option-up:-1",
        "field-add",
        "field-up:1",
        "when-add",
        "when-remove:0",
        "column-down:0",
        "extra-add",
        "part-add",
        "lists-up:0",
        "option-up:99999999999",
        "up:q_change",
        "copy:q_change",
        "copy:submit",
        "down:consent",
        "place:q_change",
        "x:y:z",
        ":",
        "\x00",
    ]
)
KNOWN = [
    "radio",
    "checkboxes",
    "group",
    "matrix_checkboxes",
    "elig_org",
    "text",
    "notice",
    "reviewer",
    "equity_data",
    "on",
    "1",
    "reflection",
    "elig_dates",
    "99999999999",
]
POST = st.dictionaries(st.sampled_from(FIELDS), st.one_of(WORDS, DO, st.sampled_from(KNOWN)), max_size=14)
PATHS = [
    "",
    "undo/",
    "discard/",
    "publish/",
    "new-part/",
    "parts/reflection/",
    "parts/reflection/words/",
    "parts/reflection/new/",
    "questions/q_change/",
    "questions/gender/",
    "questions/lived_experience/",
    "questions/employer_confirmer/",
    "questions/confirmer_email/",
    "questions/tribal_nation_names/",
    "parts/employer_confirmation/",
    "parts/employer_confirmation/new/",
    "parts/employer_confirmation/words/",
    "questions/emp_knows/",
    "questions/emp_time/remove/",
    "parts/consent/remove/",
    "questions/consent_process/remove/",
    "questions/public_records_note/",
]


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


def test_any_post_is_answered_and_leaves_a_sound_form(cast: SimpleNamespace, call: Call) -> None:
    client: Client = signed_in(cast.coordinator)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(path=st.sampled_from(PATHS), post=POST, do=DO)
    def check(path: str, post: dict[str, str], do: str) -> None:
        piece = path.split("/")[1:2]
        gone = path.endswith("remove/") and f'"id": "{piece[0]}"' not in json.dumps(
            form_editor_queries.work(call).definition
        )
        response = client.post(f"/calls/north-call/form/{path}", {"do": do, **post})
        assert response.status_code in ((404,) if gone else (200, 302)), (path, post)
        assert (
            validation.problems(
                form_editor_queries.work(call).definition, published=form_editor_queries.work(call).published
            )
            == []
        )
        if FormDraft.objects.filter(call=call, revision__gt=8).exists():
            form_editor_actions.discard(call=call, actor=cast.coordinator)

    check()


@pytest.mark.parametrize("seed", range(4))
def test_a_form_that_was_edited_is_filled_in_and_sent_in_the_browser(
    cast: SimpleNamespace, call: Call, seed: int
) -> None:
    """A fixed handful of edits, published, and the same pages posted as before: never a 500, never a lost answer."""
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    client = signed_in(cast.applicant)
    steps: list[tuple[Any, ...]] = [
        ("remove_question", "q_learning"),
        ("duplicate", "q_change", "Again"),
        ("move_part", "consent", -5),
        ("duplicate", "lived_experience", "Once more"),
        ("duplicate", "employer_confirmer", "And who else?"),
        ("remove_part", "identity"),
        (
            "add_question",
            "commitment",
            {"type": "select_with_text", "label": "Pick", "options": [{"code": "a", "label": "A"}], "required": True},
        ),
        ("change_question", "sector_roles", {"type": "radio", "max_selected": None}),
        ("change_question", "notice_ack", {"enabled": False}),
        ("remove_part", "about_you"),
        ("remove_part", "eligibility"),
    ][seed::4]
    for one in steps:
        form_editor_actions.change(
            call=call, actor=None, did="question_changed", thing="", how=lambda d, one=one: step(d, *one)
        )
    form_editor_actions.publish(
        call=call, actor=cast.coordinator, note="why", revision=FormDraft.objects.get(call=call).revision
    )
    draft.refresh_from_db()
    form = call_forms.form_of(draft.form_version_id)
    for section in form.parts:
        address = f"/applications/{draft.pk}/parts/{section.id}/"
        assert client.get(address).status_code == 200
        draft.refresh_from_db()
        post = {
            name: strings
            for q in section.questions
            for inner in (q.fields or (q,))
            for name, strings in posts(inner, "me@example.org").items()
        }
        base = (draft.sections.get(section.id) or {}).get("revision", 0)
        assert client.post(address, {**post, "base": base}).status_code in (200, 302)
    for page in ("", "check/", "fit/", "copy/", "copy.json", "form-changes/"):
        assert client.get(f"/applications/{draft.pk}/{page}").status_code == 200, page
    assert client.post(f"/applications/{draft.pk}/check/").status_code in (302, 422)
    assert Application.objects.get(pk=draft.pk).state in ("draft", "submitted")


def test_the_whole_default_application_still_goes_through_after_a_version(cast: SimpleNamespace, call: Call) -> None:
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    form_editor_actions.change(
        call=call, actor=None, did="part_moved", thing="", how=lambda d: edits.move_part(d, "identity", -6)
    )
    form_editor_actions.publish(call=call, actor=cast.coordinator, note="why", revision=1)
    client = signed_in(cast.applicant)
    fill(client, draft)
    assert client.post(f"/applications/{draft.pk}/check/").status_code == 302
    assert Application.objects.get(pk=draft.pk).state == "submitted"
