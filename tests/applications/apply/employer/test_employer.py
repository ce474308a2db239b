"""The short question to an employer: a signed link, answered once, 21 days."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from applications.apply import actions as apply_actions
from applications.apply import messages as apply_messages
from applications.apply.employer import actions as employer_actions
from applications.common.access import _LINK, confirmation_token
from applications.models import Application, EmployerConfirmation
from cohort.outbox.models import Message
from cohort.people import history
from cohort.questions.cleaning import Cleaned
from tests.applications.apply.filled import POSTS, SECRETS, fill, open_call
from tests.conftest import signed_in

YES = {"emp_knows": "yes", "emp_time": "partly", "emp_change": "yes", "emp_safe": "yes", "emp_comment": "Glad to."}


@pytest.fixture
def sent(cast: SimpleNamespace) -> Application:
    draft = apply_actions.start(call=open_call(cast.cohort), applicant=cast.applicant)
    client = signed_in(cast.applicant)
    fill(client, draft)
    client.post(f"/applications/{draft.pk}/check/")
    draft.refresh_from_db()
    return draft


@pytest.fixture
def link(sent: Application) -> str:
    return f"/confirm/{confirmation_token(sent.employer_confirmation)}/"


def test_answering_once(sent: Application, link: str) -> None:
    client = Client()
    page = client.get(link).content.decode()
    assert "Ana López" in page or "Applicant" in page
    for secret in SECRETS.values():
        assert secret not in page
    assert client.post(link, {"emp_knows": "yes"}).context["form"].errors.keys() == {
        "emp_time",
        "emp_change",
        "emp_safe",
    }
    assert "We have your answers" in client.post(link, YES).content.decode()
    found = EmployerConfirmation.objects.get()
    assert (found.state, found.answers) == ("answered", {**YES, "emp_safe": True})
    client.post(link, {**YES, "emp_knows": "no"})
    found.refresh_from_db()
    assert found.answers["emp_knows"] == "yes"
    assert [e.verb for e in history.of(found)] == ["employer.answered"]


def test_declining_is_not_a_no(sent: Application, link: str) -> None:
    client = Client()
    assert b"not a no" in client.get(link + "decline/").content
    client.post(link + "decline/")
    found = EmployerConfirmation.objects.get()
    assert (found.state, found.answers) == ("declined", {})
    assert b"We will not ask again" in client.get(link).content
    sent.refresh_from_db()
    assert sent.eligibility == "eligible"


def test_link_ends_after_21_days_and_when_withdrawn(cast: SimpleNamespace, sent: Application, link: str) -> None:
    found = EmployerConfirmation.objects.get()
    assert found.expires_at - found.asked_at == dt.timedelta(days=21)
    with pytest.raises(employer_actions.NotOpenError):
        employer_actions.answer(confirmation=found, cleaned=Cleaned(), now=found.expires_at)
    with pytest.raises(employer_actions.NotOpenError):
        employer_actions.decline(confirmation=found, now=found.expires_at)
    EmployerConfirmation.objects.update(expires_at=timezone.now())
    assert Client().get(link).status_code == 410
    assert Client().post(link, YES).status_code == 410
    signed_in(cast.applicant).post(f"/applications/{sent.pk}/withdraw/")
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize(
    "token",
    ["x", "x:y:z", signing.dumps("0" * 32), signing.dumps(5, salt=_LINK)],
    ids=["no signature", "made up", "another salt", "not an id"],
)
def test_forged_links_are_404(sent: Application, token: str) -> None:
    assert Client().get(f"/confirm/{token}/").status_code == 404
    assert Client().post(f"/confirm/{token}/decline/").status_code == 404


def test_another_person_takes_the_first_question_back(cast: SimpleNamespace, sent: Application, link: str) -> None:
    client = signed_in(cast.applicant)
    base = sent.sections["commitment"]["revision"]
    client.post(
        f"/applications/{sent.pk}/parts/commitment/",
        {**POSTS["commitment"], "confirmer_email": "other@example.org", "base": base},
    )
    assert EmployerConfirmation.objects.get().email == "other@example.org"
    assert Client().get(link).status_code == 404
    states = dict(Message.objects.filter(kind="employer_request").values_list("email", "state"))
    assert states == {"lee@example.org": "cancelled", "other@example.org": "planned"}


def test_nobody_is_asked_when_the_applicant_wants_to_talk_first(cast: SimpleNamespace) -> None:
    draft = apply_actions.start(call=open_call(cast.cohort), applicant=cast.applicant)
    client = signed_in(cast.applicant)
    fill(client, draft, skip=("commitment",))
    client.post(
        f"/applications/{draft.pk}/parts/commitment/",
        {**POSTS["commitment"], "confirmer_alt": "talk_first", "base": "0"},
    )
    client.post(f"/applications/{draft.pk}/check/")
    draft.refresh_from_db()
    assert draft.state == "submitted"
    assert EmployerConfirmation.objects.count() == 0


def test_two_nudges_are_planned_until_there_is_an_answer(sent: Application, link: str) -> None:
    asked = EmployerConfirmation.objects.get().asked_at
    after = [len(list(apply_messages._employer_plan(asked + dt.timedelta(days=d)))) for d in (1, 6, 10, 13, 18)]
    assert after == [0, 1, 0, 1, 0]
    Client().post(link, YES)
    assert list(apply_messages._employer_plan(asked + dt.timedelta(days=6))) == []


def test_without_an_answer_it_runs_out_and_is_not_a_no(cast: SimpleNamespace, sent: Application, link: str) -> None:
    found = EmployerConfirmation.objects.get()
    assert employer_actions.lapse_due(now=found.expires_at - dt.timedelta(seconds=1)) == 0
    assert employer_actions.lapse_due(now=found.expires_at) == 1
    assert employer_actions.lapse_due(now=found.expires_at) == 0
    found.refresh_from_db()
    assert (found.state, found.answers) == ("lapsed", {})
    assert [e.verb for e in history.of(found)] == ["employer.lapsed"]
    page = signed_in(cast.applicant).get(f"/applications/{sent.pk}/receipt/").content.decode()
    assert "did not answer in time" in page
    assert list(apply_messages._employer_plan(found.asked_at + dt.timedelta(days=13))) == []
    assert Message.objects.get(kind="employer_request").state == "cancelled"
    assert Client().get(link).status_code == 410
    assert Client().post(link, YES).status_code == 410
    found.refresh_from_db()
    assert found.answers == {}
    sent.refresh_from_db()
    assert sent.eligibility == "eligible"


def test_nothing_about_the_application_goes_to_the_employer(sent: Application) -> None:
    message = Message.objects.get(kind="employer_request")
    assert (message.recipient, message.email) == (None, "lee@example.org")
    assert set(message.refs) == {"confirmation", "application"}
    assert message.not_after == sent.employer_confirmation.expires_at
