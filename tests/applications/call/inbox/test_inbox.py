"""Questions about a call: asked by anybody, answered once, on the page without a name, and forgotten in time."""

from __future__ import annotations

import contextlib
import datetime as dt
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.call.inbox import actions as inbox_actions
from applications.call.messages import _waiting_plan
from applications.models import Call, CallQuestion, PageItem
from cohort.outbox.delivery import sender
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.outbox.rendering import render
from cohort.people import history
from cohort.people.states import NotPossible
from tests.applications.apply.filled import open_call
from tests.applications.apply.test_saving import together
from tests.conftest import signed_in

ASK, INBOX = "/calls/north-call/ask/", "/calls/north-call/inbox/"
GOOD = {"words": "Can I bring my baby?", "name": "Rosa Lind", "email": "Rosa@Example.org"}


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


def test_a_visitor_asks_and_gets_one_answer_by_mail(cast: SimpleNamespace, call: Call, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    assert Client().post(ASK, GOOD).url == f"{ASK}thanks/"
    row = CallQuestion.objects.get()
    assert (row.email, row.name, row.state, row.asker) == ("rosa@example.org", "Rosa Lind", "open", None)
    client = signed_in(cast.coordinator)
    assert "Can I bring my baby?" in client.get(INBOX).content.decode()
    client.post(f"{INBOX}{row.pk}/", {"answer": "Yes & gladly.\n\nThere is a quiet room."})
    row.refresh_from_db()
    assert (row.state, row.answered_by) == ("answered", cast.coordinator)
    message = Message.objects.get()
    stored = str(Message.objects.values().get())
    assert (message.kind, message.email, message.refs) == (
        "call_question_answer",
        "rosa@example.org",
        {"question": str(row.pk), "language": "en"},
    )
    assert "gladly" not in stored
    assert "baby" not in stored
    part = render(message, kinds.get(message.kind))
    assert "Yes & gladly.\n\nThere is a quiet room." in part.text
    assert "Yes &amp; gladly." in part.html
    Message.objects.update(any_hour=True)
    sender.send_due()
    sender.send_due()
    assert [m.to for m in mail.outbox] == [["rosa@example.org"]]


def test_two_coordinators_at_once_make_one_answer(cast: SimpleNamespace, call: Call) -> None:
    row = inbox_actions.ask(call=call, words="When?", asker=cast.applicant)
    inbox_actions.answer(question=row, actor=cast.coordinator, words="Soon.")
    with pytest.raises(NotPossible, match="Coordinator has answered"):
        inbox_actions.answer(question=row, actor=cast.stranger, words="Never.")
    late = signed_in(cast.coordinator).post(f"{INBOX}{row.pk}/", {"answer": "My long answer"})
    assert "has answered this question already" in late.content.decode()
    assert "My long answer" in late.content.decode()  # not lost
    assert CallQuestion.objects.get().answer == "Soon."
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_race_of_answers_has_one_winner(cast: SimpleNamespace) -> None:
    call = open_call(cast.cohort)
    row = inbox_actions.ask(call=call, words="When?", email="a@example.org")
    said = ["One.", "Two.", "Three."]

    def reply(words: str) -> None:
        with contextlib.suppress(NotPossible):
            inbox_actions.answer(question=row, actor=cast.coordinator, words=words)

    together(*[lambda words=words: reply(words) for words in said])
    assert CallQuestion.objects.get().answer in said
    assert Message.objects.count() == 1
    assert history.of(row).filter(verb="call_question.answered").count() == 1


def test_a_person_with_an_account_sees_their_own_questions_only(cast: SimpleNamespace, call: Call) -> None:
    mine = signed_in(cast.applicant)
    mine.post(ASK, {"words": "zq-mine"})
    row = CallQuestion.objects.get()
    assert (row.asker, row.email) == (cast.applicant, "")
    inbox_actions.answer(question=row, actor=cast.coordinator, words="zq-answer")
    page = mine.get(ASK).content.decode()
    assert "zq-mine" in page
    assert "zq-answer" in page
    for other in (Client(), signed_in(cast.stranger), signed_in(cast.coordinator)):
        assert "zq-mine" not in other.get(ASK).content.decode()


def test_machines_and_floods_are_kept_out_kindly(cast: SimpleNamespace, call: Call) -> None:
    assert Client().post(ASK, {**GOOD, "website": "http://x"}).status_code == 302
    assert CallQuestion.objects.count() == 0
    for _n in range(5):
        assert Client().post(ASK, GOOD).status_code == 302
    over = Client().post(ASK, GOOD)
    assert over.status_code == 429
    assert "Can I bring my baby?" in over.content.decode()
    assert CallQuestion.objects.count() == 5


@pytest.mark.parametrize(
    "wrong",
    [{"words": ""}, {"words": "x" * 2001}, {"email": "no"}, {"email": ""}, {"name": "x" * 81}, {"words": "\x00 \x07"}],
)
def test_bad_input_is_said_beside_the_field(call: Call, wrong: dict[str, str]) -> None:
    page = Client().post(ASK, {**GOOD, **wrong})
    assert set(page.context["form"].errors) == set(wrong)
    assert CallQuestion.objects.count() == 0


def test_a_call_in_preparation_takes_no_questions(call: Call) -> None:
    assert Client().get(ASK).status_code == 200
    Call.objects.update(state="draft")
    assert Client().get(ASK).status_code == 404
    assert Client().post(ASK, GOOD).status_code == 404


def test_an_answer_becomes_an_entry_without_the_asker(cast: SimpleNamespace, call: Call) -> None:
    row = inbox_actions.ask(
        call=call,
        name="Rosa Lind",
        email="rosa@example.org",
        words="I am Rosa, write to rosa@example.org or 360-555-0118. Can I bring my baby?",
    )
    inbox_actions.answer(question=row, actor=cast.coordinator, words="Dear Rosa, yes.")
    client = signed_in(cast.coordinator)
    page = client.get(f"{INBOX}{row.pk}/entry/")
    start = page.context["form"].initial
    for said in ("Rosa", "rosa@example.org", "360-555-0118"):
        assert said in row.words
        assert said not in start["title"] + start["words"]
    entry = {"title": "Can I bring my baby?", "words": "Yes."}
    assert "checked" in client.post(f"{INBOX}{row.pk}/entry/", entry).context["form"].errors
    assert "Can I bring my baby?" not in Client().get("/calls/north-call/").content.decode()
    client.post(f"{INBOX}{row.pk}/entry/", {**entry, "checked": "on"})
    public = Client().get("/calls/north-call/").content.decode()
    assert "Can I bring my baby?" in public
    assert "Rosa" not in public
    client.post(f"{INBOX}{row.pk}/entry/", {**entry, "checked": "on"})  # again: nothing more
    assert PageItem.objects.filter(title="Can I bring my baby?").count() == 1


def test_setting_aside_and_back(cast: SimpleNamespace, call: Call) -> None:
    row = inbox_actions.ask(call=call, words="Buy now", email="x@example.org")
    client = signed_in(cast.coordinator)
    client.post(f"{INBOX}{row.pk}/move/", {"to": "aside"})
    assert CallQuestion.objects.get().state == "aside"
    client.post(f"{INBOX}{row.pk}/move/", {"to": "open"})
    assert CallQuestion.objects.get().state == "open"
    inbox_actions.answer(question=row, actor=cast.coordinator, words="No, thanks.")
    client.post(f"{INBOX}{row.pk}/move/", {"to": "open"})
    assert CallQuestion.objects.get().state == "answered"


def test_addresses_are_forgotten(cast: SimpleNamespace, call: Call) -> None:
    answered, waiting, aside = (
        inbox_actions.ask(call=call, words=f"q{n}", name="N", email=f"v{n}@example.org") for n in range(3)
    )
    inbox_actions.answer(question=answered, actor=cast.coordinator, words="a")
    inbox_actions.move_question(aside, "aside", actor=cast.coordinator)
    now = timezone.now()
    assert inbox_actions.forget_addresses(now=now + dt.timedelta(days=29)) == 0
    assert inbox_actions.forget_addresses(now=now + dt.timedelta(days=31)) == 2
    kept = dict(CallQuestion.objects.values_list("words", "email"))
    assert kept == {"q0": "", "q1": "v1@example.org", "q2": ""}
    assert Message.objects.get().email == ""
    assert inbox_actions.forget_addresses(now=call.closes_at + dt.timedelta(days=61)) == 1
    assert set(CallQuestion.objects.values_list("email", "name")) == {("", "")}
    waiting.refresh_from_db()
    inbox_actions.answer(question=waiting, actor=cast.coordinator, words="late")  # possible, but no mail
    assert Message.objects.count() == 1


def test_coordinators_see_how_many_wait(cast: SimpleNamespace, call: Call) -> None:
    inbox_actions.ask(call=call, words="One?", email="a@example.org")
    inbox_actions.ask(call=call, words="Two?", email="b@example.org")
    assert "2 questions wait for an answer" in signed_in(cast.coordinator).get("/").content.decode()
    assert "2 questions wait" in signed_in(cast.coordinator).get("/calls/north-call/manage/").content.decode()
    for user in (cast.other_coordinator, cast.screener, cast.participant):
        assert "questions wait for an answer" not in signed_in(user).get("/").content.decode()


def test_a_mail_on_working_days_while_a_question_is_older_than_a_day(cast: SimpleNamespace, call: Call) -> None:
    row = inbox_actions.ask(call=call, words="One?", email="a@example.org")
    monday = dt.datetime(2027, 3, 1, 9, tzinfo=cast.cohort.zone)
    CallQuestion.objects.update(asked_at=monday - dt.timedelta(hours=25))
    planned = list(_waiting_plan(monday - dt.timedelta(hours=1)))
    assert [(p.recipient, p.due_at) for p in planned] == [
        (cast.coordinator, monday),
        (cast.coordinator, monday + dt.timedelta(days=1)),
    ]
    CallQuestion.objects.update(asked_at=monday - dt.timedelta(hours=3))
    tuesday = monday + dt.timedelta(days=1)
    assert [p.due_at for p in _waiting_plan(monday - dt.timedelta(hours=1))] == [tuesday]  # a day old by then
    friday = monday - dt.timedelta(days=3)
    CallQuestion.objects.update(asked_at=friday - dt.timedelta(days=4))
    assert [p.due_at for p in _waiting_plan(friday)] == [friday]  # not on the weekend
    inbox_actions.answer(question=row, actor=cast.coordinator, words="Yes.")
    assert list(_waiting_plan(friday)) == []


def test_the_database_refuses_halves(call: Call, cast: SimpleNamespace) -> None:
    for wrong in (
        {"state": "answered"},
        {"answer": "x"},
        {"state": "nonsense"},
        {"words": ""},
        {"asker": cast.applicant, "email": "a@example.org"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CallQuestion.objects.create(**{"call": call, "words": "w", **wrong})


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/entry/"])
def test_only_coordinators_of_the_cohort(cast: SimpleNamespace, call: Call, path: str) -> None:
    row = inbox_actions.ask(call=call, words="One?", asker=cast.applicant)
    inbox_actions.answer(question=row, actor=cast.coordinator, words="Yes.")
    address = INBOX + path.format(pk=row.pk)
    assert signed_in(cast.coordinator).get(address).status_code == 200
    for user in (cast.stranger, cast.applicant, cast.other_coordinator, cast.superuser):
        assert signed_in(user).get(address).status_code == 404
    for user in (cast.screener, cast.steward, cast.access):
        assert signed_in(user).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    open_call(cast.other_cohort, slug="south-call")
    theirs = f"/calls/south-call/inbox/{row.pk}/"
    assert signed_in(cast.other_coordinator).get(theirs).status_code == 404


def test_same_statements_with_1_and_20_questions(cast: SimpleNamespace, call: Call) -> None:
    client, counts = signed_in(cast.coordinator), []
    for n in (1, 20):
        while CallQuestion.objects.count() < n:
            inbox_actions.ask(call=call, words=f"{n}?", email=f"v{n}@example.org")
        with CaptureQueriesContext(connection) as ran:
            client.get(INBOX)
        counts.append(len(ran))
    assert counts[0] == counts[1] <= 8
