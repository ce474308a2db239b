"""Going on later: the mailed link, a sign-in by an emailed code, and words that survive an old token."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from applications.apply import actions as apply_actions
from applications.apply import resume, withdraw
from applications.common import access
from applications.models import Answer, Application, Call
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.outbox.rendering import render
from tests.applications.apply.filled import POSTS, open_call
from tests.conftest import person, signed_in


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


@pytest.fixture
def draft(cast: SimpleNamespace, call: Call) -> Application:
    EmailAddress.objects.create(user=cast.applicant, email=cast.applicant.email, verified=True, primary=True)
    return apply_actions.start(call=call, applicant=cast.applicant)


def words(message: Message) -> str:
    return render(message, kinds.get(message.kind)).text


def test_link_brings_me_to_the_very_page_after_a_code(
    cast: SimpleNamespace, draft: Application, mailoutbox: list
) -> None:
    client = signed_in(cast.applicant)
    stopped = client.post(
        f"/applications/{draft.pk}/parts/reflection/", {**POSTS["reflection"], "base": "0", "later": "yes"}
    )
    page = client.get(stopped.url)
    assert page.context["came_from"] == "reflection"
    client.post(f"/applications/{draft.pk}/link/", {"part": page.context["came_from"]})
    message = Message.objects.get(kind="application_link")
    assert message.refs == {"application": str(draft.pk), "part": "reflection"}
    assert (message.klass, message.recipient, message.email) == ("A", cast.applicant, "")
    path = re.search(r"/go-on/\S+/", words(message))[0]

    elsewhere = Client()
    target = f"/applications/{draft.pk}/parts/reflection/"
    found = elsewhere.get(path)
    assert found.context["next"] == target
    asked = elsewhere.post("/accounts/login/code/", {"email": found.context["email"], "next": target})
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|\b[A-Z0-9]{6}\b", mailoutbox[-1].body)[0]
    done = elsewhere.post(asked.url, {"code": code, "next": target})
    assert done.url == target
    assert POSTS["reflection"]["q_learning"] in elsewhere.get(target).content.decode().replace("&#x27;", "'")


def test_link_opens_nothing_by_itself(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    client.post(f"/applications/{draft.pk}/parts/reflection/", {**POSTS["reflection"], "base": "0"})
    target = f"/applications/{draft.pk}/parts/reflection/"
    path = f"/go-on/{access.resume_token(draft.pk, 'reflection')}/"
    assert client.get(path).url == target
    assert POSTS["reflection"]["q_change"] in client.get(target).content.decode()
    assert POSTS["reflection"]["q_change"] not in Client().get(path).content.decode()
    assert signed_in(cast.stranger).get(path, follow=True).status_code == 404


@pytest.mark.parametrize("token", ["x", "x:y:z", "WyJ4IiwiIl0:1abc:x"])
def test_forged_links_are_404(draft: Application, token: str) -> None:
    assert Client().get(f"/go-on/{token}/").status_code == 404


def test_link_runs_out_after_two_weeks(draft: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/go-on/{access.resume_token(draft.pk)}/"
    assert Client().get(path).status_code == 200
    monkeypatch.setattr("applications.common.access.RESUME_DAYS", -1)
    over = Client().get(path)
    assert over.status_code == 410
    assert b"What you saved is still there" in over.content


def test_a_part_that_is_not_there_is_left_out(cast: SimpleNamespace, draft: Application) -> None:
    signed_in(cast.applicant).post(f"/applications/{draft.pk}/link/", {"part": "no words here"})
    assert Message.objects.get(kind="application_link").refs == {"application": str(draft.pk)}


def test_nobody_else_can_have_a_link_mailed(cast: SimpleNamespace, draft: Application) -> None:
    for name in ("stranger", "coordinator", "screener"):
        assert signed_in(getattr(cast, name)).post(f"/applications/{draft.pk}/link/").status_code == 404
    assert Message.objects.filter(kind="application_link").count() == 0


def test_five_links_an_hour(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    for _n in range(7):
        client.post(f"/applications/{draft.pk}/link/")
    assert Message.objects.filter(kind="application_link").count() == 5


def test_no_link_once_withdrawn(draft: Application) -> None:
    resume.mail_link(application=draft)
    message = Message.objects.get(kind="application_link")
    assert kinds.get("application_link").still_needed(message) is None
    withdraw.withdraw(application=draft)
    assert kinds.get("application_link").still_needed(message) == "not needed"


# ---------------------------------------------------------------- an old token


def _old_token(client: Client, path: str, origin: str | None, **extra: str) -> object:
    headers = {"Origin": origin} if origin else {}
    return client.post(path, {"q_change": "Typed for an hour", "base": "0", **extra}, headers=headers)


@pytest.mark.parametrize("signed", [True, False], ids=["signed in again elsewhere", "signed out"])
def test_words_with_an_old_token_are_kept(cast: SimpleNamespace, draft: Application, signed: bool) -> None:
    """What a browser without JavaScript sends after a sign-in in another window."""
    client = Client(enforce_csrf_checks=True)
    if signed:
        client.force_login(cast.applicant)
    path = f"/applications/{draft.pk}/parts/reflection/"
    response = _old_token(client, path, "http://testserver", csrfmiddlewaretoken="x" * 64)
    assert (response.status_code, response.url) == (302, path)
    assert Answer.objects.count() == 0
    if not signed:
        assert client.get(path).url == f"/accounts/login/?next={path}"
        client.force_login(cast.applicant)
    page = client.get(path).content.decode()
    assert "Typed for an hour" in page
    assert "We kept what you typed" in page


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", None])
def test_another_site_cannot_put_words_here(cast: SimpleNamespace, draft: Application, origin: str | None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.applicant)
    path = f"/applications/{draft.pk}/parts/reflection/"
    response = _old_token(client, path, origin)
    assert response.status_code == 403
    assert b"We did not save that" in response.content
    assert "Typed for an hour" not in client.get(path).content.decode()


# ---------------------------------------------------------------- reminders of a draft


def test_reminders_only_for_who_asked_and_never_after_the_end(cast: SimpleNamespace, draft: Application) -> None:
    now = timezone.now()
    kind = kinds.get("application_draft")
    Call.objects.update(closes_at=now + dt.timedelta(days=4))
    Application.objects.update(edited_at=now - dt.timedelta(days=4))
    other = apply_actions.start(call=draft.call, applicant=person("other"))
    Application.objects.filter(pk=other.pk).update(edited_at=now - dt.timedelta(days=4))
    assert list(kind.plan(now)) == []
    signed_in(cast.applicant).post(f"/applications/{draft.pk}/remind/", {"wanted": "yes"})
    found = list(kind.plan(now))
    assert [(p.key, p.recipient) for p in found] == [
        (f"app_draft:{draft.pk}:1", cast.applicant),
        (f"app_draft:{draft.pk}:2", cast.applicant),
    ]
    message = Message(
        kind="application_draft",
        recipient=cast.applicant,
        cohort=draft.call.cohort,
        refs={"application": str(draft.pk)},
    )
    assert kind.still_needed(message) is None
    assert "is saved and not sent" in words(message)
    Application.objects.filter(pk=draft.pk).update(state="submitted", submitted_at=now)
    assert list(kind.plan(now)) == []
    assert kind.still_needed(message) == "not needed"
    Application.objects.filter(pk=draft.pk).update(state="draft", submitted_at=None)
    Call.objects.update(closes_at=now - dt.timedelta(minutes=1))
    assert list(kind.plan(now)) == []
    assert kind.still_needed(message) == "closed"
    signed_in(cast.applicant).post(f"/applications/{draft.pk}/remind/", {"wanted": "no"})
    assert kind.still_needed(message) == "not needed"
