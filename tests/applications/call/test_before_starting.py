"""What people can read, keep and ask before they start: every question in both languages, and a person to ask."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from applications.common import call_forms, placeholders
from applications.models import Call
from cohort.people.models import Cohort
from cohort.questions.text import fill
from tests.applications.apply.filled import open_call


@pytest.fixture(autouse=True)
def _english() -> object:
    """A request in Spanish leaves its language behind in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def call(cast: object) -> Call:
    Cohort.objects.update(
        starts_on=dt.date(2027, 2, 1),
        ends_on=dt.date(2027, 11, 1),
        contact_name="Rosa Diaz",
        contact_email="rosa@example.org",
        contact_phone="360-555-0190",
    )
    return open_call(Cohort.objects.get(slug="north"))


@pytest.mark.parametrize(
    ("language", "words", "others"),
    [
        (
            "en",
            ["Are you able to take part?", "Your readers see this, without your name.", "[ ] Yes", "(needed)"],
            ["Su organización", "¿Puede participar?"],
        ),
        (
            "es",
            ["¿Puede participar?", "Su organización", "[ ] Sí", "Rosa Diaz"],
            ["Are you able to take part?", "Your organization", "(needed)"],
        ),
    ],
)
def test_every_question_can_be_printed_and_kept_in_both_languages(
    call: Call, language: str, words: list[str], others: list[str]
) -> None:
    visitor = Client(headers={"Accept-Language": language})
    page = visitor.get("/calls/north-call/questions/").content.decode()
    assert 'href="/calls/north-call/questions.txt"' in page
    response = visitor.get("/calls/north-call/questions.txt")
    assert response["Content-Disposition"] == f'attachment; filename="north-call-{language}.txt"'
    text = response.content.decode()
    with translation.override(language):
        form, facts = call_forms.form_for_call(call, language), placeholders.facts_for(call)
    asked = [
        q for q in form.questions.values() if q.enabled and q.type not in ("submit", "notice") and not q.show_if_setting
    ]
    assert len(asked) > 40
    for question in asked:
        label = fill(question.label, facts)
        assert label in text
        assert escape(label) in page
        for option in question.options:
            assert f"[ ] {option.label}" in text
            assert escape(option.label) in page
        assert all(field.label in text for field in question.fields)
    assert [w for w in words if w not in text] == []
    assert [w for w in others if w in text or w in page] == []
    assert "&#" not in text
    assert "\n\n\n" not in text


def test_a_call_in_preparation_gives_its_questions_to_nobody(call: Call) -> None:
    assert Client().get("/calls/north-call/questions.txt").status_code == 200
    Call.objects.update(state="draft")
    assert Client().get("/calls/north-call/questions.txt").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "You can also apply by phone, by video or in another format. Just ask."),
        ("es", "También puede presentar su solicitud por teléfono, por video o en otro formato."),
    ],
)
def test_a_person_to_ask_for_another_format_is_named(call: Call, language: str, words: str) -> None:
    page = Client(headers={"Accept-Language": language}).get("/calls/north-call/").content.decode()
    for said in (words, "Rosa Diaz", "mailto:rosa@example.org", "tel:360-555-0190"):
        assert said in page
    questions = Client(headers={"Accept-Language": language}).get("/calls/north-call/questions/").content.decode()
    assert "Rosa Diaz" in questions
