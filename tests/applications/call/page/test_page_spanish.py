"""The call page in Spanish: written beside the English, optional, and English that says so where there is none."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from applications.apply import actions as apply_actions
from applications.call.letters import actions as letters_actions
from applications.call.letters.templates import LetterTemplate, standard
from applications.call.page import actions as page_actions
from applications.common import call_translations
from applications.models import Application, Call, PageItem
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.outbox.rendering import render
from cohort.people.models import HistoryEntry
from tests.applications.apply.filled import fill, open_call
from tests.conftest import signed_in

PAGE = "/calls/north-call/page/spanish/"
Part = PageItem.Part


@pytest.fixture(autouse=True)
def _english() -> object:
    """A request in Spanish leaves its language behind in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort, opening="First.\n\nSecond <b>.")


def write(cast: SimpleNamespace, call: Call, **words: str) -> None:
    page_actions.change_words_in(call=call, actor=cast.coordinator, tongue="es", changes=words)
    call.refresh_from_db()


def public(call: Call, language: str = "es") -> str:
    return Client(headers={"Accept-Language": language}).get(f"/calls/{call.slug}/").content.decode()


def post_of(page: Any, **changes: str) -> dict[str, str]:
    """What a browser posts, with words by path."""
    form = page.context["form"]
    names = {text.path: f"w{n}" for n, text in enumerate(form.texts)}
    data = {"base": page.context["base"], **{form[n].html_name: form[n].value() or "" for n in names.values()}}
    return data | {form[names[path]].html_name: words for path, words in changes.items()}


def test_words_are_written_on_one_page_and_read_by_visitors(cast: SimpleNamespace, call: Call) -> None:
    faq = page_actions.add_line(
        call=call, part=Part.QUESTION, actor=cast.coordinator, title="Is it free?", words="Yes."
    )
    day = page_actions.add_line(
        call=call,
        part=Part.DATE,
        actor=cast.coordinator,
        title="Open evening",
        on=timezone.now().date() + dt.timedelta(days=2),
    )
    who = page_actions.add_line(
        call=call, part=Part.FACILITATOR, actor=cast.coordinator, title="Luis", words="Leads groups."
    )
    client = signed_in(cast.coordinator)
    page = client.get(PAGE)
    assert page.context["tally"].missing == len(page.context["form"].texts) > 8
    said = {
        "title": "Equidad al dirigir",
        "summary": "Un año.",
        "opening": "Primero.\n\nSegundo.",
        "fact.session_dates": "el tercer jueves",
        f"{faq.pk}/title": "¿Es gratis?",
        f"{faq.pk}/words": "Sí.",
        f"{day.pk}/title": "Tarde abierta",
        f"{who.pk}/words": "Dirige grupos.",
    }
    assert client.post(PAGE, post_of(page, **said)).status_code == 302
    text = public(call)
    for words in (
        "Equidad al dirigir",
        "Un año.",
        "<p>Primero.</p>",
        "el tercer jueves",
        "¿Es gratis?",
        "<p>Sí.</p>",
        "Tarde abierta",
        "Dirige grupos.",
    ):
        assert words in text
    for words in ("Equity in leadership", "A year of practice.", "Is it free?", "Open evening", "Leads groups."):
        assert words not in text
        assert words in public(call, "en")
    assert "Equidad al dirigir" in Client(headers={"Accept-Language": "es"}).get("/calls/").content.decode()
    entry = HistoryEntry.objects.filter(verb="call.page_changed").latest("id")
    assert (entry.details["part"], entry.details["texts"]) == ("spanish", 8)
    assert client.get(PAGE).context["tally"].missing == page.context["tally"].missing - 8


def test_english_stands_in_and_says_so(cast: SimpleNamespace, call: Call) -> None:
    text = public(call)
    assert '<span lang="en">Equity in leadership</span>' in text
    assert '<div lang="en"><p>First.</p>\n\n<p>Second &lt;b&gt;.</p></div>' in text
    write(cast, call, title="Equidad al dirigir")
    assert '<span lang="en">Equity in leadership</span>' not in public(call)
    assert "<title>Equidad al dirigir" in public(call)
    page_actions.change_texts(call=call, actor=cast.coordinator, title="Equity for leaders")  # the Spanish is older now
    assert '<span lang="en">Equity for leaders</span>' in public(call)
    call.refresh_from_db()
    text_ = next(t for t in call_translations.texts(call, "es") if t.path == "title")
    assert (text_.words, text_.state, text_.before) == ("Equidad al dirigir", "older", "Equity in leadership")
    client = signed_in(cast.coordinator)
    page = client.get(PAGE)
    assert "older than the English" in page.content.decode()
    client.post(PAGE, {**post_of(page), "t-k0": "on"})
    assert "<title>Equidad al dirigir" in public(call)
    assert 'lang="en">' not in public(call, "en").split("<main", 1)[1].split("<footer", 1)[0]


def test_applicants_read_the_title_in_their_language(cast: SimpleNamespace, call: Call) -> None:
    write(cast, call, title="Equidad al dirigir")
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    client = signed_in(cast.applicant)
    assert "Equity in leadership" in client.get(f"/applications/{draft.pk}/").content.decode()
    client.post("/language/", {"language": "es", "next": "/"})
    for path in ("/", "/applications/", f"/applications/{draft.pk}/", f"/applications/{draft.pk}/check/"):
        page = client.get(path).content.decode()
        assert "Equidad al dirigir" in page, path
        assert "Equity in leadership" not in page, path


def test_empty_words_give_the_english_back(cast: SimpleNamespace, call: Call) -> None:
    write(cast, call, title="Equidad")
    write(cast, call, title="")
    assert '<span lang="en">Equity in leadership</span>' in public(call)
    assert next(t.state for t in call_translations.texts(call, "es") if t.path == "title") == "missing"


def test_a_page_that_changed_meanwhile_is_not_overwritten(cast: SimpleNamespace, call: Call) -> None:
    client = signed_in(cast.coordinator)
    page = client.get(PAGE)
    page_actions.change_texts(call=call, actor=cast.coordinator, title="Another title")
    late = client.post(PAGE, post_of(page, title="Equidad"))
    assert late.status_code == 200
    assert "Somebody changed the page" in late.content.decode()
    assert 'value="Equidad"' in late.content.decode()
    assert Call.objects.get(pk=call.pk).other_words == {}


def test_own_lines_stay_english_whoever_makes_them(cast: SimpleNamespace, call: Call) -> None:
    with translation.override("es"):
        page_actions.make_own(call=call, part=Part.ASKS, actor=cast.coordinator)
    assert "One change that you try at work" in PageItem.objects.filter(call=call).values_list("title", flat=True)


def test_only_coordinators_of_the_cohort_and_lines_of_this_call(cast: SimpleNamespace, call: Call) -> None:
    other = open_call(cast.other_cohort, "south-call")
    theirs = page_actions.add_line(
        call=other, part=Part.QUESTION, actor=cast.coordinator, title="Theirs?", words="Yes."
    )
    assert signed_in(cast.coordinator).get(PAGE).status_code == 200
    for user, status in (
        (cast.screener, 403),
        (cast.steward, 403),
        (cast.stranger, 404),
        (cast.superuser, 404),
        (cast.other_coordinator, 404),
        (cast.applicant, 404),
    ):
        assert signed_in(user).get(PAGE).status_code == status
        assert signed_in(user).post(PAGE, {"t-w0": "x"}).status_code == status
    assert (
        page_actions.change_words_in(
            call=call, actor=cast.coordinator, tongue="es", changes={f"{theirs.pk}/title": "x", "nowhere": "x"}
        )
        == 0
    )
    theirs.refresh_from_db()
    assert theirs.other_words == {}


def test_same_statements_with_1_and_20_lines(cast: SimpleNamespace, call: Call) -> None:
    client, counts = signed_in(cast.coordinator), []
    for n in (1, 19):
        for i in range(n):
            page_actions.add_line(
                call=call, part=Part.QUESTION, actor=cast.coordinator, title=f"{n} {i}?", words="Yes."
            )
        with CaptureQueriesContext(connection) as caught:
            client.get(PAGE)
        counts.append(len(caught))
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- letters


def _receipt(application: Application) -> Any:
    message = Message.objects.get(kind="application_received")
    message.recipient = application.applicant
    return render(message, kinds.get("application_received"))


def _change(cast: SimpleNamespace, call: Call, language: str, words: str) -> None:
    text = standard("received")
    letters_actions.change_letter(
        call=call,
        name="received",
        language=language,
        actor=cast.coordinator,
        text=LetterTemplate(f"{words} {{program}}", f"{words}\n\n{text.body}"),
    )


@pytest.mark.parametrize(("spanish", "subject", "lang"), [(True, "Recibimos", False), (False, "We got", True)])
def test_mail_to_an_applicant_in_spanish_uses_the_spanish_letter(
    cast: SimpleNamespace, call: Call, spanish: bool, subject: str, lang: bool
) -> None:
    _change(cast, call, "en", "We got")
    if spanish:
        _change(cast, call, "es", "Recibimos")
    cast.applicant.language = "es"
    cast.applicant.save()
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    client = signed_in(cast.applicant)
    fill(client, draft, skip=("about_you",))
    client.post(
        f"/applications/{draft.pk}/parts/about_you/",
        {"full_name": "Ana", "email": "ana@example.org", "contact_language": "es", "base": "0"},
    )
    client.post(f"/applications/{draft.pk}/check/")
    made = _receipt(Application.objects.get(pk=draft.pk))
    assert made.subject.startswith(subject)
    assert made.text.startswith(subject)
    assert ('<div lang="en">' in made.html) == lang
