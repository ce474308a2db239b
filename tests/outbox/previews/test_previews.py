"""Who may read a message before it goes, and that what they read is what goes."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohort.outbox import api as outbox_api
from cohort.outbox.calendar import ics as calendar_ics
from cohort.outbox.delivery import sender
from cohort.outbox.log import queries as log_queries
from cohort.outbox.models import Message, State
from cohort.outbox.previews import queries as previews_queries
from cohort.outbox.registry import kinds
from cohort.people.models import Membership, User
from tests.conftest import join, person, signed_in
from tests.outbox.calendar.test_ics import BASE
from tests.outbox.conftest import REAL, TUESDAY

pytestmark = pytest.mark.django_db
LOG = "/cohorts/north/messages/"
FAR = TUESDAY + timedelta(days=400)
SECRET = "https://example.org/only-for-the-reader/4f1d"


@pytest.fixture
def trial(trial: Any) -> Any:
    """Kinds that those who run a cohort may preview, unless the test says otherwise."""
    return lambda name="trial", **fields: trial(name, **{"previewed_by": kinds.THOSE_WHO_RUN, **fields})


def queue(cast: SimpleNamespace, kind: str = "trial", key: str = "k:1", **fields: Any) -> Message:
    values = {"recipient": cast.participant, "cohort": cast.cohort, "due_at": FAR, **fields}
    outbox_api.queue(kind=kind, key=key, **values)
    return Message.objects.get(key=key)


def row_path(message: Message) -> str:
    return reverse("outbox:preview_row", args=["north", message.pk])


def kind_path(name: str, user: User, slug: str = "north") -> str:
    member = Membership.objects.current().filter(user=user).first()
    assert member is not None
    return reverse("outbox:preview_kind", args=[slug, name, member.pk])


def codes(cast: SimpleNamespace, path: str, *names: str) -> dict[str, int]:
    return {name: signed_in(getattr(cast, name)).get(path).status_code for name in names}


# ---------------------------------------------------------------- exactly what goes


def test_a_waiting_message_reads_as_it_goes(cast: SimpleNamespace, trial: Any) -> None:
    """The preview first, then the mail: same subject, same words, same files, same headers but for the date."""
    trial(attachments=lambda m: [calendar_ics.mail_part(calendar_ics.invitation(**BASE), "REQUEST")])
    message = queue(cast, due_at=TUESDAY)
    shown = previews_queries.of_row(message, cast.coordinator)
    assert shown is not None
    assert shown.mail is not None
    page = signed_in(cast.coordinator).get(row_path(message)).content.decode()
    framed = signed_in(cast.coordinator).get(row_path(message) + "html/")
    message.refresh_from_db()
    assert (message.state, message.attempts, len(mail.outbox)) == (State.PLANNED, 0, 0)  # looking sends nothing
    sender.send_due(TUESDAY)
    gone = mail.outbox[0]
    assert (shown.mail.subject, shown.mail.body, shown.mail.to, shown.mail.reply_to) == (
        gone.subject,
        gone.body,
        gone.to,
        gone.reply_to,
    )
    assert previews_queries.html_of(shown.mail) == gone.alternatives[0].content
    assert [name for name, _type in shown.files] == [gone.attachments[0][0]]
    assert shown.mail.extra_headers == gone.extra_headers
    for part in (gone.subject, "Dana Reyes &lt;dana@example.org&gt;", "Tom &amp; Eva say", "session.ics"):
        assert part in page
    assert framed.content.decode().replace('<base target="_blank">', "") == gone.alternatives[0].content
    assert "sandbox" in framed.headers["Content-Security-Policy"]
    assert framed.headers.get("X-Frame-Options") is None


def test_links_of_the_reader_alone_are_left_out(cast: SimpleNamespace, trial: Any) -> None:
    """The reader gets both secrets; who previews gets neither."""
    trial("nudge", klass="B", context=lambda m: {"words": SECRET, "url": SECRET}, secret=("words", "url"))
    message = queue(cast, "nudge", due_at=TUESDAY)
    shown = previews_queries.of_row(message, cast.facilitator)
    assert shown is not None
    assert shown.mail is not None
    preview = shown.mail.body + previews_queries.html_of(shown.mail) + str(shown.headers)
    sender.send_due(TUESDAY)
    sent = mail.outbox[0].body + str(mail.outbox[0].extra_headers)
    token = re.findall(r"/stop/([^/]+)/", sent)[0]
    assert SECRET in sent
    assert [secret for secret in (SECRET, token) if secret in preview] == []
    assert "only-the-reader-has-this-link" in preview
    assert "replaced here" in signed_in(cast.facilitator).get(kind_path("nudge", cast.participant)).content.decode()


def test_it_is_written_in_the_language_of_its_reader(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    User.objects.filter(pk=cast.participant.pk).update(language="es")
    html = signed_in(cast.coordinator).get(row_path(queue(cast)) + "html/").content.decode()
    assert '<html lang="es"' in html


def test_what_cannot_be_written_or_is_not_needed_is_said(cast: SimpleNamespace, trial: Any) -> None:
    trial("broken", template="trial/broken")
    page = signed_in(cast.coordinator).get(row_path(queue(cast, "broken"))).content.decode()
    assert "cannot be written right now" in page
    assert signed_in(cast.coordinator).get(row_path(Message.objects.get()) + "html/").status_code == 404
    trial("done", still_needed=lambda m: "answered")
    page = signed_in(cast.coordinator).get(row_path(queue(cast, "done", "k:2"))).content.decode()
    assert "it is not needed and would not go" in page
    assert "answered" not in page


# ---------------------------------------------------------------- any kind, any member


def test_a_kind_without_a_row_is_written_from_what_is_true_now(cast: SimpleNamespace, trial: Any) -> None:
    trial(
        context=lambda m: {"words": f"about {m.refs['session']}"},
        example=lambda: {"words": "about nothing"},
        refs_for=lambda cohort, user: {"session": "s-1"} if user == cast.participant else None,
    )
    client = signed_in(cast.facilitator)
    known, unknown = (client.get(kind_path("trial", user)) for user in (cast.participant, cast.steward))
    assert "about s-1" in known.content.decode()
    assert "No message of this kind waits for this person yet" in known.content.decode()
    assert "about nothing" in unknown.content.decode()
    assert "the facts in it are made up" in unknown.content.decode()
    queue(cast, refs={"session": "s-2"})
    assert "about s-2" in client.get(kind_path("trial", cast.participant)).content.decode()
    assert Message.objects.count() == 1


def test_the_form_leads_to_a_preview(cast: SimpleNamespace, trial: Any) -> None:
    trial(title="Your place", example=dict)
    client = signed_in(cast.coordinator)
    page = client.get(LOG + "preview/")
    member = Membership.objects.get(user=cast.participant)
    assert [name for name, _words in page.context["form"].fields["kind"].choices] == ["", "trial"]
    assert (str(member.pk), "Participant") in page.context["form"].fields["member"].choices
    answer = client.get(LOG + "preview/", {"kind": "trial", "member": str(member.pk)})
    assert answer.headers["Location"] == kind_path("trial", cast.participant)
    chosen = client.get(LOG + "preview/", {"kind": "trial"})  # a link may name the kind alone
    assert (chosen.context["form"].is_bound, chosen.context["form"]["kind"].value()) == (False, "trial")
    for wrong in (
        {"kind": "trial", "member": "nobody"},
        {"kind": "nothing", "member": str(member.pk)},
        {"kind": "", "member": ""},
    ):
        again = client.get(LOG + "preview/", wrong)
        assert (again.status_code, again.context["form"].is_valid()) == (200, False)


def test_the_form_takes_the_same_statements_for_one_member_and_twenty(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    client = signed_in(cast.coordinator)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(LOG + "preview/").status_code == 200
        return len(seen)

    client.get(LOG + "preview/")
    few = statements()
    for n in range(20):
        join(person(f"p{n}"), cast.cohort, "participant")
    assert statements() == few


# ---------------------------------------------------------------- who may not


def test_only_those_who_run_the_cohort_read_previews(cast: SimpleNamespace, trial: Any) -> None:
    trial(example=dict)
    paths = [row_path(queue(cast)), kind_path("trial", cast.participant), LOG + "preview/"]
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
        "superuser": 404,
    }
    for path in paths:
        assert codes(cast, path, *expected) == expected
    for path in paths[:2]:
        assert codes(cast, path + "html/", *expected) == expected
    # The other cohort's people, and a member of another cohort under this one's address
    assert signed_in(cast.coordinator).get(kind_path("trial", cast.other_participant)).status_code == 404
    theirs = queue(cast, key="k:2", recipient=cast.other_participant, cohort=cast.other_cohort)
    assert signed_in(cast.other_coordinator).get(row_path(theirs).replace("north", "south")).status_code == 200
    assert signed_in(cast.coordinator).get(row_path(theirs)).status_code == 404


@pytest.mark.parametrize("topic", ["survey", "commitment", "reflection", "digest"])
def test_private_topics_are_never_previewed(cast: SimpleNamespace, trial: Any, topic: str) -> None:
    """The mail exists and its reader gets it; nobody else may look at it."""
    trial("private", klass="B", topic=topic, example=dict)
    message = queue(cast, "private", due_at=TUESDAY)
    for name in ("coordinator", "facilitator"):
        client = signed_in(getattr(cast, name))
        for path in (row_path(message), row_path(message) + "html/", kind_path("private", cast.participant)):
            assert client.get(path).status_code == 404
        offered = client.get(LOG + "preview/").context["form"].fields["kind"].choices
        assert "private" not in dict(offered)
        assert row_path(message) not in client.get(LOG).content.decode()
    sender.send_due(TUESDAY)
    assert len(mail.outbox) == 1


def test_a_role_sees_only_its_kinds(cast: SimpleNamespace, trial: Any) -> None:
    trial("decision", previewed_by=("coordinator",), example=dict), trial("ready", klass="F", example=dict)
    decision, ready = queue(cast, "decision"), queue(cast, "ready", "k:2", recipient=cast.facilitator)
    assert codes(cast, row_path(decision), "coordinator", "facilitator") == {"coordinator": 200, "facilitator": 404}
    assert codes(cast, row_path(ready), "coordinator", "facilitator") == {"coordinator": 404, "facilitator": 200}
    assert codes(cast, kind_path("decision", cast.participant), "coordinator", "facilitator") == {
        "coordinator": 200,
        "facilitator": 404,
    }
    join(cast.coordinator, cast.cohort, "screener")  # who reads applications blind learns nothing here either
    assert codes(cast, row_path(decision), "coordinator") == {"coordinator": 404}


def test_a_tie_closes_the_preview(cast: SimpleNamespace, trial: Any) -> None:
    trial("decision", example=dict, hidden_from=lambda message, reader: reader.pk == cast.coordinator.pk)
    message = queue(cast, "decision")
    for path in (row_path(message), kind_path("decision", cast.participant)):
        assert codes(cast, path, "coordinator", "facilitator") == {"coordinator": 404, "facilitator": 200}


def test_nobody_reads_what_its_app_did_not_open(cast: SimpleNamespace, trial: Any) -> None:
    trial("closed", previewed_by=(), example=dict)
    message = queue(cast, "closed")
    assert codes(cast, row_path(message), "coordinator", "facilitator") == {"coordinator": 404, "facilitator": 404}
    page = signed_in(cast.coordinator).get(LOG + "preview/").content.decode()
    assert "/account/messages/closed/" in page  # an example is nobody's
    assert signed_in(cast.coordinator).get("/account/messages/closed/").status_code == 200


def test_what_went_out_cannot_be_read_again(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    message = queue(cast, due_at=TUESDAY)
    client = signed_in(cast.coordinator)
    assert row_path(message) in client.get(LOG).content.decode()
    sender.send_due(TUESDAY)
    assert client.get(row_path(message)).status_code == 404
    assert row_path(message) not in client.get(LOG).content.decode()


def test_what_the_apps_allow_to_be_previewed() -> None:
    """Every new kind stands here once, so that nobody opens one by accident."""

    def allowed(*roles: str) -> set[str]:
        return {kind.name for kind in REAL.values() if kind.previews_for(frozenset(roles))}

    never = {kind.name for kind in REAL.values() if kind.topic in ("survey", "commitment", "reflection", "digest")}
    assert never & allowed("coordinator", "facilitator") == set()
    assert allowed("participant", "screener", "steward", "access") == set()
    about_sessions = {
        "session_invitation",
        "session_changed",
        "session_cancelled",
        "day_before",
        "week_before",
        "starting_soon",
    }
    of_facilitators = {"session_readiness", "run_sheet", "unreachable"}
    of_coordinators = {"application_decision", "waitlist_offer", "offer_nudge", "more_information"}
    assert allowed("facilitator") == about_sessions | of_facilitators | {"invitation"}
    assert allowed("coordinator") == about_sessions | of_coordinators | {"invitation"}
    assert allowed("coordinator", "screener") == about_sessions


# ---------------------------------------------------------------- examples, for those who get them


def test_people_read_an_example_of_what_they_may_get(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B", title="The day before", example=lambda: {"words": "made-up words"})
    trial(title="Your place", example=dict), trial("ready", klass="F", example=dict)
    trial("outside", outside=True, example=dict)
    client = signed_in(cast.participant)
    page = client.get("/account/messages/").content.decode()
    for name in ("nudge", "trial"):
        assert f"/account/messages/{name}/" in page
    with CaptureQueriesContext(connection) as seen:
        example = client.get("/account/messages/nudge/")
    assert "made-up words" in example.content.decode()
    assert [q["sql"] for q in seen if "outbox_message" in q["sql"]] == []
    assert client.get("/account/messages/nudge/html/").headers["Content-Security-Policy"].startswith("default-src")
    found = {name: client.get(f"/account/messages/{name}/").status_code for name in ("ready", "outside", "no-such")}
    assert found == {"ready": 404, "outside": 404, "no-such": 404}
    for name in ("ready", "outside"):
        assert signed_in(cast.facilitator).get(f"/account/messages/{name}/").status_code == 200


# ---------------------------------------------------------------- together


def test_messages_that_go_together_are_counted_in_one_statement(cast: SimpleNamespace, trial: Any) -> None:
    trial(), trial("done", still_needed=lambda m: "answered"), trial("broken", template="trial/broken")
    for n, (kind, fields) in enumerate(
        [
            ("trial", {}),
            ("trial", {}),
            ("done", {}),
            ("broken", {}),
            ("trial", {"due_at": FAR}),
            ("trial", {"not_after": TUESDAY - timedelta(days=1)}),
            ("trial", {}),
        ]
    ):
        queue(cast, kind, f"letter:1:{n}", refs={"release": "r-1"}, **{"due_at": TUESDAY, **fields})
    queue(cast, "trial", "letter:2:1", refs={"release": "r-2"})
    assert log_queries.batch(prefix="letter:1:").sent == 0
    outbox_api.cancel(prefix="letter:1:6")
    sender.send_due(TUESDAY)
    with CaptureQueriesContext(connection) as seen:
        found = log_queries.batch(refs={"release": "r-1"})
    assert len(seen) == 1
    assert found == log_queries.batch(prefix="letter:1:")
    assert (found.total, found.sent, found.waiting, found.failed) == (6, 2, 1, 2)
    assert (found.left_out, found.called_off) == (1, 1)
    assert (found.done, found.over, found.leaves_at, found.first_at) == (5, False, FAR, TUESDAY)
    with pytest.raises(ValueError, match="say which"):
        log_queries.batch()
    assert log_queries.batch(refs={"release": "r-9"}).total == 0


def test_the_piece_about_a_batch_says_where_it_is(cast: SimpleNamespace, trial: Any) -> None:
    from django.template.loader import render_to_string
    from django.utils import timezone

    trial()
    coming = timezone.now() + timedelta(minutes=5)
    for n in range(3):
        queue(cast, key=f"letter:{n}", due_at=coming, any_hour=True)

    def piece() -> str:
        context = {"batch": log_queries.batch(prefix="letter:"), "zone": cast.cohort.zone, "undo_url": "/undo/"}
        return " ".join(render_to_string("outbox/log/_batch.html", context).split())

    held = piece()
    assert "3 messages leave at" in held
    assert 'action="/undo/"' in held
    assert "<progress" not in held
    Message.objects.update(due_at=TUESDAY - timedelta(days=365 * 2))
    going = piece()
    assert "0 of 3 messages have left." in going
    assert 'value="0"' in going
    assert "/undo/" not in going
    sender.send_due(coming + timedelta(minutes=1))
    over = piece()
    assert "3 of 3 messages have left." in over
    assert 'data-batch-over="yes"' in over
    assert "Look again" not in over
