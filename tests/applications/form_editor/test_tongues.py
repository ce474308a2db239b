"""Words in Spanish beside the English ones: what is missing, what is older, and what people read."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from applications.apply import actions as apply_actions
from applications.call import actions as call_actions
from applications.common import call_forms
from applications.form_definition import diff, edits, translations
from applications.form_definition.dialect import load
from applications.form_editor import actions as form_editor_actions
from applications.form_editor import queries as form_editor_queries
from applications.models import Application, Call, FormDraft
from cohort.outbox.models import Message
from cohort.questions.text import Said
from tests.applications.apply.filled import open_call
from tests.applications.form_definition.test_form_definition import FORM
from tests.applications.form_editor.posting import post_for
from tests.conftest import signed_in

ROOT = "/calls/north-call/form/"
SPANISH = {"es": {"Your thinking": "Lo que usted piensa", "Why?": "¿Por qué?", "Yes": "Sí"}}
SMALL: dict[str, Any] = {
    "translations": SPANISH,
    "sections": [
        {
            "id": "part",
            "title": "Your thinking",
            "intro_blocks": ["One.", "Why?"],
            "questions": [
                {
                    "id": "q",
                    "type": "radio",
                    "label": "Why?",
                    "help": "Say it.",
                    "options": [{"code": "yes", "label": "Yes"}, {"code": "no", "label": "No"}],
                    "gate": {"fail": ["no"], "kind_words": "Come."},
                }
            ],
        }
    ],
}


@pytest.fixture(autouse=True)
def _english() -> object:
    """A request in Spanish leaves its language behind in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return Call.objects.create(cohort=cast.cohort, slug="north-call", title="Equity in leadership")


@pytest.fixture
def editor(cast: SimpleNamespace, call: Call) -> Client:
    return signed_in(cast.coordinator)


def stand(definition: dict[str, Any], part: str = "part") -> dict[str, tuple[str, str]]:
    section = edits.part_of(definition, part)
    return {t.path: (t.words, t.state) for t in translations.texts(definition, section, "es")}


def spoken(definition: dict[str, Any]) -> Any:
    return load(definition, locale="es").questions["q"]


# ---------------------------------------------------------------- the engine


def test_every_text_is_listed_with_how_it_stands() -> None:
    assert stand(SMALL) == {
        ".title": ("Lo que usted piensa", "ready"),
        ".intro.0": ("", "missing"),
        ".intro.1": ("¿Por qué?", "ready"),
        "q.label": ("¿Por qué?", "ready"),
        "q.help": ("", "missing"),
        "q.options.yes.label": ("Sí", "ready"),
        "q.options.no.label": ("", "missing"),
        "q.gate.kind_words": ("", "missing"),
    }


def test_the_list_names_everything_that_an_applicant_reads() -> None:
    """Whatever the form draws in English is among the texts that can be written in Spanish."""
    listed = {t.english for s in edits.all_parts(FORM) for t in translations.texts(FORM, s, "es")}
    drawn = {text.strip() for path, text in diff._words_of(load(FORM)).items() if text.strip()}
    ids = {*edits.names(FORM)}  # a text that nobody wrote shows its id
    assert drawn - listed - ids == set()
    assert len(listed) > 250


def test_words_are_written_beside_the_english_and_taken_away() -> None:
    before = json.dumps(SMALL)
    after = translations.written(
        SMALL, "part", "es", {"q.help": "Dígalo.", "q.gate.kind_words": "Venga.", "nowhere": "x"}
    )
    assert json.dumps(SMALL) == before
    assert (spoken(after).help, spoken(after).gate.kind_words) == ("Dígalo.", "Venga.")
    assert (load(after).questions["q"].help, load(after).questions["q"].gate.kind_words) == ("Say it.", "Come.")
    gone = translations.written(after, "part", "es", {"q.help": "", "q.label": ""})
    assert stand(gone)["q.help"] == stand(gone)["q.label"] == ("", "missing")  # the list of sentences is not asked
    assert spoken(gone).label == "Why?"
    assert isinstance(spoken(gone).label, Said)
    assert translations.written(SMALL, "part", "es", {"q.label": "¿Por qué?"}) == SMALL  # nothing new


def test_an_english_change_makes_older_words_and_applicants_get_the_english() -> None:
    changed = edits.change_question(
        SMALL,
        "q",
        {"label": "Why now?", "options": [{"code": "yes", "label": "Yes, always"}, {"code": "no", "label": "No"}]},
    )
    assert stand(changed)["q.label"] == ("¿Por qué?", "older")
    assert stand(changed)["q.options.yes.label"] == ("Sí", "older")
    asked = spoken(changed)
    assert (asked.label, asked.label.lang) == ("Why now?", "en")
    assert [o.label for o in asked.options] == ["Yes, always", "No"]
    twice = edits.change_question(changed, "q", {"label": "Why today?"})
    section = edits.part_of(twice, "part")
    assert next(t.before for t in translations.texts(twice, section, "es") if t.path == "q.label") == "Why?"
    back = edits.change_question(twice, "q", {"label": "Why?"})
    assert stand(back)["q.label"] == ("¿Por qué?", "ready")
    again = translations.written(changed, "part", "es", {"q.label": "¿Por qué ahora?"})
    assert spoken(again).label == "¿Por qué ahora?"
    right = translations.written(changed, "part", "es", {"q.label": "¿Por qué?"})  # confirmed as it is
    assert (stand(right)["q.label"], spoken(right).label) == (("¿Por qué?", "ready"), "¿Por qué?")


def test_parts_and_gates_keep_their_words_while_they_move() -> None:
    after = translations.written(SMALL, "part", "es", {".intro.0": "Uno.", "q.gate.kind_words": "Venga."})
    after = edits.change_part(after, "part", {"title": "Your thoughts", "intro_blocks": ["Why?", "One.", "Two."]})
    after = edits.change_question(after, "q", {"gate": {"fail": ["no"], "kind_words": "Come, please."}})
    assert stand(after) | {"q.help": ()} == stand(SMALL) | {
        ".title": ("Lo que usted piensa", "older"),
        ".intro.0": ("¿Por qué?", "ready"),
        ".intro.1": ("Uno.", "ready"),
        ".intro.2": ("", "missing"),
        "q.gate.kind_words": ("Venga.", "older"),
        "q.help": (),
    }


def test_spanish_alone_is_a_change_that_bothers_nobody() -> None:
    changes = diff.compare_written(SMALL, translations.written(SMALL, "part", "es", {"q.help": "Dígalo."}))
    assert (changes.parts, changes.any, changes.of_substance) == (("Words in Spanish are new.",), True, False)
    both = translations.written(
        edits.change_question(SMALL, "q", {"label": "Who?"}), "part", "es", {"q.label": "¿Quién?"}
    )
    assert diff.compare_written(SMALL, both).parts == ()  # it comes with the question


# ---------------------------------------------------------------- the pages


def test_the_default_form_says_what_is_missing(editor: Client, call: Call) -> None:
    page = editor.get(f"{ROOT}spanish/")
    assert {title: tally.missing for _id, title, tally in page.context["parts"] if tally.missing} == {}
    form_editor_actions.change(
        call=call,
        actor=None,
        did="question_changed",
        thing="q_change",
        how=lambda d: edits.change_question(d, "q_change", {"label": "What would change?", "help": "Now."}),
    )
    form_editor_actions.change(
        call=call,
        actor=None,
        did="question_added",
        thing="",
        how=lambda d: edits.add_question(d, "reflection", {"type": "text", "label": "And?"})[0],
    )
    tally = next(t for name, _title, t in editor.get(f"{ROOT}spanish/").context["parts"] if name == "reflection")
    assert (tally.missing, tally.older, tally.done) == (1, 2, False)
    page = editor.get(f"{ROOT}questions/q_change/").content.decode()
    assert "2 older than the English" in page
    assert f'href="{ROOT}parts/reflection/spanish/#t-q_change"' in page


def fields(page: Any) -> dict[str, str]:
    """The posted name of each text, by its path."""
    return {text.path: f"t-w{n}" for n, text in enumerate(page.context["form"].texts)}


def post_of(page: Any, **changes: str) -> dict[str, str]:
    form = page.context["form"]
    return {
        "base": page.context["base"],
        **{form[name].html_name: form[name].value() or "" for name in form.fields if name.startswith("w")},
        **changes,
    }


def test_words_are_written_previewed_checked_and_undone(editor: Client, call: Call) -> None:
    path = f"{ROOT}parts/eligibility/spanish/"
    page = editor.get(path)
    name = fields(page)["elig_dates.label"]
    wrong = editor.post(path, post_of(page, **{name: "¿Puede venir a {sesiones}?"}))
    assert "{min_sessions}, {sesiones}, {total_sessions}" in wrong.content.decode()
    assert FormDraft.objects.count() == 0
    good = "¿Vendrá a {min_sessions} de {total_sessions}?"
    assert editor.post(path, post_of(page, **{name: good})).status_code == 302
    assert load(call_forms.definition_in_work(call), locale="es").questions["elig_dates"].label == good
    assert "¿Vendrá a [min sessions]" in editor.get(f"{ROOT}parts/eligibility/preview/?language=es").content.decode()
    editor.post(f"{ROOT}undo/")
    assert load(call_forms.definition_in_work(call), locale="es").questions["elig_dates"].label != good


def test_a_part_that_changed_meanwhile_is_not_overwritten(editor: Client, call: Call) -> None:
    path = f"{ROOT}parts/reflection/spanish/"
    page = editor.get(path)
    name = fields(page)["q_change.label"]
    editor.post(f"{ROOT}questions/q_change/", post_for(call, "q_change", {"q-label": "Another question?"}))
    late = editor.post(path, post_of(page, **{name: "¿Cuál?"}))
    assert late.status_code == 200
    assert "Somebody changed this part" in late.content.decode()
    assert "¿Cuál?" in late.content.decode()
    assert "Another question?" in late.content.decode()
    assert load(call_forms.definition_in_work(call), locale="es").questions["q_change"].label == "Another question?"


def test_older_words_are_confirmed_with_one_tick(editor: Client, call: Call) -> None:
    form_editor_actions.change(
        call=call,
        actor=None,
        did="part_changed",
        thing="reflection",
        how=lambda d: edits.change_part(d, "reflection", {"title": "Your thoughts"}),
    )
    path = f"{ROOT}parts/reflection/spanish/"
    page = editor.get(path)
    assert "older than the English" in page.content.decode()
    kept = fields(page)[".title"].replace("-w", "-k")
    editor.post(path, post_of(page, **{kept: "on"}))
    assert load(call_forms.definition_in_work(call), locale="es").part("reflection").title == "Lo que usted piensa"
    assert editor.get(path).context["tally"].done


def test_only_coordinators_of_the_cohort(cast: SimpleNamespace, call: Call) -> None:
    for page in ("spanish/", "parts/reflection/spanish/", "parts/employer_confirmation/spanish/"):
        assert signed_in(cast.coordinator).get(ROOT + page).status_code == 200
        for user, status in (
            (cast.screener, 403),
            (cast.steward, 403),
            (cast.stranger, 404),
            (cast.superuser, 404),
            (cast.other_coordinator, 404),
            (cast.applicant, 404),
        ):
            assert signed_in(user).get(ROOT + page).status_code == status
            assert signed_in(user).post(ROOT + page, {"t-w0": "x"}).status_code in (status, 405)
    assert signed_in(cast.coordinator).get(f"{ROOT}parts/nowhere/spanish/").status_code == 404


def test_pages_take_the_same_statements_with_few_words_and_many(editor: Client, call: Call) -> None:
    counts = []
    for n in (1, 20):
        for i in range(n):
            form_editor_actions.change(
                call=call,
                actor=None,
                did="question_added",
                thing="",
                how=lambda d, i=i, n=n: edits.add_question(
                    d, "reflection", {"type": "text", "label": f"Number {n} {i}?"}
                )[0],
            )
        for page in ("spanish/", "parts/reflection/spanish/"):
            with CaptureQueriesContext(connection) as caught:
                editor.get(ROOT + page)
            counts.append(len(caught))
    assert counts[:2] == counts[2:]


# ---------------------------------------------------------------- who applies


def test_applicants_read_spanish_and_english_that_says_so(cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    form_editor_actions.change(
        call=call,
        actor=None,
        did="question_changed",
        thing="q_change",
        how=lambda d: edits.change_question(d, "q_change", {"label": "What <would> you change?"}),
    )
    form_editor_actions.change(
        call=call,
        actor=None,
        did="spanish_changed",
        thing="reflection",
        how=lambda d: translations.written(
            d, "reflection", "es", {"q_peers.label": "¿Qué trae usted?", ".title": "Sus ideas"}
        ),
    )
    told = Message.objects.count()
    form_editor_actions.publish(
        call=call, actor=cast.coordinator, note="Clearer.", revision=form_editor_queries.work(call).revision
    )
    assert Message.objects.count() == told + 1  # for the question in English; Spanish alone tells nobody
    client = signed_in(cast.applicant)
    client.post("/language/", {"language": "es", "next": "/"})
    page = client.get(f"/applications/{draft.pk}/parts/reflection/").content.decode()
    assert "¿Qué trae usted?" in page
    assert "Sus ideas" in page
    assert '<span lang="en">What &lt;would&gt; you change?</span>' in page
    assert page.count('<span lang="en">') == 1
    questions = client.get(f"/calls/{call.slug}/questions/").content.decode()
    assert '<span lang="en">What &lt;would&gt; you change?</span>' in questions
    client.post("/language/", {"language": "en", "next": "/"})
    english = client.get(f"/applications/{draft.pk}/parts/reflection/").content.decode()
    assert "What &lt;would&gt; you change?" in english
    assert "<span lang=" not in english


def test_spanish_words_alone_can_be_published(cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    form_editor_actions.change(
        call=call,
        actor=None,
        did="spanish_changed",
        thing="reflection",
        how=lambda d: translations.written(d, "reflection", "es", {"q_peers.label": "¿Qué trae usted?"}),
    )
    told = Message.objects.count()
    form_editor_actions.publish(
        call=call, actor=cast.coordinator, note="Better Spanish.", revision=form_editor_queries.work(call).revision
    )
    assert Message.objects.count() == told
    assert Application.objects.get(pk=draft.pk).form_version.number == 2
    assert form_editor_queries.changes_of(call, 2).parts == ("Words in Spanish are new.",)


def test_opening_a_call_keeps_the_spanish_words(cast: SimpleNamespace, editor: Client, call: Call) -> None:
    form_editor_actions.change(
        call=call,
        actor=None,
        did="spanish_changed",
        thing="reflection",
        how=lambda d: translations.written(d, "reflection", "es", {"q_peers.label": "¿Qué trae usted?"}),
    )
    version = call_actions.freeze(call=call, actor=cast.coordinator)
    assert call_forms.form_of(version.pk, "es").questions["q_peers"].label == "¿Qué trae usted?"
