"""More time, closing early, the grace minutes, and reminders that a coordinator sends."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.apply import actions as apply_actions
from applications.apply.messages import _draft_plan
from applications.call import actions as call_actions
from applications.call import extend as call_extend
from applications.common import form_context
from applications.models import Answer, Application, Call
from cohort.outbox.models import Message
from cohort.outbox.queue import rows as queue_rows
from cohort.outbox.registry import kinds
from cohort.outbox.rendering import render
from cohort.people import history
from cohort.people.states import NotPossible
from tests.applications.apply.filled import open_call
from tests.applications.pool import make_application
from tests.conftest import signed_in


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


def extend(cast: SimpleNamespace, call: Call, days: int) -> Call:
    return call_actions.extend_call(
        call=call, actor=cast.coordinator, closes_at=call.closes_at + dt.timedelta(days=days)
    )


def test_more_time_is_told_once_to_all_who_started_or_sent(cast: SimpleNamespace, call: Call) -> None:
    draft = make_application(call, 1, state="draft")
    sent = make_application(call, 2)
    make_application(call, 3, state="withdrawn")
    extend(cast, call, 3)
    rows = Message.objects.filter(kind="deadline_extended")
    assert {m.refs["application"] for m in rows} == {str(draft.pk), str(sent.pk)}
    call_extend.tell_extension(call, before=timezone.now(), now=timezone.now())  # the same extension again
    assert rows.all().count() == 2
    message = rows.get(recipient=draft.applicant)
    part = render(message, kinds.get(message.kind))
    assert part.subject == "More time to apply to North"
    assert "Pacific time" in part.text
    assert "Nothing that you saved or sent is lost" in part.text
    needed = kinds.get("deadline_extended").still_needed
    assert needed(message) is None
    call.refresh_from_db()
    extend(cast, call, 2)
    assert rows.all().count() == 4
    assert needed(message) == "changed"  # only the newest time is told
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_more_time_just_before_the_deadline_is_told_at_any_hour(cast: SimpleNamespace, call: Call) -> None:
    make_application(call, 1, state="draft")
    extend(cast, call, 1)
    assert [m.any_hour for m in Message.objects.all()] == [False]
    Call.objects.update(closes_at=timezone.now() + dt.timedelta(hours=2))
    call.refresh_from_db()
    extend(cast, call, 1)
    assert sorted(m.any_hour for m in Message.objects.all()) == [False, True]


def test_a_closed_call_opens_again_with_a_later_time(cast: SimpleNamespace, call: Call) -> None:
    make_application(call, 1, state="draft")
    call_actions.close_call(call=call, actor=cast.coordinator)
    Call.objects.update(closes_at=timezone.now() - dt.timedelta(hours=1))
    client = signed_in(cast.coordinator)
    assert "/calls/north-call/extend/" in client.get("/calls/north-call/manage/").content.decode()
    later = (timezone.now() + dt.timedelta(days=2)).astimezone(cast.cohort.zone)
    client.post("/calls/north-call/extend/", {"closes_at": later.strftime("%Y-%m-%dT%H:%M")})
    call.refresh_from_db()
    assert call.takes_new(timezone.now())
    assert Message.objects.get().kind == "deadline_extended"
    Call.objects.update(state="decided")
    call.refresh_from_db()
    with pytest.raises(NotPossible):
        extend(cast, call, 1)


def test_the_pages_say_who_is_affected(cast: SimpleNamespace, call: Call) -> None:
    for number in (1, 2, 3):
        make_application(call, number, state="draft" if number < 3 else "submitted")
    client = signed_in(cast.coordinator)
    assert (
        "3 people with a started or sent application get one email"
        in client.get("/calls/north-call/extend/").content.decode()
    )
    page = client.get("/calls/north-call/close/").content.decode()
    assert "2 people have an application that is not sent" in page
    assert "There are no grace minutes when you close by hand" in page


def test_grace_minutes_save_and_send_open_drafts_but_start_none(cast: SimpleNamespace, call: Call) -> None:
    row = apply_actions.start(call=call, applicant=cast.applicant)
    row.call, row.applicant = call, cast.applicant
    context = form_context.of_application(row)
    section = context.form.part("eligibility")
    assert call.grace_minutes == 15

    def save(minutes: float, base: int) -> str:
        return apply_actions.save_part(
            application=row,
            context=context,
            section=section,
            posted={"elig_org": ["yes"], "elig_dates": ["yes"], "elig_authority": ["decide"]},
            base=base,
            whole=True,
            now=call.closes_at + dt.timedelta(minutes=minutes),
        ).state

    assert save(-1, 0) == "saved"
    assert save(14.9, 1) == "saved"
    with pytest.raises(apply_actions.ClosedError):
        save(15.1, 1)
    assert Answer.objects.filter(application=row).count() == 3
    for minutes in (0.1, 14.9):
        with pytest.raises(apply_actions.ClosedError):
            apply_actions.start(call=call, applicant=cast.stranger, now=call.closes_at + dt.timedelta(minutes=minutes))
    call_actions.close_call(call=call, actor=cast.coordinator)
    call.refresh_from_db()
    with pytest.raises(apply_actions.ClosedError):
        save(-1, 1)  # closed by hand: at once


def test_a_reminder_reaches_only_those_who_asked_and_only_once(cast: SimpleNamespace, call: Call) -> None:
    asked = make_application(call, 1, state="draft", remind=True)
    make_application(call, 2, state="draft")
    make_application(call, 3, remind=True)
    client = signed_in(cast.coordinator)
    page = client.get("/calls/north-call/pool/").content.decode()
    assert "Remind 1 person now" in page
    client.post("/calls/north-call/pool/remind/")
    client.post("/calls/north-call/pool/remind/")
    message = Message.objects.get(kind="application_draft")
    assert (message.recipient, message.key) == (asked.applicant, f"app_draft:{asked.pk}:2")
    assert [e.details["count"] for e in history.of(call) if e.verb == "call.drafts_reminded"] == [1, 0]
    assert "Everyone who asked has been reminded" in client.get("/calls/north-call/pool/").content.decode()
    # The planner finds the same key three days before the deadline, so that it is twice at most.
    kind = kinds.get("application_draft")
    before = call.closes_at - dt.timedelta(days=3, hours=1)
    again = [p for p in _draft_plan(before) if p.key.endswith(":2")]
    assert [p.key for p in again] == [message.key]
    assert queue_rows.add([(kind, p) for p in again], from_plan=True) == []
    for user in (cast.stranger, cast.other_coordinator):
        assert signed_in(user).post("/calls/north-call/pool/remind/").status_code == 404
    call_actions.close_call(call=call, actor=cast.coordinator)
    call.refresh_from_db()
    with pytest.raises(NotPossible):
        call_extend.remind_drafts(call=call, actor=cast.coordinator)


def test_pool_page_totals_sources_of_hearing_and_fixed_statements(cast: SimpleNamespace, call: Call) -> None:
    client, counts = signed_in(cast.coordinator), []
    for n in (3, 20):
        for number in range(Application.objects.count() + 1, n + 1):
            row = make_application(call, number, state="draft" if number % 3 == 0 else "submitted", remind=number == 3)
            Answer.objects.create(
                application=row,
                question="heard_from",
                visibility="staff",
                value=["partner", "event"] if number % 2 else ["event"],
            )
        client.get("/calls/north-call/pool/")  # the form is read once per process
        with CaptureQueriesContext(connection) as ran:
            page = client.get("/calls/north-call/pool/")
        counts.append(len(ran))
    assert counts[0] == counts[1] <= 16
    pool, heard = page.context["pool"], page.context["heard"]
    assert (pool.sent, pool.drafts) == (14, 6)
    bars = {bar.label: bar.count for bar in heard.bars}
    assert (heard.total, bars["A meeting or event"], bars["An organization or network that I know"]) == (14, 14, 7)
    assert page.context["drafts"].wanted == 1
