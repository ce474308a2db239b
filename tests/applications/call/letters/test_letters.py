"""Coordinators write letters: safe placeholders, a look as a real applicant, and nothing already told changes."""

from __future__ import annotations

import datetime as dt
import html
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone, translation

from applications.call.letters import actions as letters_actions
from applications.call.letters import templates as letters_templates
from applications.call.letters.compose import letter_for, preview, received
from applications.decisions import actions as decisions_actions
from applications.decisions import release as decisions_release
from applications.decisions.actions import Choice
from applications.models import Application, Call, Decision, LetterText, Recusal
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.outbox.rendering import render
from cohort.people import history
from cohort.questions.text import names_in
from tests.applications.pool import make_application, make_call
from tests.conftest import join, person, signed_in

LIST = "/calls/north-call/letter-texts/"
BODY = (
    "Dear {name},\n\nSorry, no place. {reason} Ask until {feedback_until}, {appeal_contact}, {appeal_until}.\n\n"
    "{contact}"
)


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    cast.second = person("second")
    join(cast.second, cast.cohort, "coordinator")
    return make_call(cast.cohort)


@pytest.fixture
def sent(call: Call) -> Application:
    return make_application(call, 1)


def write(cast: SimpleNamespace, call: Call, name: str = "decline", body: str = BODY, **more: str) -> None:
    letters_actions.change_letter(
        call=call,
        name=name,
        language=more.get("language", "en"),
        text=letters_templates.LetterTemplate(more.get("subject", "Our answer"), body),
        actor=cast.coordinator,
    )


def test_every_standard_letter_passes_its_own_rules_and_fills(call: Call, sent: Application) -> None:
    for name, kind in letters_templates.KINDS.items():
        text = letters_templates.standard(name)
        assert letters_templates.trouble(kind, text.subject, text.body) == ([], []), name
        letter = preview(name, sent)
        whole = letter.subject + " ".join(p.words for p in letter.paragraphs)
        assert "{" not in whole, name
        assert "[" not in whole.replace("[your question stands here]", ""), name


def test_every_standard_letter_stands_in_spanish_with_the_same_placeholders() -> None:
    for name, kind in letters_templates.KINDS.items():
        english = letters_templates.standard(name)
        with translation.override("es"):
            spanish = letters_templates.standard(name)
            assert letters_templates.trouble(kind, spanish.subject, spanish.body) == ([], []), name
        assert spanish.subject != english.subject, name
        assert sorted(names_in(spanish.body)) == sorted(names_in(english.body)), name


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("body", BODY + " {full_name}", "{full_name} is not in the list"),
        ("body", BODY + " {name.email}", "is not complete"),
        ("body", BODY + " {name!r}", "is not complete"),
        ("body", BODY + " {0}", "is not complete"),
        ("body", BODY + " {", "is not complete"),
        ("body", "Dear {name}", "cannot go without {reason}"),
        ("body", BODY + "\n\n{application_link} {accept_link}", "{accept_link} is not in the list"),
        ("subject", "Hi {application_link}", "is a link"),
        ("subject", "Hi {race}", "{race} is not in the list"),
        ("subject", "", "required"),
    ],
)
def test_unknown_placeholders_are_errors_beside_the_field(
    cast: SimpleNamespace, call: Call, sent: Application, field: str, value: str, words: str
) -> None:
    client = signed_in(cast.coordinator)
    answer = client.post(f"{LIST}decline/", {"subject": "Hi", "body": BODY, field: value})
    assert set(answer.context["form"].errors) == {field}
    assert words in html.unescape(str(answer.context["form"].errors[field]))
    assert html.escape(value) in answer.content.decode()  # nothing typed is lost
    assert LetterText.objects.count() == 0


def test_values_are_escaped_and_never_read_again(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    sent.applicant.name = sent.applicant.preferred_name = "<b>{reason}</b> {application_link}"
    sent.applicant.save()
    write(cast, call, body=BODY + "\n\nSee it. {application_link}", subject="For {name}")
    page = signed_in(cast.coordinator).get(f"{LIST}decline/").content.decode()
    assert "&lt;b&gt;{reason}&lt;/b&gt; {application_link}" in page
    assert "<b>{reason}" not in page
    letter = preview("decline", sent)
    assert letter.subject == "For <b>{reason}</b> {application_link}"
    assert [(p.words, bool(p.url)) for p in letter.paragraphs][-1] == ("See it.", True)


def test_a_look_before_saving_in_the_words_of_that_applicant(
    cast: SimpleNamespace, call: Call, sent: Application
) -> None:
    other = make_application(call, 2)
    client = signed_in(cast.coordinator)
    seen = client.post(f"{LIST}decline/", {"subject": "Hi {ref}", "body": BODY, "look": "1", "number": "2"})
    assert seen.context["letter"].subject == "Hi 0002"
    assert seen.context["letter"].paragraphs[0].words == f"Dear {other.applicant.called},"
    assert "These words are not saved yet." in seen.content.decode()
    assert LetterText.objects.count() == 0
    client.post(f"{LIST}decline/", {"subject": "Hi {ref}", "body": BODY})
    assert LetterText.objects.get().subject == "Hi {ref}"
    assert [e.details for e in history.of(call) if e.verb == "call.letter_changed"] == [
        {"letter": "decline", "language": "en", "what": "changed"}
    ]


def test_no_look_at_somebody_one_stays_away_from(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    client = signed_in(cast.coordinator)
    assert sent.applicant.called in client.get(f"{LIST}decline/?number=1").content.decode()
    Recusal.objects.create(application=sent, person=cast.coordinator, kind="family")
    page = client.get(f"{LIST}decline/?number=1")
    assert "letter" not in page.context
    assert sent.applicant.called not in page.content.decode()


def test_who_also_reads_sees_an_invented_person(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    client = signed_in(cast.coordinator)
    assert sent.applicant.get_full_name() in client.get(f"{LIST}decline/?number=1").content.decode()
    join(cast.coordinator, cast.cohort, "screener")
    for number in ("", "1"):
        page = client.get(f"{LIST}decline/?number={number}").content.decode()
        assert "As an invented person would get it" in page
        assert sent.applicant.get_full_name() not in page
        looked = client.post(
            f"{LIST}decline/", {"subject": "{name} {ref}", "body": BODY, "look": "1", "number": number}
        ).content.decode()
        assert sent.applicant.get_full_name() not in looked


def test_every_letter_shows_before_anybody_has_sent(cast: SimpleNamespace, call: Call) -> None:
    client = signed_in(cast.coordinator)
    for name in letters_templates.KINDS:
        page = client.get(f"{LIST}{name}/")
        assert page.context["letter"].paragraphs
        assert "Nobody has sent an application yet." in page.content.decode()


def _release(cast: SimpleNamespace, call: Call, application: Application) -> Decision:
    decisions_actions.decide(
        application=application, choice=Choice("decline", "SCORE_BELOW_LINE"), actor=cast.coordinator
    )
    release = decisions_release.propose(call=call, actor=cast.coordinator)
    decisions_release.approve(release=release, actor=cast.second)
    return Decision.objects.select_related("release", "application__call__cohort", "application__applicant").get(
        application=application
    )


def test_releases_use_the_edited_letter_and_later_edits_change_nothing(
    cast: SimpleNamespace, call: Call, sent: Application
) -> None:
    write(cast, call, subject="First version")
    decision = _release(cast, call, sent)
    page = f"/calls/north-call/letters/{decision.pk}/"
    client = signed_in(cast.second)
    assert "First version" in client.get(page).content.decode()
    write(cast, call, subject="Second version")
    letters_actions.change_letter(call=call, name="decline", language="en", text=None, actor=cast.coordinator)
    assert letter_for(decision).subject == "First version"
    assert "First version" in client.get(page).content.decode()
    message = Message.objects.get(kind="application_decision")
    assert render(message, kinds.get(message.kind)).subject == "First version"
    late = make_application(call, 2)
    decisions_actions.decide(application=late, choice=Choice("decline", "LATE"), actor=cast.coordinator)
    assert letter_for(late.decisions.get()).subject == "The outcome of your application to North"


def test_an_edit_between_proposing_and_approving_counts(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    decisions_actions.decide(application=sent, choice=Choice("decline", "LATE"), actor=cast.coordinator)
    release = decisions_release.propose(call=call, actor=cast.coordinator)
    write(cast, call, subject="Edited meanwhile")
    assert letter_for(sent.decisions.get()).subject == "Edited meanwhile"  # what the second person reads
    decisions_release.approve(release=release, actor=cast.second)
    assert letter_for(sent.decisions.get()).subject == "Edited meanwhile"


def test_the_receipt_keeps_the_words_of_its_day(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    assert received(sent).subject == "We have your application to North"
    letters_actions.change_letter(
        call=call,
        name="received",
        language="en",
        actor=cast.coordinator,
        text=letters_templates.LetterTemplate("Got it, {name}", "Number {ref}. {confirmer}\n\n{confirmer}\n\nBye."),
    )
    assert received(sent).subject == "We have your application to North"
    later = make_application(call, 2)
    Application.objects.filter(pk=later.pk).update(submitted_at=timezone.now() + dt.timedelta(seconds=1))
    later.refresh_from_db()
    assert received(later).subject == f"Got it, {later.applicant.called}"
    assert [p.words for p in received(later).paragraphs] == ["Number 0002.", "Bye."]


def test_readers_of_spanish_get_the_english_words_until_there_are_spanish_ones(
    cast: SimpleNamespace, call: Call, sent: Application
) -> None:
    write(cast, call, subject="In English")
    with translation.override("es"):
        assert preview("decline", sent).subject == "In English"
        write(cast, call, subject="En español", language="es")
        assert preview("decline", sent).subject == "En español"
    assert preview("decline", sent).subject == "In English"
    client = signed_in(cast.coordinator)
    assert client.get(f"{LIST}decline/?language=es").context["form"]["subject"].value() == "En español"
    client.post(f"{LIST}decline/standard/", {"language": "en"})
    assert preview("decline", sent).subject == "The outcome of your application to North"
    assert LetterText.objects.count() == 3


@pytest.mark.parametrize("path", ["", "decline/"])
def test_only_coordinators_of_the_cohort(cast: SimpleNamespace, call: Call, path: str) -> None:
    assert signed_in(cast.coordinator).get(LIST + path).status_code == 200
    assert signed_in(cast.coordinator).get(f"{LIST}nonsense/").status_code == 404
    for user in (cast.stranger, cast.applicant, cast.other_coordinator, cast.superuser):
        assert signed_in(user).get(LIST + path).status_code == 404
    for user in (cast.screener, cast.steward):
        assert signed_in(user).get(LIST + path).status_code == 403
    assert Client().get(LIST + path).status_code == 302
