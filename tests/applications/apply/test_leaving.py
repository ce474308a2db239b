"""Withdrawing really deletes; the copy really holds everything. Both are compared with the models, not with a list."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from applications.apply import actions as apply_actions
from applications.apply import resume, withdraw
from applications.common import related
from applications.models import Answer, Application, Call, IdentityAnswer, Review, Source
from applications.models.partners import Partner
from applications.retention import tasks as retention_tasks
from cohort.celery import app as celery
from cohort.outbox.models import Message
from cohort.people import history
from tests.applications.apply.filled import SECRETS, fill, open_call
from tests.conftest import signed_in


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


@pytest.fixture
def sent(cast: SimpleNamespace, call: Call) -> Application:
    """A whole application: sent, changed after sending, with a partner, a pin and mail."""
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    client = signed_in(cast.applicant)
    fill(client, draft)
    client.post(f"/applications/{draft.pk}/check/")
    draft.refresh_from_db()
    client.post(f"/applications/{draft.pk}/parts/about_you/autosave/", {})
    client.post(f"/applications/{draft.pk}/link/")
    Source.objects.create(application=draft, partner=Partner.objects.create(call=call, name="Harbor", code="harbor"))
    Review.objects.create(application=draft, reader=cast.screener)
    return draft


def everywhere(needle: str) -> list[str]:
    """Every table of the database that holds ``needle`` in any column, read as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{needle}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return sorted(found)


def test_nothing_that_was_written_is_left_in_any_table(cast: SimpleNamespace, sent: Application) -> None:
    where = {name: everywhere(secret) for name, secret in SECRETS.items()}
    assert where["reviewer"] == ["applications_answer"]
    assert where["access"] == ["applications_accessneed"]
    assert where["identity"] == ["applications_identityanswer"]
    assert "applications_answer" in where["selection"]
    assert everywhere("Lee@example.org") == [
        "applications_answer",
        "applications_employerconfirmation",
        "outbox_message",
    ]
    withdraw.withdraw(application=sent)
    retention_tasks.erase()
    organizations = ["people_organization"]  # one record for everybody who works there; it names no person
    assert {name: everywhere(secret) for name, secret in SECRETS.items()} == {
        "reviewer": [],
        "access": [],
        "identity": [],
        "staff": [],
        "selection": organizations,
    }
    assert everywhere("Lee@example.org") == []
    assert Message.objects.filter(refs__contains={"application": str(sent.pk)}).count() == 0


def test_every_table_that_points_at_an_application_is_emptied_but_the_books(sent: Application) -> None:
    def rows() -> dict[str, int]:
        return {m.__name__: m._default_manager.filter(**{field: sent}).count() for m, field in related.tables()}

    before = rows()
    assert set(before) == {
        model.__name__
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Application
    }
    assert {"Answer", "IdentityAnswer", "AccessNeed", "Consent", "EmployerConfirmation", "Source", "Review"} <= {
        name for name, count in before.items() if count
    }
    withdraw.withdraw(application=sent)
    assert {name for name, count in rows().items() if count} <= {"Decision", "Offer"}  # the books, and nothing else


def test_the_second_look_removes_what_came_in_the_same_moment(sent: Application) -> None:
    withdraw.withdraw(application=sent)
    Answer.objects.create(application=sent, question="q_change", value="late", visibility="reviewer")
    IdentityAnswer.objects.create(application=sent, question="gender", code="woman")
    assert retention_tasks.erase() > 0
    assert Answer.objects.filter(application=sent).count() == 0
    assert IdentityAnswer.objects.filter(application=sent).count() == 0
    assert retention_tasks.erase() == 0
    assert [e.details["rows"] for e in history.of(sent) if e.verb == "application.erased"] == [2]


def test_the_second_look_leaves_others_alone(cast: SimpleNamespace, sent: Application) -> None:
    answers, mail = Answer.objects.count(), Message.objects.count()
    assert retention_tasks.erase() == 0
    assert (Answer.objects.count(), Message.objects.count()) == (answers, mail)


def test_beat_runs_both_jobs() -> None:
    assert celery.conf.beat_schedule["applications.erase"]["schedule"] <= 24 * 3600
    assert celery.conf.beat_schedule["applications.retain"]["schedule"] <= 24 * 3600


def test_typing_kept_while_signed_out_goes_with_the_withdrawal_and_with_time(
    cast: SimpleNamespace, sent: Application
) -> None:
    client = Client()
    path = f"/applications/{sent.pk}/parts/reflection/"
    client.post(path, {"q_change": "zq-typed-signed-out", "base": "0"})
    client.force_login(cast.applicant)
    assert "zq-typed-signed-out" in client.get(path).content.decode()
    client.post(f"/applications/{sent.pk}/withdraw/")
    assert "zq-typed-signed-out" not in str(dict(client.session))
    Client().post(path, {"q_change": "zq-never-came-back", "base": "0"})
    assert any("zq-never-came-back" in str(s.get_decoded()) for s in Session.objects.all())
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    retention_tasks.erase()
    assert Session.objects.count() == 0


# ---------------------------------------------------------------- the copy

#: Tables that point at an application or a person, and are not in the copy, each with the reason.
NOT_IN_THE_COPY = {
    "Example": "that readers practised with it; its words are the answers, which are in the copy",
    "Pin": "a plan of staff for the group; names applications by number",
    "KeepApart": "a plan of staff for the group; names two applications by number",
    "Review": "readers' scores; what they chose to share comes with the decision",
    "EarlierRedaction": "the same, as it was before",
    "Redaction": "where staff covered a name in an answer that is in the copy",
}
IN_THE_COPY = {
    "Answer": "answers",
    "AnswerRevision": "earlier answers",
    "IdentityAnswer": "answers",
    "AccessNeed": "answers",
    "Consent": "choices about information",
    "EmployerConfirmation": "employer confirmation",
    "Decision": "outcomes",
    "Offer": "offers",
    "Source": "came by the link of",
    "Recusal": "readers who stepped aside",
    "Inquiry": "answers",
}


def test_every_table_about_an_application_is_in_the_copy_or_named_with_a_reason(
    cast: SimpleNamespace, sent: Application
) -> None:
    data = signed_in(cast.applicant).get(f"/applications/{sent.pk}/copy.json").json()
    about = {model.__name__ for model, _field in related.tables()}
    assert about == set(NOT_IN_THE_COPY) | set(IN_THE_COPY)
    assert set(IN_THE_COPY.values()) <= set(data)


def test_copy_names_mail_partner_and_what_was_left_blank(cast: SimpleNamespace, sent: Application) -> None:
    client = signed_in(cast.applicant)
    data = client.get(f"/applications/{sent.pk}/copy.json").json()
    assert data["came by the link of"] == [{"partner": "Harbor"}]
    assert [row["about"] for row in data["mail"]] == [
        "We have your application",
        "A link to go on with your application",
    ]
    assert {"question": "veteran", "noted as": "left blank"} in data["identity questions without an answer"]
    assert data["account"]["email"] == "applicant@example.org"
    page = client.get(f"/applications/{sent.pk}/copy/").content.decode()
    assert "Harbor" in page
    for words in ("English", "sent", "asked"):
        assert f"<dd>{words}</dd>" in page.replace(' dir="auto"', "")
    assert "submitted" not in page
    assert "Lee@example.org" in page or "lee@example.org" in page


def test_copy_is_mine_alone(cast: SimpleNamespace, sent: Application) -> None:
    for name in ("coordinator", "screener", "stranger", "superuser"):
        client = signed_in(getattr(cast, name))
        assert client.get(f"/applications/{sent.pk}/copy/").status_code == 404
        assert client.get(f"/applications/{sent.pk}/copy.json").status_code == 404


def test_consents_say_which_notice_was_seen(cast: SimpleNamespace, sent: Application) -> None:
    rows = signed_in(cast.applicant).get(f"/applications/{sent.pk}/copy.json").json()["choices about information"]
    first = next(row for row in rows if row["choice"] == "consent_demographics")
    assert (first["given"], first["notice version"], first["language"]) == (True, "1.0", "en")


def test_a_choice_keeps_the_notice_that_was_seen_then(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    """A new notice changes nothing about earlier choices; a choice made under it names it, and its language."""
    before = list(sent.consents.order_by("pk").values_list("kind", "given", "notice_version", "locale"))
    assert ("consent_demographics", True, "1.0", "en") in before
    Call.objects.filter(pk=call.pk).update(facts={**call.facts, "privacy_notice_version": "2026-11"})
    client = signed_in(cast.applicant)
    client.post("/language/", {"language": "es", "next": "/"})
    base = Application.objects.get(pk=sent.pk).sections["consent"]["revision"]
    assert (
        client.post(
            f"/applications/{sent.pk}/parts/consent/", {"consent_process": "yes", "consent_access": "yes", "base": base}
        ).status_code
        == 302
    )
    translation.activate("en")
    after = list(sent.consents.order_by("pk").values_list("kind", "given", "notice_version", "locale"))
    assert after[: len(before)] == before
    assert ("consent_demographics", False, "2026-11", "es") in after[len(before) :]


# ---------------------------------------------------------------- statements


def test_pages_around_the_form_take_few_statements(cast: SimpleNamespace, sent: Application) -> None:
    client = signed_in(cast.applicant)
    client.get("/applications/")
    for path, most in {
        "/applications/": 6,
        f"/applications/{sent.pk}/": 12,
        f"/applications/{sent.pk}/receipt/": 12,
        f"/applications/{sent.pk}/check/": 12,
        f"/applications/{sent.pk}/fit/": 12,
        f"/applications/{sent.pk}/withdraw/": 8,
        f"/applications/{sent.pk}/forget/identity/": 8,
        f"/applications/{sent.pk}/copy.json": 22,
        f"/applications/{sent.pk}/copy/": 24,
    }.items():
        with CaptureQueriesContext(connection) as ran:
            assert client.get(path).status_code == 200
        assert len(ran) <= most, (path, len(ran))
    with CaptureQueriesContext(connection) as ran:
        client.post(f"/applications/{sent.pk}/link/")
    assert len(ran) <= 20


def test_the_copy_takes_the_same_statements_whatever_it_holds(cast: SimpleNamespace, sent: Application) -> None:
    client = signed_in(cast.applicant)

    def statements() -> int:
        with CaptureQueriesContext(connection) as ran:
            assert client.get(f"/applications/{sent.pk}/copy/").status_code == 200
        return len(ran)

    statements()
    few = statements()
    for minute in range(20):
        resume.mail_link(application=sent, now=timezone.now() + dt.timedelta(minutes=minute))
    assert statements() == few
