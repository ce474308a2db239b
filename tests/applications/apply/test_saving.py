"""Two windows, an expired sign-in, saving by itself, races, and how many statements a page takes."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.apply import actions as apply_actions
from applications.common import call_forms, form_context
from applications.models import Answer, Application, Call
from cohort.outbox.models import Message
from tests.applications.apply.filled import POSTS, fill, open_call
from tests.conftest import person, signed_in


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


@pytest.fixture
def draft(cast: SimpleNamespace, call: Call) -> Application:
    return apply_actions.start(call=call, applicant=cast.applicant)


def url(application: Application, rest: str = "") -> str:
    return f"/applications/{application.pk}/{rest}"


# ---------------------------------------------------------------- saving by itself


def test_autosave_answers_with_time_and_revision(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    response = client.post(url(draft, "parts/reflection/autosave/"), {"q_change": "One", "base": "0"})
    answer = response.json()
    assert sorted(answer) == ["problems", "revision", "saved"]
    assert (answer["revision"], answer["problems"]) == (1, {})
    assert len(answer["saved"]) == 5
    again = client.post(url(draft, "parts/reflection/autosave/"), {"q_change": "One", "base": "1"}).json()
    assert again["revision"] == 1  # nothing new, nothing written
    assert f"Saved {answer['saved']}" in client.get(url(draft, "parts/reflection/")).content.decode()


def test_autosave_says_what_it_could_not_keep(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    answer = client.post(
        url(draft, "parts/about_you/autosave/"), {"full_name": "Ana", "email": "ana@", "base": "0"}
    ).json()
    assert list(answer["problems"]) == ["email"]
    assert list(Answer.objects.values_list("question", flat=True)) == ["full_name"]


def test_autosave_after_sign_in_ran_out_is_401_json(draft: Application) -> None:
    response = Client().post(url(draft, "parts/reflection/autosave/"), {"q_change": "x", "base": "0"})
    assert (response.status_code, response.json()) == (401, {"signin": "/accounts/login/"})
    assert Answer.objects.count() == 0


# ---------------------------------------------------------------- two windows


def test_two_windows_are_shown_side_by_side_and_nothing_is_lost(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    path = url(draft, "parts/reflection/")
    client.post(path, {**POSTS["reflection"], "q_change": "From window one", "base": "0"})
    clash = client.post(path, {**POSTS["reflection"], "q_change": "From window two", "base": "0"})
    assert clash.status_code == 409
    page = clash.content.decode()
    assert "From window one" in page
    assert "From window two" in page
    assert [row.name for row in clash.context["rows"]] == ["keep--q_change"]
    assert Answer.objects.get(question="q_change").value == "From window one"
    assert client.post(path + "autosave/", {"q_change": "From two", "base": "0"}).json() == {"conflict": True}

    carried = dict(clash.context["hidden"])
    for wish, kept in (
        ("theirs", "From window one"),
        ("mine", "From window two"),
        ("both", "From window two\n\nFrom window two"),
    ):
        draft.refresh_from_db()
        base = draft.sections["reflection"]["revision"]
        response = client.post(path, {**carried, "keep--q_change": wish, "base": base})
        assert response.status_code == 302
        assert Answer.objects.get(question="q_change").value == kept


def test_same_answers_in_two_windows_are_no_conflict(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    path = url(draft, "parts/reflection/")
    assert client.post(path, {**POSTS["reflection"], "base": "0"}).status_code == 302
    assert client.post(path, {**POSTS["reflection"], "base": "0"}).status_code == 302


def test_replayed_old_page_does_not_overwrite(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    path = url(draft, "parts/reflection/")
    client.post(path, {**POSTS["reflection"], "q_change": "Old", "base": "0"})
    client.post(path, {**POSTS["reflection"], "q_change": "New", "base": "1"})
    assert client.post(path, {**POSTS["reflection"], "q_change": "Old", "base": "0"}).status_code == 409
    assert client.post(path, {**POSTS["reflection"], "q_change": "Old"}).status_code == 409
    assert Answer.objects.get(question="q_change").value == "New"


# ---------------------------------------------------------------- an expired sign-in


def test_a_post_while_signed_out_survives_the_sign_in(cast: SimpleNamespace, draft: Application) -> None:
    EmailAddress.objects.create(user=cast.applicant, email=cast.applicant.email, verified=True, primary=True)
    client = Client()
    path = url(draft, "parts/reflection/")
    response = client.post(path, {**POSTS["reflection"], "q_change": "Typed for an hour", "base": "0"})
    assert response.url == f"/accounts/login/?next={path}"
    assert Answer.objects.count() == 0
    signed = client.post(response.url, {"login": "applicant@example.org", "password": "pass-phrase-1"})
    assert signed.url == path
    page = client.get(path)
    assert "Typed for an hour" in page.content.decode()
    assert "We kept what you typed" in page.content.decode()
    assert "Typed for an hour" in client.get(path).content.decode()  # a reload loses nothing
    assert Answer.objects.count() == 0  # the applicant decides
    saved = client.post(path, {**POSTS["reflection"], "q_change": "Typed for an hour", "base": page.context["base"]})
    assert saved.status_code == 302
    assert Answer.objects.get(question="q_change").value == "Typed for an hour"
    assert "We kept what you typed" not in client.get(path).content.decode()


def test_kept_typing_is_never_shown_to_somebody_else(cast: SimpleNamespace, draft: Application) -> None:
    client = Client()
    path = url(draft, "parts/reflection/")
    client.post(path, {"q_change": "Typed for an hour", "base": "0"})
    client.force_login(cast.stranger)
    assert client.get(path).status_code == 404


# ---------------------------------------------------------------- races


@pytest.mark.django_db(transaction=True)
def test_two_starts_and_two_sends_at_once_make_one(cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    together(lambda: apply_actions.start(call=call, applicant=cast.applicant))
    draft = Application.objects.get()
    draft.call, draft.applicant = call, cast.applicant
    fill(signed_in(cast.applicant), draft)
    context = form_context.of_application(draft)
    together(lambda: apply_actions.send(application=draft, context=context))
    assert Message.objects.filter(kind="application_received").count() == 1
    draft.refresh_from_db()
    assert draft.state == "submitted"


@pytest.mark.django_db(transaction=True)
def test_numbers_are_never_given_twice(cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    people = [person(f"many{n}") for n in range(6)]
    together(*[lambda who=who: apply_actions.start(call=call, applicant=who) for who in people])
    assert sorted(Application.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def together(*jobs: object) -> None:
    """Run jobs at the same moment, each with its own connection (one job runs twice)."""
    jobs = jobs * 2 if len(jobs) == 1 else jobs
    gate, errors = threading.Barrier(len(jobs)), []

    def run(job: object) -> None:
        try:
            gate.wait(10)
            job()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []


# ---------------------------------------------------------------- statements


def test_one_page_takes_few_statements(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    total = 0

    def count(ran: CaptureQueriesContext) -> int:
        """Without the savepoints that only a test's own transaction adds."""
        return sum("SAVEPOINT" not in q["sql"] for q in ran)

    call_forms.form_of.cache_clear()
    for section, data in POSTS.items():
        with CaptureQueriesContext(connection) as got:
            client.get(url(draft, f"parts/{section}/"))
        with CaptureQueriesContext(connection) as posted:
            response = client.post(url(draft, f"parts/{section}/"), {**data, "base": "0"})
        assert response.status_code == 302
        assert (len(got) <= 12, len(posted) <= 20) == (True, True), (section, len(got), len(posted))
        total += count(got) + count(posted)
    for path in ("check/", ""):
        with CaptureQueriesContext(connection) as got:
            client.get(url(draft, path))
        assert len(got) <= 12
        total += count(got)
    with CaptureQueriesContext(connection) as sent:
        client.post(url(draft, "check/"))
    assert len(sent) <= 20
    assert total + count(sent) < 130  # a whole application of all pages, with the session of each
