"""Each provider's reports as its own documentation shapes them, with invented people, posted to the address that a
site gives to its provider. Mailgun and Postmark are in ``test_providers``.

Documentation: Amazon SNS and SES event publishing, Brevo transactional webhooks, MailerSend activity webhooks, Mailjet
event API, Mandrill webhooks, Resend webhooks, SparkPost event webhooks.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from cohort.outbox.models import Message, Preference, Suppression
from tests.outbox.delivery.test_webhooks import BASIC, SECRET, TRACKING

pytestmark = pytest.mark.django_db
WHO, KEY = "participant@example.org", "an-invented-key-to-sign-with"
#: What a person did, or a server said. None: this provider has no such report.
WHAT = ("delivered", "soft", "hard", "complained", "unsubscribed")
Post = tuple[str, str, dict[str, str]]  # body, content type, headers


def _mark(message: str, digest: str) -> hmac.HMAC:
    return hmac.new(KEY.encode(), message.encode(), digest)


def _plain(said: Any) -> Post:
    return json.dumps(said), "application/json", {}


def amazon_ses(what: str) -> Post | None:
    mail = {
        "timestamp": "2026-10-13T16:33:54.000Z",
        "source": "hello@cohort.example",
        "messageId": "0101-a",
        "destination": [WHO],
        "headers": [{"name": "Subject", "value": "Session 3 is tomorrow"}],
    }
    bounce = {
        "bouncedRecipients": [{"emailAddress": WHO, "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 no"}],
        "bounceSubType": "General",
        "feedbackId": "0101-b",
        "reportingMTA": "dns; example.org",
    }
    parts: dict[str, dict[str, Any]] = {
        "delivered": {"eventType": "Delivery", "delivery": {"recipients": [WHO], "smtpResponse": "250 ok"}},
        "soft": {"eventType": "Bounce", "bounce": {**bounce, "bounceType": "Transient"}},
        "hard": {"eventType": "Bounce", "bounce": {**bounce, "bounceType": "Permanent"}},
        "complained": {
            "eventType": "Complaint",
            "complaint": {
                "complainedRecipients": [{"emailAddress": WHO}],
                "complaintFeedbackType": "abuse",
                "feedbackId": "0101-c",
            },
        },
    }
    if what not in parts:
        return None
    note = {
        "Type": "Notification",
        "MessageId": "22b80b92",
        "Timestamp": "2026-10-13T16:33:55.000Z",
        "TopicArn": "arn:aws:sns:us-west-2:123456789012:mail",
        "SignatureVersion": "1",
        "Signature": "ZXhhbXBsZQ==",
        "Message": json.dumps({"mail": mail, **parts[what]}),
    }
    headers = {"HTTP_X_AMZ_SNS_MESSAGE_TYPE": "Notification", "HTTP_X_AMZ_SNS_MESSAGE_ID": "22b80b92"}
    return json.dumps(note), "text/plain; charset=UTF-8", headers


def brevo(what: str) -> Post | None:
    names = {
        "delivered": "delivered",
        "soft": "soft_bounce",
        "hard": "hard_bounce",
        "complained": "spam",
        "unsubscribed": "unsubscribe",
    }
    return _plain(
        {
            "event": names[what],
            "email": WHO,
            "id": 26224,
            "date": "2026-10-13 16:33:54",
            "ts": 1791909234,
            "message-id": "<2026.1@cohort.example>",
            "ts_event": 1791909234,
            "ts_epoch": 1791909234000,
            "subject": "Session 3 is tomorrow",
            "reason": "550 5.1.1",
        }
    )


def mailersend(what: str) -> Post | None:
    names = {
        "delivered": "delivered",
        "soft": "soft_bounced",
        "hard": "hard_bounced",
        "complained": "spam_complaint",
        "unsubscribed": "unsubscribed",
    }
    morphs = {
        "soft": "recipient_bounce",
        "hard": "recipient_bounce",
        "complained": "spam_complaint",
        "unsubscribed": "recipient_unsubscribe",
    }
    morph = {"object": morphs[what], "reason": "The address does not exist"} if what in morphs else None
    body = json.dumps(
        {
            "type": f"activity.{names[what]}",
            "domain_id": "83gwk2j7zqz1nxyd",
            "created_at": "2026-10-13T16:33:54.000000Z",
            "webhook_id": "yv69oxl5kl785kw2",
            "url": "https://cohort.example/mail/tracking/",
            "data": {
                "object": "activity",
                "id": "62f114f8165fe0d8db0288e5",
                "type": names[what],
                "morph": morph,
                "created_at": "2026-10-13T16:33:54.000000Z",
                "email": {
                    "object": "email",
                    "id": "62f114f7165fe0d8db0288e2",
                    "from": "hello@cohort.example",
                    "subject": "Session 3 is tomorrow",
                    "status": "rejected",
                    "tags": None,
                    "message": {"object": "message", "id": "62fb66bef54a112e920b5493"},
                    "recipient": {"object": "recipient", "id": "62c69be104270ee9c6074d32", "email": WHO},
                },
            },
        }
    )
    return body, "application/json", {"HTTP_SIGNATURE": _mark(body, "sha256").hexdigest()}


def mailjet(what: str) -> Post | None:
    names: dict[str, dict[str, Any]] = {
        "delivered": {"event": "sent", "smtp_reply": "250 ok"},
        "soft": {
            "event": "bounce",
            "blocked": False,
            "hard_bounce": False,
            "error_related_to": "recipient",
            "error": "quota exceeded",
        },
        "hard": {
            "event": "bounce",
            "blocked": False,
            "hard_bounce": True,
            "error_related_to": "recipient",
            "error": "user unknown",
        },
        "complained": {"event": "spam", "source": "JMRPP"},
        "unsubscribed": {"event": "unsub", "mj_list_id": 1, "ip": "127.0.0.1", "geo": "US", "agent": "Mozilla/5.0"},
    }
    return _plain(
        [
            {
                "time": 1791909234,
                "MessageID": 19421777836302490,
                "Message_GUID": "1ab23cd4",
                "email": WHO,
                "mj_campaign_id": 7257,
                "mj_contact_id": 4,
                "customcampaign": "",
                "CustomID": "",
                "Payload": "",
                **names[what],
            }
        ]
    )


def mandrill(what: str) -> Post | None:
    names = {
        "delivered": "send",
        "soft": "soft_bounce",
        "hard": "hard_bounce",
        "complained": "spam",
        "unsubscribed": "unsub",
    }
    event = {
        "event": names[what],
        "_id": "exampleaaaaaaaaaaaaaaaaaaaaaaaaa",
        "ts": 1791909234,
        "msg": {
            "ts": 1791909230,
            "email": WHO,
            "sender": "hello@cohort.example",
            "state": "bounced",
            "tags": [],
            "subject": "Session 3 is tomorrow",
            "metadata": {},
            "bounce_description": "bad_mailbox",
            "diag": "smtp;550 5.1.1 no such user",
            "_id": "exampleaaaaaaaaaaaaaaaaaaaaaaaaa",
        },
    }
    events = json.dumps([event])
    # Mandrill signs the address that it was given, with the secret in it, and then the fields by name.
    url = f"http://{SECRET}@testserver{TRACKING}"
    mark = base64.b64encode(_mark(f"{url}mandrill_events{events}", "sha1").digest()).decode()
    return events, "form", {"HTTP_X_MANDRILL_SIGNATURE": mark}


def resend(what: str) -> Post | None:
    names = {
        "delivered": "email.delivered",
        "soft": "email.bounced",
        "hard": "email.bounced",
        "complained": "email.complained",
    }
    if what not in names:
        return None
    data: dict[str, Any] = {
        "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
        "from": "hello@cohort.example",
        "to": [WHO],
        "created_at": "2026-10-13T16:33:50.000Z",
        "headers": [],
        "subject": "Session 3 is tomorrow",
    }
    if what in ("soft", "hard"):
        kind = {"soft": "Transient", "hard": "Permanent"}[what]
        data["bounce"] = {
            "message": "The recipient's email provider sent a hard bounce message",
            "type": kind,
            "subType": "General",
        }
    return _plain({"type": names[what], "created_at": "2026-10-13T16:33:54.000Z", "data": data})


def sparkpost(what: str) -> Post | None:
    names = {
        "delivered": ("message_event", {"type": "delivery"}),
        "soft": ("message_event", {"type": "bounce", "bounce_class": "22", "raw_reason": "452 4.2.2 Mailbox full"}),
        "hard": ("message_event", {"type": "bounce", "bounce_class": "10", "raw_reason": "550 5.1.1 No such user"}),
        "complained": ("message_event", {"type": "spam_complaint", "fbtype": "abuse", "report_by": "example.org"}),
        "unsubscribed": ("unsubscribe_event", {"type": "list_unsubscribe"}),
    }
    part, said = names[what]
    return _plain(
        [
            {
                "msys": {
                    part: {
                        "event_id": "92356927693813856",
                        "raw_rcpt_to": WHO,
                        "rcpt_to": WHO,
                        "transmission_id": "65832150921904138",
                        "timestamp": "1791909234",
                        "subject": "Session 3 is tomorrow",
                        "rcpt_meta": {},
                        **said,
                    }
                }
            }
        ]
    )


PROVIDERS: dict[str, tuple[Callable[[str], Post | None], dict[str, str]]] = {
    "amazon_ses": (amazon_ses, {}),
    "brevo": (brevo, {}),
    "mailersend": (mailersend, {"MAILERSEND_SIGNING_SECRET": KEY}),
    "mailjet": (mailjet, {}),
    "mandrill": (mandrill, {"MANDRILL_WEBHOOK_KEY": KEY}),
    "resend": (resend, {}),
    "sparkpost": (sparkpost, {}),
}
SIGNED = {"mailersend": "HTTP_SIGNATURE", "mandrill": "HTTP_X_MANDRILL_SIGNATURE"}


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    settings.MAIL_PROVIDER, settings.ANYMAIL = name, {"WEBHOOK_SECRET": SECRET, **PROVIDERS[name][1]}
    if name == "amazon_ses":  # what it reads from Amazon's own package is used only to confirm a subscription
        from anymail.webhooks import amazon_ses as view

        monkeypatch.setattr(view, "_get_anymail_boto3_params", lambda **_more: ({}, {}))
    return name


def send(post: Post, auth: str = BASIC, **changed: str) -> int:
    body, kind, headers = post
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    more = {**headers, **({"HTTP_AUTHORIZATION": auth} if auth else {}), **changed}
    if kind == "form":
        return client.post(TRACKING, {"mandrill_events": body}, **more).status_code  # type: ignore[arg-type]
    return client.post(TRACKING, body, content_type=kind, **more).status_code  # type: ignore[arg-type]


def known(cast: SimpleNamespace) -> tuple[list[str], bool, int]:
    """Why the address is held back, whether its owner wants no more, and how many were told."""
    return (
        list(Suppression.objects.values_list("why", flat=True)),
        Preference.objects.filter(user=cast.participant, kind="nudge", wanted=False).exists(),
        Message.objects.filter(kind="unreachable", recipient=cast.facilitator).count(),
    )


NOTHING: tuple[list[str], bool, int] = ([], False, 0)
AFTER = {
    "delivered": NOTHING,
    "soft": NOTHING,
    "hard": (["bounced"], False, 1),
    "complained": (["complaint"], True, 0),
    "unsubscribed": ([], True, 0),
}


@pytest.mark.parametrize("what", WHAT)
def test_each_report_does_what_it_says_once(cast: SimpleNamespace, trial: Any, provider: str, what: str) -> None:
    trial("nudge", klass="B")
    post = PROVIDERS[provider][0](what)
    if post is None:
        assert (provider, what) in {("amazon_ses", "unsubscribed"), ("resend", "unsubscribed")}
        return
    assert (send(post), known(cast)) == (200, AFTER[what])
    assert (send(post), known(cast)) == (200, AFTER[what])  # providers repeat themselves


def test_without_the_secret_or_with_a_wrong_signature_nothing_is_believed(
    cast: SimpleNamespace, trial: Any, provider: str
) -> None:
    trial("nudge", klass="B")
    post = PROVIDERS[provider][0]("hard")
    assert post is not None
    guess = "Basic " + base64.b64encode(b"reports:guess").decode()
    # Amazon asks first without the secret, and brings it when the answer is 401.
    assert (send(post, auth=""), send(post, auth=guess)) == (401 if provider == "amazon_ses" else 400, 400)
    if provider in SIGNED:
        assert send(post, **{SIGNED[provider]: "bm90IHRoZSBzaWduYXR1cmU="}) == 400
        assert send((post[0], post[1], {})) == 400
    if provider == "amazon_ses":
        assert send(post, HTTP_X_AMZ_SNS_MESSAGE_ID="another") == 400
    assert known(cast) == NOTHING
    assert (send(post), known(cast)) == (200, AFTER["hard"])


def test_a_filter_that_took_our_mail_for_spam_is_not_a_person_who_complained(
    cast: SimpleNamespace, trial: Any, settings: Any
) -> None:
    trial("nudge", klass="B")
    settings.MAIL_PROVIDER, settings.ANYMAIL = "sparkpost", {"WEBHOOK_SECRET": SECRET}
    post = sparkpost("hard")
    assert post is not None
    for code in ("50", "51", "52"):  # mail block, spam block, spam content: the receiving server's own opinion
        assert send((post[0].replace('"10"', f'"{code}"'), post[1], post[2])) == 200
    assert known(cast) == NOTHING
