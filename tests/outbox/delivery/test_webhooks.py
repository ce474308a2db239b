"""Reports of mail providers in the shapes that they really have, and mail to the stop address.

The payloads follow the providers' own documentation (Postmark: bounce, spam complaint and subscription change
webhooks; Mailgun: signed webhooks of 2018 and later; Amazon SES: SNS notifications), with invented people.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import logging
import sys
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cohort.outbox import api as outbox_api
from cohort.outbox.delivery import sender, webhooks
from cohort.outbox.models import Message, Preference, StopToken, Suppression
from tests.outbox.conftest import TUESDAY

pytestmark = pytest.mark.django_db
SECRET, KEY = "reports:a-long-random-word", "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"
BASIC = "Basic " + base64.b64encode(SECRET.encode()).decode()
TRACKING, INBOUND = "/mail/tracking/", "/mail/inbound/"


@pytest.fixture
def postmark(settings: Any) -> None:
    settings.MAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def mailgun(settings: Any) -> None:
    settings.MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


def post(body: dict[str, Any], path: str = TRACKING, auth: str = BASIC, **headers: Any) -> int:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if auth:
        headers["HTTP_AUTHORIZATION"] = auth
    return client.post(path, json.dumps(body), content_type="application/json", **headers).status_code


def postmark_bounce(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "MessageStream": "outbound",
        "ID": 4323372036854775807,
        "Type": kind,
        "TypeCode": 1,
        "Name": "Hard bounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 The email account does not exist.",
        "Email": "participant@example.org",
        "From": "hello@cohort.example",
        "BouncedAt": "2026-10-13T16:33:54.9070259Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Session 3 is tomorrow",
        **more,
    }


def signed(data: dict[str, Any], key: str = KEY) -> dict[str, Any]:
    stamp, token = "1791904434", "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
    mark = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"signature": {"timestamp": stamp, "token": token, "signature": mark}, "event-data": data}


def mailgun_failed(severity: str, reason: str) -> dict[str, Any]:
    return {
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1791904434.5,
        "log-level": "error",
        "event": "failed",
        "severity": severity,
        "reason": reason,
        "recipient": "participant@example.org",
        "recipient-domain": "example.org",
        "delivery-status": {
            "attempt-no": 1,
            "message": "5.1.1 no such user",
            "code": 550,
            "description": "",
            "session-seconds": 0.43,
        },
        "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
        "envelope": {"sender": "hello@cohort.example", "transport": "smtp", "targets": "participant@example.org"},
        "message": {
            "attachments": [],
            "size": 3028,
            "headers": {
                "message-id": "20261013.1@cohort.example",
                "to": "participant@example.org",
                "from": "hello@cohort.example",
                "subject": "Session 3 is tomorrow",
            },
        },
        "storage": {},
        "campaigns": [],
        "tags": [],
        "user-variables": {},
    }


def known() -> tuple[list[str], int]:
    """Why addresses are held back, and how many kinds were stopped."""
    return list(Suppression.objects.values_list("why", flat=True)), Preference.objects.filter(wanted=False).count()


# ---------------------------------------------------------------- the door


def test_nothing_is_open_until_it_is_set_up(cast: SimpleNamespace, settings: Any) -> None:
    assert (settings.MAIL_PROVIDER, post(postmark_bounce("HardBounce"))) == ("", 404)
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    assert post(postmark_bounce("HardBounce")) == 404
    settings.MAIL_PROVIDER, settings.ANYMAIL = "postmark", {}
    assert post(postmark_bounce("HardBounce")) == 404
    assert [check.id for check in webhooks.check(None)] == ["outbox.E001"]
    settings.MAIL_PROVIDER, settings.ANYMAIL = "pigeons", {"WEBHOOK_SECRET": SECRET}
    assert post(postmark_bounce("HardBounce")) == 404
    assert [check.id for check in webhooks.check(None)] == ["outbox.E002"]
    settings.MAIL_PROVIDER = "mailgun"  # it signs, and the key to check that with is missing
    assert [check.id for check in webhooks.check(None)] == ["outbox.E003"]
    settings.MAIL_PROVIDER = "postmark"
    assert webhooks.check(None) == []
    assert post(postmark_bounce("HardBounce"), "/mail/nonsense/") == 404
    assert known() == ([], 0)
    assert post(postmark_bounce("HardBounce")) == 200
    assert known() == (["bounced"], 0)


@pytest.mark.usefixtures("postmark")
def test_without_the_secret_nothing_is_believed(cast: SimpleNamespace) -> None:
    wrong = "Basic " + base64.b64encode(b"reports:guess").decode()
    assert [post(postmark_bounce("HardBounce"), auth=auth) for auth in ("", wrong)] == [400, 400]
    assert known() == ([], 0)


@pytest.mark.usefixtures("mailgun")
def test_a_wrong_signature_is_not_believed_even_with_the_secret(cast: SimpleNamespace) -> None:
    report = mailgun_failed("permanent", "suppress-bounce")
    assert post(signed(report, key="key-of-somebody-else")) == 400
    assert post({"event-data": report}) == 400
    assert post(signed(report), auth="") == 400
    assert known() == ([], 0)
    assert post(signed(report)) == 200
    assert known() == (["bounced"], 0)


# ---------------------------------------------------------------- what a report does


@pytest.mark.usefixtures("postmark")
def test_a_hard_bounce_at_postmark_holds_optional_mail_back_and_tells_facilitators(
    cast: SimpleNamespace, trial: Any, caplog: Any
) -> None:
    trial("nudge", klass="B"), trial("decision")
    with caplog.at_level(logging.INFO):
        for _again in range(2):  # providers repeat themselves
            assert post(postmark_bounce("HardBounce")) == 200
    assert known() == (["bounced"], 0)
    assert list(Message.objects.values_list("kind", "recipient")) == [("unreachable", cast.facilitator.pk)]
    for n, kind in enumerate(("nudge", "decision")):
        outbox_api.queue(kind=kind, key=f"k:{n}", recipient=cast.participant, cohort=cast.cohort, due_at=TUESDAY)
    sender.send_due(TUESDAY)
    states = dict(Message.objects.filter(key__startswith="k:").values_list("kind", "state"))
    assert states == {"nudge": "suppressed", "decision": "sent"}
    assert "Postmark says: bounced" in caplog.text
    assert "participant@example.org" not in caplog.text


@pytest.mark.usefixtures("postmark")
@pytest.mark.parametrize("kind", ["SoftBounce", "Transient", "AutoResponder", "DnsError", "Blocked", "Unknown"])
def test_what_may_pass_does_nothing_at_postmark(cast: SimpleNamespace, kind: str) -> None:
    assert post(postmark_bounce(kind, Details="smtp;452 4.2.2 The email account is over quota.")) == 200
    assert known() == ([], 0)


@pytest.mark.usefixtures("postmark")
def test_a_complaint_at_postmark_stops_all_that_is_optional(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B"), trial("digest", klass="C"), trial("decision")
    report = postmark_bounce("SpamComplaint", RecordType="SpamComplaint", Name="Spam complaint", TypeCode=100001)
    assert post(report) == 200
    assert list(Suppression.objects.values_list("why", flat=True)) == ["complaint"]
    stopped = set(Preference.objects.filter(user=cast.participant, wanted=False).values_list("kind", flat=True))
    assert stopped >= {"nudge", "digest"}
    assert "decision" not in stopped
    assert Message.objects.count() == 0  # no mail says so, to nobody


@pytest.mark.usefixtures("postmark")
def test_an_unsubscribe_at_postmark_is_honoured(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B")
    report = {
        "RecordType": "SubscriptionChange",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 123456,
        "MessageStream": "outbound",
        "ChangedAt": "2026-10-13T10:53:34.416071Z",
        "Recipient": "participant@example.org",
        "Origin": "Recipient",
        "SuppressSending": True,
        "SuppressionReason": "ManualSuppression",
        "Tag": "",
        "Metadata": {},
    }
    assert post(report) == 200
    assert list(Suppression.objects.all()) == []
    assert Preference.objects.filter(user=cast.participant, kind="nudge", wanted=False).exists()


@pytest.mark.usefixtures("postmark")
def test_a_postmark_report_that_sending_was_stopped_after_a_bounce_is_a_bounce(cast: SimpleNamespace) -> None:
    report = {
        "RecordType": "SubscriptionChange",
        "ChangedAt": "2026-10-13T10:53:34.416071Z",
        "Origin": "Recipient",
        "Recipient": "participant@example.org",
        "SuppressSending": True,
        "SuppressionReason": "HardBounce",
    }
    assert post(report) == 200
    assert known() == (["bounced"], 0)


@pytest.mark.usefixtures("mailgun")
@pytest.mark.parametrize(
    ("severity", "reason", "expected"),
    [
        ("permanent", "bounce", ["bounced"]),
        ("permanent", "suppress-bounce", ["bounced"]),
        ("permanent", "generic", []),
        ("temporary", "generic", []),
        ("temporary", "bounce", []),
    ],
)
def test_failures_at_mailgun(cast: SimpleNamespace, severity: str, reason: str, expected: list[str]) -> None:
    assert post(signed(mailgun_failed(severity, reason))) == 200
    assert known() == (expected, 0)


@pytest.mark.usefixtures("mailgun")
def test_complaints_and_unsubscribes_at_mailgun(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B")
    report = {
        "id": "ncV2XwymRUKbPek_MIM-Gw",
        "timestamp": 1791904434.5,
        "log-level": "info",
        "event": "unsubscribed",
        "recipient": "participant@example.org",
        "ip": "50.56.129.169",
        "tags": [],
        "campaigns": [],
        "geolocation": {"country": "US", "region": "CA", "city": "San Francisco"},
        "client-info": {"client-os": "Linux", "device-type": "desktop", "user-agent": "Mozilla/5.0"},
        "message": {"headers": {"message-id": "20261013.2@cohort.example"}},
        "user-variables": {},
    }
    assert post(signed(report)) == 200
    assert Preference.objects.filter(user=cast.participant, kind="nudge", wanted=False).exists()
    assert list(Suppression.objects.all()) == []
    assert post(signed({**report, "event": "complained", "log-level": "warn"})) == 200
    assert list(Suppression.objects.values_list("why", flat=True)) == ["complaint"]


def test_reports_of_amazon_ses_say_what_is_for_good(cast: SimpleNamespace) -> None:
    """The reading alone: its webhook needs boto3, which only those who use it install."""

    def event(kind: str) -> SimpleNamespace:
        said = {
            "notificationType": "Bounce",
            "bounce": {
                "bounceType": kind,
                "bounceSubType": "General",
                "bouncedRecipients": [{"emailAddress": "participant@example.org", "status": "5.1.1"}],
            },
        }
        return SimpleNamespace(event_type="bounced", reject_reason="bounced", esp_event=said, mta_response=None)

    assert [webhooks.meaning(event(kind), "Amazon SES") for kind in ("Permanent", "Transient", "Undetermined")] == [
        "bounced",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("550 5.1.1 No such user", "bounced"),
        ("552 5.2.2 Mailbox full", None),
        ("550 5.7.1 Blocked", None),
        (None, None),
    ],
)
def test_of_other_providers_only_the_receiving_server_is_believed(said: str | None, expected: str | None) -> None:
    event = SimpleNamespace(event_type="bounced", reject_reason="bounced", esp_event={}, mta_response=said)
    assert webhooks.meaning(event, "Some Provider") == expected


def test_a_report_about_an_address_nobody_has_changes_nobody(cast: SimpleNamespace, settings: Any) -> None:
    settings.MAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": SECRET}
    assert post(postmark_bounce("HardBounce", Email="someone-else@example.org")) == 200
    assert (Message.objects.count(), Preference.objects.count()) == (0, 0)


# ---------------------------------------------------------------- mail to the stop address


def asked_to_stop(cast: SimpleNamespace, trial: Any) -> str:
    trial("nudge", klass="B")
    outbox_api.queue(kind="nudge", key="k:1", recipient=cast.participant, cohort=cast.cohort, due_at=TUESDAY)
    sender.send_due(TUESDAY)
    return StopToken.objects.get(user=cast.participant, scope="nudge").token


def stopped(cast: SimpleNamespace) -> bool:
    return Preference.objects.filter(user=cast.participant, kind="nudge", wanted=False).exists()


def postmark_mail(subject: str) -> dict[str, Any]:
    return {
        "FromName": "Participant",
        "MessageStream": "inbound",
        "From": "participant@example.org",
        "FromFull": {"Email": "participant@example.org", "Name": "Participant", "MailboxHash": ""},
        "To": "stop@cohort.example",
        "ToFull": [{"Email": "stop@cohort.example", "Name": "", "MailboxHash": ""}],
        "Cc": "",
        "CcFull": [],
        "Bcc": "",
        "BccFull": [],
        "OriginalRecipient": "stop@cohort.example",
        "Subject": subject,
        "MessageID": "22c74902-a0c1-4511-804f2-341342852c90",
        "ReplyTo": "",
        "MailboxHash": "",
        "Date": "Tue, 13 Oct 2026 10:59:01 -0700",
        "TextBody": "",
        "HtmlBody": "",
        "StrippedTextReply": "",
        "Tag": "",
        "Headers": [{"Name": "Return-Path", "Value": "<participant@example.org>"}],
        "Attachments": [],
    }


@pytest.mark.usefixtures("postmark")
@pytest.mark.parametrize("end", ["a", "-", "_"])
def test_a_mail_to_the_stop_address_stops_that_kind(cast: SimpleNamespace, trial: Any, end: str) -> None:
    token = asked_to_stop(cast, trial)[:-1] + end
    StopToken.objects.update(token=token)
    for other in ("stop", "Re: Session 3 is tomorrow", "stop 0123456789abcdef0123", ""):
        assert post(postmark_mail(other), INBOUND) == 200
    assert post(postmark_mail(f"stop {token}"), INBOUND, auth="") == 400
    assert not stopped(cast)
    assert post(postmark_mail(f"Stop {token}"), INBOUND) == 200
    assert stopped(cast)


def test_a_mail_server_of_ones_own_can_pipe_the_mail_in(cast: SimpleNamespace, trial: Any, monkeypatch: Any) -> None:
    token = asked_to_stop(cast, trial)

    def pipe(subject: str) -> str:
        letter = EmailMessage()
        letter["Subject"], letter["From"], letter["To"] = subject, "participant@example.org", "stop@cohort.example"
        letter.set_content("")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(letter.as_bytes())))
        said = io.StringIO()
        call_command("stop_mail", stdout=said)
        return said.getvalue().strip()

    assert [pipe("Hello"), stopped(cast)] == ["nothing to stop", False]
    assert [pipe(f"stop {token}"), stopped(cast)] == ["stopped", True]


def test_the_stop_address_stands_in_the_header_with_the_token(cast: SimpleNamespace, trial: Any, settings: Any) -> None:
    from django.core import mail

    settings.STOP_ADDRESS = "stop@cohort.example"
    token = asked_to_stop(cast, trial)
    header = mail.outbox[0].extra_headers["List-Unsubscribe"]
    page = settings.SITE_URL + reverse("outbox:stop", args=[token])
    assert header == f"<{page}>, <mailto:stop@cohort.example?subject=stop%20{token}>"
