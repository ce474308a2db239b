"""Coordinators write the call page: lines, words, a look before saving, and nobody else may."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.call.page import actions as page_actions
from applications.call.page import queries as page_queries
from applications.models import Call, PageItem
from cohort.people import history
from cohort.people.states import NotPossible
from tests.applications.apply.filled import open_call
from tests.conftest import signed_in

PAGE = "/calls/north-call/page/"


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    cast.cohort.outcomes, cast.cohort.faq = ["See more.", "Do more."], [{"question": "Why?", "answer": "Because."}]
    cast.cohort.save()
    return open_call(cast.cohort)


def titles(call: Call, part: str) -> list[str]:
    return [line.title for line in page_queries.lines(Call.objects.get(pk=call.pk))[part]]


def public() -> str:
    return Client().get("/calls/north-call/").content.decode()


def test_standard_lines_stand_until_a_coordinator_makes_them_the_calls_own(cast: SimpleNamespace, call: Call) -> None:
    assert titles(call, "outcome") == ["See more.", "Do more."]
    assert titles(call, "asks")[:2] == ["About 9 hours a month", "At least 8 of 10 sessions"]
    client = signed_in(cast.coordinator)
    client.post(f"{PAGE}outcome/own/")
    client.post(f"{PAGE}outcome/own/")
    cast.cohort.outcomes = ["Changed later."]
    cast.cohort.save()
    assert titles(call, "outcome") == ["See more.", "Do more."]
    assert PageItem.objects.count() == 2
    assert [e.details for e in history.of(call) if e.verb == "call.page_changed"] == [
        {"part": "outcome", "what": "own"}
    ]


def test_lines_are_added_changed_sorted_removed_and_put_back(cast: SimpleNamespace, call: Call) -> None:
    client = signed_in(cast.coordinator)
    client.post(f"{PAGE}question/new/", {"title": "Is it free?", "words": "Yes."})
    client.post(f"{PAGE}question/new/", {"title": "Where is it?", "words": "In Everett."})
    assert titles(call, "question") == ["Why?", "Is it free?", "Where is it?"]
    free = PageItem.objects.get(title="Is it free?")
    client.post(f"{PAGE}lines/{free.pk}/move/", {"way": "up"})
    client.post(f"{PAGE}lines/{free.pk}/move/", {"way": "up"})  # at the top already
    assert titles(call, "question") == ["Is it free?", "Why?", "Where is it?"]
    client.post(f"{PAGE}lines/{free.pk}/move/", {"way": "down"})
    client.post(f"{PAGE}lines/{free.pk}/", {"title": "What does it cost?", "words": "Nothing."})
    client.post(f"{PAGE}lines/{free.pk}/remove/")
    assert titles(call, "question") == ["Why?", "Where is it?"]
    assert "What does it cost?" not in public()
    assert "What does it cost?" in client.get(PAGE).content.decode()  # can be put back
    client.post(f"{PAGE}lines/{free.pk}/back/")
    assert titles(call, "question") == ["Why?", "What does it cost?", "Where is it?"]
    assert "What does it cost?" in public()
    assert [e.details["what"] for e in history.of(call) if e.verb == "call.page_changed"] == [
        "own",
        "added",
        "added",
        "moved",
        "moved",
        "changed",
        "removed",
        "put_back",
    ]
    assert "free" not in str([e.details for e in history.of(call)])  # what was written is not in the log


def test_removed_lines_go_for_good_after_thirty_days(cast: SimpleNamespace, call: Call) -> None:
    item = page_actions.add_line(call=call, part="outcome", actor=cast.coordinator, title="Old")
    page_actions.remove_line(item=item, actor=cast.coordinator)
    assert page_actions.clear_removed() == 0
    assert page_actions.clear_removed(now=timezone.now() + dt.timedelta(days=31)) == 1
    assert titles(call, "outcome") == ["See more.", "Do more."]


def test_a_look_at_the_page_saves_nothing_and_keeps_what_was_typed(cast: SimpleNamespace, call: Call) -> None:
    client = signed_in(cast.coordinator)
    new = {
        "title": "A better title",
        "summary": "Short.",
        "opening": "First.\n\nSecond <b>.",
        "cost": "Free of cost",
        "contact_name": "Rosa",
        "contact_email": "rosa@example.org",
        "contact_phone": "",
    }
    seen = client.post(f"{PAGE}words/", {**new, "look": "1"}).content.decode()
    assert "Nothing is saved yet." in seen
    for words in ("A better title", "<p>First.</p>", "Second &lt;b&gt;.", "Free of cost", "rosa@example.org"):
        assert words in seen
    assert "A better title" not in public()
    again = client.post(f"{PAGE}words/", {**new, "again": "1"})
    assert again.context["form"]["opening"].value() == new["opening"]
    client.post(f"{PAGE}words/", new)
    page = public()
    for words in ("A better title", "Second &lt;b&gt;.", "Free of cost", "Rosa", "rosa@example.org"):
        assert words in page
    call.refresh_from_db()
    assert call.facts["contact_name"] == "Rosa"
    assert "contact_phone" not in call.facts
    client.post(f"{PAGE}words/", {**new, "contact_name": "", "contact_email": ""})
    assert "Dana Reyes" in public()  # the cohort's again
    line = client.post(f"{PAGE}facilitator/new/", {"title": "Luis", "words": "Listens.", "look": "1"}).content.decode()
    assert "Listens." in line
    assert "Listens." not in public()


def test_days_stand_in_the_timeline_in_their_place(cast: SimpleNamespace, call: Call) -> None:
    day = (call.closes_at - dt.timedelta(days=2)).date()
    client = signed_in(cast.coordinator)
    client.post(f"{PAGE}date/new/", {"on": day.isoformat(), "title": "Open evening"})
    seen = [row.words for row in Client().get("/calls/north-call/").context["timeline"]]
    assert seen[:3] == ["Applications open", "Open evening", "Applications close"]
    assert client.post(f"{PAGE}date/new/", {"title": "No day"}).context["form"].errors.keys() == {"on"}


def test_dates_and_numbers_until_the_call_opens_and_what_is_fixed_then(cast: SimpleNamespace, call: Call) -> None:
    Call.objects.update(state="draft")
    client = signed_in(cast.coordinator)
    new = {
        "opens_at": "2027-02-01T09:00",
        "closes_at": "2027-03-01T17:00",
        "decisions_on": "2027-04-01",
        "readers_per_application": "4",
        "accept_days": "10",
        "session_dates": "first Mondays",
        "total_sessions": "9",
        "min_sessions": "7",
        "committee_list": "Rosa",
    }
    wrong = client.post(f"{PAGE}dates/", {**new, "decisions_on": "2027-02-02", "min_sessions": "10"})
    assert set(wrong.context["form"].errors) == {"decisions_on", "min_sessions"}
    client.post(f"{PAGE}dates/", new)
    call.refresh_from_db()
    assert (call.closes_at.astimezone(cast.cohort.zone).hour, call.readers_per_application, call.accept_days) == (
        17,
        4,
        10,
    )
    assert call.facts["session_dates"] == "first Mondays"
    Call.objects.update(state="open")
    client.post(f"{PAGE}dates/", {**new, "closes_at": "2026-12-01T17:00", "decisions_on": "2027-04-02"})
    before = call.closes_at
    call.refresh_from_db()
    assert (call.closes_at, call.decisions_on) == (before, dt.date(2027, 4, 2))
    early = client.post(f"{PAGE}dates/", {**new, "decisions_on": "2027-02-02"})
    assert set(early.context["form"].errors) == {"decisions_on"}
    with pytest.raises(NotPossible):
        page_actions.change_dates(call=call, actor=cast.coordinator, facts={}, readers_per_application=1)
    assert [e.details["fields"] for e in history.of(call) if e.details.get("part") == "dates"][-1] == ["decisions_on"]


def test_errors_stand_beside_fields_and_nothing_is_lost(cast: SimpleNamespace, call: Call) -> None:
    client = signed_in(cast.coordinator)
    wrong = client.post(f"{PAGE}question/new/", {"title": "x" * 201, "words": "  "})
    assert set(wrong.context["form"].errors) == {"title", "words"}
    assert "x" * 201 in wrong.content.decode()
    strange = client.post(f"{PAGE}question/new/", {"title": "A\x00b\u202ec", "words": "line\r\nnext \U0001f600"})
    assert strange.status_code == 302
    item = PageItem.objects.get(title="Abc")
    assert item.words == "line\nnext \U0001f600"
    assert client.post(f"{PAGE}nonsense/new/", {"title": "x"}).status_code == 404


def test_the_database_refuses_lines_that_make_no_sense(cast: SimpleNamespace, call: Call) -> None:
    for wrong in (
        {"part": "nonsense"},
        {"part": "date"},
        {"part": "question"},
        {"part": "outcome", "title": ""},
        {"part": "asks", "on": dt.date(2027, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PageItem.objects.create(**{"call": call, "place": 1, "title": "x", **wrong})


@pytest.mark.parametrize("path", ["", "words/", "dates/", "question/new/", "lines/{pk}/"])
def test_only_coordinators_of_the_cohort(cast: SimpleNamespace, call: Call, path: str) -> None:
    item = page_actions.add_line(call=call, part="question", actor=cast.coordinator, title="Q", words="A")
    address = PAGE + path.format(pk=item.pk)
    assert signed_in(cast.coordinator).get(address).status_code == 200
    for user in (cast.stranger, cast.applicant, cast.other_coordinator, cast.superuser):
        assert signed_in(user).get(address).status_code == 404
    for user in (cast.screener, cast.steward, cast.participant):
        assert signed_in(user).get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_a_line_of_another_call_is_out_of_reach(cast: SimpleNamespace, call: Call) -> None:
    other = open_call(cast.other_cohort, slug="south-call")
    theirs = page_actions.add_line(call=other, part="question", actor=cast.other_coordinator, title="Q", words="A")
    client = signed_in(cast.coordinator)
    assert signed_in(cast.other_coordinator).get(f"/calls/south-call/page/lines/{theirs.pk}/").status_code == 200
    for path in (f"{theirs.pk}/", f"{theirs.pk}/move/", f"{theirs.pk}/remove/", f"{uuid.uuid4()}/back/"):
        assert client.post(f"{PAGE}lines/{path}", {"title": "x", "words": "y"}).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.title, theirs.removed_at) == ("Q", None)


def test_same_statements_with_1_and_20_lines(cast: SimpleNamespace, call: Call) -> None:
    client, counts = signed_in(cast.coordinator), []
    for n in (1, 20):
        while PageItem.objects.filter(part="facilitator").count() < n:
            page_actions.add_line(call=call, part="facilitator", actor=cast.coordinator, title=f"Person {n}")
        one = []
        for who, path in ((client, PAGE), (Client(), "/calls/north-call/")):
            who.get(path)  # the form is read once per process
            with CaptureQueriesContext(connection) as ran:
                who.get(path)
            one.append(len(ran))
        counts.append(one)
    assert counts[0] == counts[1]
    assert counts[0][1] <= 6
