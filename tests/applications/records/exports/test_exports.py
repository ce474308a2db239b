"""Exports by purpose: only what the purpose needs, safe in a spreadsheet, written down, and never identity."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.apply import queries as apply_queries
from applications.common import form_context
from applications.common.spreadsheet import safe
from applications.decisions import actions as decisions_actions
from applications.decisions.actions import Choice
from applications.models import (
    AccessNeed,
    Answer,
    Application,
    Call,
    Decision,
    EmployerConfirmation,
    FormVersion,
    IdentityAnswer,
    Recusal,
    Redaction,
)
from applications.records.exports.columns import asked
from applications.records.exports.purposes import PURPOSES
from cohort.people import history
from cohort.people.models import Organization, Role, User
from tests.applications.pool import fill, make_application, make_call, make_screeners, score
from tests.conftest import join, person, signed_in

FORMS = ("csv", "json", "xlsx")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def path(call: Call, purpose: str, form: str) -> str:
    return reverse("applications:export", args=[call.slug, purpose, form])


def taken(client: Client, call: Call, purpose: str, form: str) -> bytes:
    answer = client.post(path(call, purpose, form))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def words_of(data: bytes, form: str) -> str:
    """Everything that a file says, a workbook unpacked."""
    if form != "xlsx":
        return data.decode()
    book = zipfile.ZipFile(io.BytesIO(data))
    return "\n".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def table(client: Client, call: Call, purpose: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(taken(client, call, purpose, "csv").decode("utf-8-sig"))))


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return make_call(cast.cohort)


@pytest.fixture
def full(call: Call, cast: SimpleNamespace) -> Application:
    """One application with every kind of answer, a reading and a decision."""
    one = make_application(call, 1, organization="Quillhaven Tideflats Clinic")
    fill(one)
    score(
        one,
        make_screeners(call.cohort, 1)[0],
        [4, 4, 4, None, 3, 5],
        shared_comment="Shared words",
        private_note="Private-note-canary",
    )
    decisions_actions.decide(application=one, choice=Choice("decline", "ORG_LIMIT", "=1+1"), actor=cast.coordinator)
    return one


# ---------------------------------------------------------------- what leaves, and what never does


def test_no_export_holds_identity_access_or_private_words(cast, call, full) -> None:
    never = {
        "identity": IdentityAnswer.objects.get(application=full).own_words,
        "access": AccessNeed.objects.get(application=full).value,
        "employer": EmployerConfirmation.objects.get(application=full).answers["emp_comment"],
        "note": full.reviews.get().private_note,
    }
    assert never == {
        "identity": "identity-canary",
        "access": "Stairs-canary are hard",
        "employer": "employer-canary says yes",
        "note": "Private-note-canary",
    }
    held = apply_queries.everything(full, form_context.of_application(full))  # what their owner may take out
    assert [kind for kind in ("identity", "access") if never[kind] not in str(held)] == []
    client = signed_in(cast.coordinator)
    for purpose in PURPOSES:
        for form in FORMS:
            text = words_of(taken(client, call, purpose, form), form)
            assert "0001" in text
            assert [kind for kind, secret in never.items() if secret in text] == [], (purpose, form)


def test_each_purpose_has_its_columns_and_nothing_else(cast, call, full) -> None:
    client = signed_in(cast.coordinator)
    (contact,) = table(client, call, "contacts")
    assert (contact["full_name"], contact["phone"], contact["organization"]) == (
        "Zephyrina Quillfeather",
        "360-555-0187",
        "Quillhaven Tideflats Clinic",
    )
    assert "conflict" not in contact
    assert "q_change" not in contact
    (reading,) = table(client, call, "answers")
    assert reading["q_authority"].startswith("I set the rota.")
    assert "Quill" not in str(reading).replace("Quillfeather is what", "")
    assert "[hidden]" in reading["q_change"]
    assert reading["elig_authority"].count(";") == 1
    assert not {"full_name", "org_name", "phone"} & set(reading)
    (place,) = table(client, call, "organizations")
    assert (place["org_name"], place["primary_subarea"]) == ("Quillhaven Tideflats Clinic", "San Juan County")
    assert not {"full_name", "q_change", "race_ethnicity"} & set(place)
    (scores,) = table(client, call, "scores")
    assert (scores["reader"], scores["authority"], scores["peer_contribution"]) == ("Reader1", "4", "")
    assert "Shared words" not in str(scores)
    (decision,) = table(client, call, "decisions")
    assert (decision["decision"], decision["note"], decision["decided_by"], decision["targets_version"]) == (
        "decline",
        "'=1+1",
        "Coordinator",
        "0",
    )


def test_redacted_words_leave_redacted(cast, call, full) -> None:
    written = "the only clinic on the island"
    Answer.objects.filter(application=full, question="q_peers").update(value=f"I run {written}.")
    client = signed_in(cast.coordinator)
    assert written in table(client, call, "answers")[0]["q_peers"]
    Redaction.objects.create(application=full, question="q_peers", text="I run [taken out].", made_by=cast.coordinator)
    assert table(client, call, "answers")[0]["q_peers"] == "I run [taken out]."


def test_drafts_withdrawn_and_tied_applications_stay(cast, call, full) -> None:
    make_application(call, 2, state="draft")
    make_application(call, 3, state="withdrawn")
    tied = make_application(call, 4)
    second = person("second")
    join(second, cast.cohort, Role.COORDINATOR)
    Recusal.objects.create(application=tied, person=cast.coordinator, kind="friend")
    for purpose in ("contacts", "answers", "organizations"):
        assert [row["application"] for row in table(signed_in(cast.coordinator), call, purpose)] == ["0001"]
        assert [row["application"] for row in table(signed_in(second), call, purpose)] == ["0001", "0004"]
    page = signed_in(cast.coordinator).get(reverse("applications:exports", args=[call.slug])).content.decode()
    assert "1 application is left out" in page


def test_identity_and_access_cannot_even_be_asked_for(call) -> None:
    for visibility in ("equity_data", "access", "identity"):
        with pytest.raises(ValueError, match="never exported"):
            asked(call, visibility)
    found = {one.question.visibility for one in asked(call, "reviewer", "staff", "selection")}
    assert found == {"reviewer", "staff", "selection"}


def test_questions_of_every_version_have_a_column(cast, call, full) -> None:
    newer = json.loads(json.dumps(call.form_versions.get().definition))
    for section in newer["sections"]:
        section["questions"] = [q for q in section["questions"] if q.get("id") != "q_peers"]
    FormVersion.objects.create(call=call, number=2, definition=newer, note="One question fewer.")
    assert table(signed_in(cast.coordinator), call, "answers")[0]["q_peers"].startswith("I bring rotas")


# ---------------------------------------------------------------- safe in a spreadsheet


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "|", "%", " =", "\u00a0=", "＝", "\x01="])
def test_a_cell_that_starts_a_formula_is_defused(start: str) -> None:
    assert safe(f"{start}1+1").startswith("'")
    assert safe("plain = text") == "plain = text"


def test_formulas_are_text_in_every_form(cast, call, full) -> None:
    attack = '=HYPERLINK("http://x.example","y")'
    Answer.objects.filter(application=full, question="q_peers").update(value=attack)
    Organization.objects.filter(pk=full.organization_id).update(name="@SUM(1)")
    client = signed_in(cast.coordinator)
    assert table(client, call, "answers")[0]["q_peers"].startswith("'=HYPERLINK")
    assert table(client, call, "contacts")[0]["organization"] == "'@SUM(1)"
    book = zipfile.ZipFile(io.BytesIO(taken(client, call, "answers", "xlsx")))
    sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert list(sheet.iter(f"{SHEET}f")) == []  # no formula at all
    assert list(sheet.iter(f"{SHEET}hyperlink")) == []
    assert any((t.text or "").startswith("'=HYPERLINK") for t in sheet.iter(f"{SHEET}t"))


def test_odd_characters_and_long_texts_make_a_readable_file(cast, call, full) -> None:
    odd = "a\x00b\x0b \U0001f33f \u202eright" + "x" * 33_000
    Answer.objects.filter(application=full, question="q_anything").update(value=odd.replace("\x00", ""))
    client = signed_in(cast.coordinator)
    book = zipfile.ZipFile(io.BytesIO(taken(client, call, "answers", "xlsx")))
    assert book.testzip() is None
    ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    data = json.loads(taken(client, call, "answers", "json"))
    assert data["rows"][0]["q_anything"].startswith("ab\x0b ")
    assert [column["column"] for column in data["columns"]] == list(data["rows"][0])


# ---------------------------------------------------------------- dictionary and record


def test_every_column_is_explained(cast, call, full) -> None:
    client = signed_in(cast.coordinator)
    for purpose in PURPOSES:
        explained(client, call, purpose)


def explained(client: Client, call: Call, purpose: str) -> None:
    columns = PURPOSES[purpose].columns(PURPOSES[purpose].source(call))
    assert [c.key for c in columns] == list(table(client, call, purpose)[0])
    assert [c.key for c in columns if not (c.meaning and c.type)] == []
    assert len({c.key for c in columns}) == len(columns)
    for column in columns:
        if column.question and column.key == column.question:
            assert (column.readers != "", column.kept != "") == (True, True)
    page = client.get(reverse("applications:export_dictionary", args=[call.slug, purpose])).content.decode()
    assert [c.key for c in columns if f"<code>{c.key}</code>" not in page] == []
    file = client.get(reverse("applications:export_dictionary_file", args=[call.slug, purpose]))
    lines = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["column", *(c.key for c in columns)]
    book = zipfile.ZipFile(io.BytesIO(taken(client, call, purpose, "xlsx")))
    assert "xl/worksheets/sheet2.xml" in book.namelist()


def test_kept_says_how_long(call) -> None:
    kept = {one.column.key: one.column.kept for one in asked(call, "reviewer")}
    assert kept["q_change"] == (
        "365 days after the decision; for people who take part, 1095 days after the cohort ends"
    )


def test_each_export_is_written_down_with_its_rows(cast, call, full) -> None:
    client = signed_in(cast.coordinator)
    taken(client, call, "contacts", "csv")
    taken(client, call, "scores", "xlsx")
    entries = [e for e in history.of(call) if e.verb == "call.exported"]
    assert [(e.actor_id, e.details) for e in entries] == [
        (cast.coordinator.pk, {"purpose": "contacts", "format": "csv", "rows": 1, "left_out": 0}),
        (cast.coordinator.pk, {"purpose": "scores", "format": "xlsx", "rows": 1, "left_out": 0}),
    ]
    page = client.get(reverse("applications:exports", args=[call.slug])).content.decode()
    assert page.count("Coordinator") >= 2
    assert "XLSX" in page


def test_only_coordinators_of_the_cohort_and_only_by_a_button(cast, call, full) -> None:
    pages = [
        reverse("applications:exports", args=[call.slug]),
        reverse("applications:export_dictionary", args=[call.slug, "scores"]),
        reverse("applications:export_dictionary_file", args=[call.slug, "scores"]),
    ]
    files = [path(call, purpose, form) for purpose in PURPOSES for form in FORMS]
    coordinator = signed_in(cast.coordinator)
    assert [coordinator.get(page).status_code for page in pages] == [200] * 3
    assert {coordinator.get(file).status_code for file in files} == {405}
    assert coordinator.post(path(call, "everything", "csv")).status_code == 404
    assert coordinator.post(path(call, "scores", "exe")).status_code == 404
    for user, status in (
        (cast.screener, 403),
        (cast.steward, 403),
        (cast.access, 403),
        (cast.stranger, 404),
        (cast.superuser, 404),
        (cast.other_coordinator, 404),
        (full.applicant, 404),
    ):
        client = signed_in(user)
        assert {client.get(page).status_code for page in pages} == {status}
        assert {client.post(file).status_code for file in files} == {status}
    assert Client(enforce_csrf_checks=True).post(files[0]).status_code == 403
    assert not history.of(call).filter(verb="call.exported").exists()


# ---------------------------------------------------------------- size


def many(call: Call, count: int, words: str = "Short.") -> None:
    start = Application.objects.filter(call=call).count() + 1
    users = User.objects.bulk_create(
        [User(email=f"many{n}@example.org", name=f"Many {n}", password="!") for n in range(start, start + count)]
    )
    form, sent = call.form_versions.get(), call.opens_at
    rows = Application.objects.bulk_create(
        [
            Application(call=call, applicant=user, number=n, form_version=form, state="submitted", submitted_at=sent)
            for n, user in enumerate(users, start=start)
        ]
    )
    Answer.objects.bulk_create(
        [
            Answer(application=row, question=question, value=words, visibility="reviewer")
            for row in rows
            for question in ("q_change", "q_peers")
        ]
    )
    Decision.objects.bulk_create([Decision(application=row, value="decline", reason_code="ORG_LIMIT") for row in rows])


def test_statements_do_not_depend_on_the_rows(cast, call, full) -> None:
    client, counts = signed_in(cast.coordinator), {}
    for more in (0, 25):
        many(call, more)
        for purpose in PURPOSES:
            for form in FORMS:
                taken(client, call, purpose, form)
                with CaptureQueriesContext(connection) as ran:
                    taken(client, call, purpose, form)
                counts.setdefault((purpose, form), []).append(len(ran))
    assert {key: pair for key, pair in counts.items() if pair[0] != pair[1]} == {}
    assert max(n for pair in counts.values() for n in pair) <= 20
    page = reverse("applications:exports", args=[call.slug])
    client.get(page)
    with CaptureQueriesContext(connection) as ran:
        client.get(page)
    assert len(ran) <= 18


def test_memory_does_not_grow_with_the_rows(call) -> None:
    """Ten megabytes of answers leave in pieces; a tenth of that is ever held (200 rows at once, and the file)."""
    from applications.records.exports.actions import pieces

    many(call, 1000)
    Answer.objects.filter(question="q_change").update(question="org_name", visibility="selection", value="x" * 10_000)
    for form in FORMS:

        def take(form: str = form) -> int:
            return sum(
                map(len, pieces(call=call, purpose=PURPOSES["organizations"], form=form, hidden=(), language="en"))
            )

        take()
        tracemalloc.start()
        size = take()
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size > (10_000_000 if form != "xlsx" else 20_000)
        assert peak < 6_000_000, form


@pytest.mark.django_db(transaction=True)
def test_it_comes_piece_by_piece(cast, call, full) -> None:
    many(call, 250, "word " * 100)
    answer = signed_in(cast.coordinator).post(path(call, "answers", "csv"))
    parts = list(answer.streaming_content)
    assert len(parts) > 1
    assert len(list(csv.reader(io.StringIO(b"".join(parts).decode("utf-8-sig"))))) == 252
