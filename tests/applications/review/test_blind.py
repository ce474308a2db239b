"""Blindness, byte by byte: nothing that says who wrote an application reaches a reader by any route."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from applications.models import AccessNeed, Answer, IdentityAnswer, Review
from applications.review import assign, blind_queries
from cohort.people.models import HistoryEntry
from tests.applications.pool import CRITERIA, SECRETS, fill, make_application, make_call, make_screeners, score
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db

#: Pieces that would give the writer away even when a whole string is not there.
PIECES = [
    "Zephyrina",
    "Quillfeather",
    "Zephy",
    "Quillhaven",
    "Tideflats",
    "quill-canary",
    "underquill",
    "Underquill",
    "Barnaby",
    "555-0187",
    "identity-canary",
    "employer-canary",
    "Stairs-canary",
    "nation-canary",
    "Cousin-canary",
    "Chair-canary",
    "Quillish",
    "ze/zir",
]


@pytest.fixture
def call(cast):
    return make_call(cast.cohort)


@pytest.fixture
def mine(cast, call):
    writer = person("zephyrina.quillfeather", preferred_name="Zephy")
    application = make_application(call, 187, applicant=writer, organization=SECRETS["org_name"])
    fill(application)
    review = score(application, cast.screener, 4, state=Review.State.STARTED)
    (other,) = make_screeners(cast.cohort, 1)
    score(application, other, 3, shared_comment="Shared words", private_note="Private words of another reader")
    return review


def screener_urls(review: Review) -> list[str]:
    """Every address of this app with every id that a curious screener could know or guess."""
    ids = {
        "review": review.pk,
        "slug": review.application.call.slug,
        "number": review.application.number,
        "pk": review.application.pk,
        "uuid": review.application.pk,
        "application": review.application.pk,
    }
    found = []
    for name in {key for key in get_resolver("applications.urls").reverse_dict if isinstance(key, str)}:
        for _possibility, _pattern, _defaults, converters in get_resolver("applications.urls").reverse_dict.getlist(
            name
        ):
            args = {
                key: ids.get(key, ids["pk"] if "uuid" in type(conv).__name__.lower() else "about_you")
                for key, conv in converters.items()
            }
            try:
                found.append(reverse(f"applications:{name}", kwargs=args))
            except Exception:
                continue
    people = ["/", "/outbox/", "/messages/", "/cohorts/", f"/cohorts/{review.application.call.cohort.slug}/"]
    return sorted({*found, *people})


def everything_said(client: Client, path: str) -> str:
    """Body and headers of GET and POST, redirects followed, entities undone."""
    said = []
    for method in (client.get, client.post):
        response = method(path, follow=True)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        said.append(html.unescape(body.decode("utf-8", "replace")) + str(dict(response.headers)))
    return "\n".join(said)


def test_the_secrets_exist_in_the_database(mine):
    application = mine.application
    stored = str(list(Answer.objects.filter(application=application).values_list("value", flat=True)))
    stored += str(list(IdentityAnswer.objects.filter(application=application).values_list("own_words", flat=True)))
    stored += str(list(AccessNeed.objects.filter(application=application).values_list("value", flat=True)))
    stored += str(application.employer_confirmation.answers)
    assert [secret for secret in SECRETS.values() if secret not in stored] == []


def test_their_owner_sees_them(mine):
    owner = signed_in(mine.application.applicant)
    page = html.unescape(owner.get(reverse("applications:copy_json", args=[mine.application.pk])).content.decode())
    missing = [
        key
        for key in ("full_name", "org_name", "phone", "confirmer_name", "own_words", "access_text")
        if SECRETS[key] not in page
    ]
    assert missing == []


def test_no_route_tells_a_screener(cast, mine):
    client = signed_in(cast.screener)
    paths = screener_urls(mine)
    assert reverse("applications:desk", args=[mine.pk]) in paths
    assert len(paths) > 30
    said = {path: everything_said(client, path) for path in paths if "step-aside" not in path}
    leaks = {path: found for path, words in said.items() if (found := [piece for piece in PIECES if piece in words])}
    assert leaks == {}


def test_sending_and_errors_tell_nothing_either(cast, mine):
    client = signed_in(cast.screener)
    desk = reverse("applications:desk", args=[mine.pk])
    bad = client.post(desk, {"then": "send", "level_authority": "1"})
    assert "Error:" in bad.content.decode()
    good = client.post(desk, {"then": "send", **{f"level_{key}": "3" for key in CRITERIA}}, follow=True)
    assert "Reader 1" in good.content.decode()
    said = html.unescape(bad.content.decode() + good.content.decode())
    assert [piece for piece in [*PIECES, "Private words of another reader", "Reader1"] if piece in said] == []


def test_own_words_are_masked_and_the_rest_is_there(mine):
    paper = blind_queries.paper_for_reader(mine.application)
    texts = {row.question: row.text for part in paper.parts for row in part.answers if row.text}
    assert texts["q_change"] == (
        "Our intake line closes at four. I am [hidden] of [hidden].\n\nWrite to [hidden] or call [hidden]."
    )
    assert texts["q_learning"] == "[hidden] is what they call me. We had the form wrong for years."
    assert texts["q_authority"] == "I set the rota. [hidden] must agree to the budget."
    assert texts["q_peers"] == "I bring rotas, and hope to learn."


def test_an_answer_whose_row_says_reviewer_but_whose_form_does_not_stays_hidden(mine):
    Answer.objects.filter(application=mine.application, question="pronouns").update(visibility="reviewer")
    shown = {row.question for part in blind_queries.paper_for_reader(mine.application).parts for row in part.answers}
    assert "pronouns" not in shown
    Answer.objects.filter(application=mine.application, question="q_peers").update(visibility="staff")
    values = {
        row.question: row.text
        for part in blind_queries.paper_for_reader(mine.application).parts
        for row in part.answers
    }
    assert values["q_peers"] == ""


def test_staff_can_shorten_what_readers_see_and_the_answer_is_kept(cast, mine):
    application = mine.application
    before = Answer.objects.get(application=application, question="q_peers").value
    assign.redact(
        application=application, question="q_peers", text="I bring [a skill]. I am Zephy.", actor=cast.coordinator
    )
    page = signed_in(cast.screener).get(reverse("applications:desk", args=[mine.pk])).content.decode()
    assert "I bring [a skill]. I am [hidden]." in page
    assert before not in page
    assert Answer.objects.get(application=application, question="q_peers").value == before
    assign.redact(application=application, question="q_peers", text="", actor=cast.coordinator)
    assert before in signed_in(cast.screener).get(reverse("applications:desk", args=[mine.pk])).content.decode()


def test_history_of_readings_holds_codes_only(cast, mine):
    client = signed_in(cast.screener)
    client.get(reverse("applications:desk", args=[mine.pk]))
    client.post(
        reverse("applications:desk", args=[mine.pk]),
        {
            "then": "send",
            **{f"level_{key}": "5" for key in CRITERIA},
            **{f"comment_{key}": "secret comment" for key in CRITERIA},
        },
    )
    written = str(list(HistoryEntry.objects.values_list("verb", "details")))
    assert "review.submitted" in written
    assert [piece for piece in [*PIECES, "secret comment"] if piece in written] == []
