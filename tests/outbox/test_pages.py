"""Who may read the message log, what it says, and what people choose."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohort.outbox import api as outbox_api
from cohort.outbox import own_kinds, suppression
from cohort.outbox.delivery import sender
from cohort.outbox.models import Message, Preference, State
from cohort.outbox.preferences import actions as preferences_actions
from cohort.people.models import HistoryEntry, Membership
from tests.conftest import join, person, signed_in
from tests.outbox.conftest import TUESDAY

pytestmark = pytest.mark.django_db
LOG = "/cohorts/north/messages/"


def queue(cast: SimpleNamespace, key: str = "k:1", kind: str = "trial", **fields: Any) -> Message:
    values = {"recipient": cast.participant, "cohort": cast.cohort, "due_at": TUESDAY, **fields}
    outbox_api.queue(kind=kind, key=key, **values)
    return Message.objects.get(key=key)


# ---------------------------------------------------------------- the log


def test_only_those_who_run_the_cohort_read_the_log(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    queue(cast)
    expected = {
        "coordinator": 200,
        "facilitator": 200,
        "participant": 403,
        "screener": 403,
        "steward": 403,
        "access": 403,
        "applicant": 404,
        "stranger": 404,
        "other_coordinator": 404,
        "other_facilitator": 404,
        "superuser": 404,
    }
    assert {name: signed_in(getattr(cast, name)).get(LOG).status_code for name in expected} == expected
    assert Client().get(LOG).status_code == 302
    assert signed_in(cast.coordinator).get("/cohorts/nowhere/messages/").status_code == 404


def test_the_log_says_who_what_when_and_why(cast: SimpleNamespace, trial: Any) -> None:
    trial(title="Your place"), trial("prework", klass="B", title="Prework", still_needed=lambda m: "read")
    trial("nudge", klass="B", title="Nudge")
    queue(cast), queue(cast, "k:2", "prework"), queue(cast, "k:3", "nudge")
    preferences_actions.choose(user=cast.participant, wanted={"nudge": False})
    sender.send_due(TUESDAY)
    page = signed_in(cast.coordinator).get(LOG)
    told = {row.title: (row.who, str(row.state), str(row.reason)) for row in page.context["rows"]}
    assert told == {
        "Your place": ("Participant", "sent", ""),
        "Prework": ("Participant", "not needed", ""),
        "Nudge": ("Participant", "not wanted, not sent", "the person does not want this kind of message"),
    }
    words = page.content.decode()
    assert "Tuesday 13 October 2026, 10:00 (Pacific time)" in words
    assert "read" not in words.split()  # codes of kinds stay their own
    assert Message.objects.get(key="k:2").reason == "read"


def test_the_log_never_tells_who_answered_a_survey(cast: SimpleNamespace, trial: Any) -> None:
    """Somebody answered before the reminder went, somebody did not: their rows read the same, in every tab."""
    trial(
        "survey",
        klass="B",
        topic="survey",
        title="Survey",
        still_needed=lambda m: "answered" if m.recipient == cast.participant else None,
    )
    answered, asked = queue(cast, "k:1", "survey"), queue(cast, "k:2", "survey", recipient=cast.facilitator)
    sender.send_due(TUESDAY + timedelta(hours=3))
    answered.refresh_from_db(), asked.refresh_from_db()
    assert (answered.state, answered.reason, asked.state) == (State.SKIPPED, "answered", State.SENT)
    client = signed_in(cast.coordinator)
    for view in ("all", "sent", "missed", "waiting"):
        page = client.get(f"{LOG}?show={view}")
        rows = {row.who: (str(row.state), row.tone, str(row.reason), row.sent_later) for row in page.context["rows"]}
        seen = ("sent, or not needed", "todo", "", None)
        assert rows == ({"Participant": seen, "Facilitator": seen} if view in ("all", "sent") else {})
        assert "answered" not in page.content.decode()


def test_the_log_does_not_tell_that_somebody_has_a_commitment(cast: SimpleNamespace, trial: Any) -> None:
    trial("commitment_lookback", klass="C", topic="commitment"), trial("nudge", klass="B", title="Nudge")
    queue(cast, "k:1", "commitment_lookback"), queue(cast, "k:2", "nudge")
    assert Message.objects.count() == 2
    assert [row.title for row in signed_in(cast.coordinator).get(LOG).context["rows"]] == ["Nudge"]


def test_the_log_of_one_cohort_never_shows_another(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    queue(cast)
    queue(cast, "k:2", recipient=cast.other_participant, cohort=cast.other_cohort)
    assert [row.who for row in signed_in(cast.other_coordinator).get("/cohorts/south/messages/").context["rows"]] == [
        "Other-Participant"
    ]
    assert [row.who for row in signed_in(cast.coordinator).get(LOG).context["rows"]] == ["Participant"]


def test_who_screens_sees_no_applicants_in_the_log(cast: SimpleNamespace, trial: Any) -> None:
    """A facilitator who also reads applications blind must not learn here who applied, and when."""
    trial("application_received", title="Application received"), trial("nudge", klass="B", title="Nudge")
    queue(cast, "k:1", "application_received", recipient=cast.applicant)
    queue(cast, "k:2", "application_received")  # of somebody who is a member by now
    queue(cast, "k:3", "nudge")
    queue(cast, "k:4", "nudge", recipient=cast.applicant)

    def seen() -> list[tuple[str, str]]:
        rows = signed_in(cast.facilitator).get(LOG).context["rows"]
        return sorted((str(row.title), row.who) for row in rows)

    assert seen() == [
        ("Application received", "Applicant"),
        ("Application received", "Participant"),
        ("Nudge", "Applicant"),
        ("Nudge", "Participant"),
    ]
    join(cast.facilitator, cast.cohort, "screener")
    assert seen() == [("Nudge", "Participant")]


def test_the_log_takes_the_same_statements_for_one_row_and_twenty(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    client = signed_in(cast.coordinator)
    queue(cast)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(LOG).status_code == 200
        return len(seen)

    client.get(LOG)
    one = statements()
    for n in range(20):
        queue(cast, f"more:{n}", recipient=person(f"p{n}"))
    assert statements() == one


def test_the_log_is_paged_and_has_tabs(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    for n in range(30):
        queue(cast, f"k:{n:02}", due_at=TUESDAY + timedelta(minutes=n))
    client = signed_in(cast.coordinator)
    assert [len(client.get(f"{LOG}?page={n}").context["rows"]) for n in (1, 2)] == [25, 5]
    assert len(client.get(f"{LOG}?show=waiting").context["page"].paginator.object_list) == 30
    assert client.get(f"{LOG}?show=sent").context["rows"] == []
    assert client.get(f"{LOG}?show=secret").status_code == 404


def test_a_missed_message_can_be_sent_by_hand(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    message = queue(cast, not_after=TUESDAY - timedelta(days=1))
    sent = queue(cast, "k:2")
    sender.send_due(TUESDAY)
    address = reverse("outbox:send_again", args=["north", message.pk])
    for name, code in {"participant": 403, "stranger": 404, "other_coordinator": 404}.items():
        assert signed_in(getattr(cast, name)).post(address).status_code == code
    client = signed_in(cast.coordinator)
    assert client.get(reverse("outbox:send_again", args=["north", sent.pk])).status_code == 404
    assert client.get(address).status_code == 200
    message.refresh_from_db()
    assert message.state == State.EXPIRED  # looking changes nothing
    assert client.post(address).status_code == 302
    message.refresh_from_db()
    assert message.state == State.PLANNED
    entry = HistoryEntry.objects.get(verb="message.sent_by_hand")
    assert (entry.actor_id, entry.object_id, entry.details) == (cast.coordinator.pk, str(message.pk), {"kind": "trial"})


# ---------------------------------------------------------------- choices


def test_people_choose_by_kind(cast: SimpleNamespace, trial: Any) -> None:
    trial(title="A decision"), trial("nudge", klass="B", title="The day before", about="Comes at 15:00.")
    trial("digest", klass="C", default_on=False), trial("ready", klass="F"), trial("alarm", klass="F", can_stop=False)
    client = signed_in(cast.participant)
    page = client.get("/account/messages/")
    assert [(c.kind, c.wanted) for c in page.context["form"].choices] == [
        ("nudge", True),
        ("digest", False),
        ("weekly_digest", False),
    ]
    assert [kind.name for kind in page.context["always"]] == ["trial"]
    assert "Comes at 15:00." in page.content.decode()
    assert client.post("/account/messages/", {"digest": "on", "trial": "", "alarm": ""}).status_code == 302
    assert set(Preference.objects.values_list("user", "kind", "wanted")) == {
        (cast.participant.pk, "nudge", False),
        (cast.participant.pk, "digest", True),
        (cast.participant.pk, "weekly_digest", False),
    }
    assert [c.kind for c in signed_in(cast.facilitator).get("/account/messages/").context["form"].choices] == [
        "nudge",
        "digest",
        "weekly_digest",
        "ready",
    ]
    assert Client().get("/account/messages/").status_code == 302


def test_a_person_whose_mail_comes_back_is_told_on_the_page(cast: SimpleNamespace, trial: Any) -> None:
    client = signed_in(cast.participant)
    assert "Email to " not in client.get("/account/messages/").content.decode()
    own_kinds.register()
    suppression.bounced(email="participant@example.org")
    assert "Email to participant@example.org came back" in client.get("/account/messages/").content.decode()
    assert "Email to " not in signed_in(cast.facilitator).get("/account/messages/").content.decode()


def test_facilitators_are_told_once_of_an_address_that_bounces(cast: SimpleNamespace) -> None:
    own_kinds.register()
    Membership.objects.filter(user=cast.facilitator).update(joined_at=TUESDAY)
    for _again in range(2):
        suppression.bounced(email="participant@example.org")
    assert list(Message.objects.values_list("kind", "recipient__email")) == [("unreachable", cast.facilitator.email)]


def test_the_table_of_kinds_in_the_documentation_is_true(monkeypatch: Any) -> None:
    """Run ``manage.py message_kinds --write`` after adding or changing a kind."""
    import subprocess
    import sys

    from cohort.outbox.management.commands.message_kinds import PAGE

    done = subprocess.run(
        [sys.executable, "manage.py", "message_kinds", "--check"],
        cwd=PAGE.parent.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-300:]
