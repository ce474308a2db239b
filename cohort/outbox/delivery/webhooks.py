"""What a mail provider reports about mail that it took from us: it came back, somebody called it unwanted, somebody
wants no more of it. django-anymail checks who asks and reads each provider's own way of saying it.

Nothing is open until the site names its provider (``MAIL_PROVIDER``) and a secret (``WEBHOOK_SECRET`` in ``ANYMAIL``):
the secret is asked of every provider, also of those that sign what they send, and only the one named is listened to.
"""

from __future__ import annotations

import email
import email.policy
import logging
import re
from collections.abc import Callable
from typing import Any, Literal

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from cohort.outbox import suppression
from cohort.outbox.preferences import actions as preferences_actions

log = logging.getLogger(__name__)
Meaning = Literal["bounced", "complained", "unsubscribed"]

#: Where each provider says whether an address will never work, as opposed to a full mailbox or a busy server. Their
#: reports come to us as the provider wrote them. Anymail calls all of these "bounced".
_FOR_GOOD: dict[str, Callable[[dict[str, Any]], bool]] = {
    "Amazon SES": lambda said: _dig(said, "bounce", "bounceType") == "Permanent",
    "Brevo": lambda said: said.get("event") in ("hard_bounce", "invalid_email"),
    "MailerSend": lambda said: said.get("type") == "activity.hard_bounced",
    "Mailgun": lambda said: (
        _dig(said, "event-data", "severity") == "permanent"
        and _dig(said, "event-data", "reason") in ("bounce", "suppress-bounce")
    ),
    "Mailjet": lambda said: bool(said.get("hard_bounce")),
    "Mandrill": lambda said: said.get("event") == "hard_bounce",
    "Postmark": lambda said: said.get("Type", said.get("SuppressionReason")) in ("HardBounce", "BadEmailAddress"),
    "Resend": lambda said: _dig(said, "data", "bounce", "type") == "Permanent",
    "SparkPost": lambda said: _dig(said, "msys", "message_event", "bounce_class") in ("10", "30"),
}
#: RFC 3463 and RFC 7505: bad mailbox, bad system, bad syntax, moved away, takes no mail.
_NO_SUCH_BOX = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")


def _dig(said: Any, *names: str) -> Any:
    for name in names:
        said = said.get(name) if isinstance(said, dict) else None
    return said


def meaning(event: Any, provider: str) -> Meaning | None:
    """What an event of anymail asks of us. None: nothing (delivered, put off, a full mailbox, not understood)."""
    # "Rejected" is the provider, which remembers what a person did; "bounced" for spam is the opinion of a filter.
    remembered = event.reject_reason if event.event_type == "rejected" else None
    if event.event_type == "complained" or remembered == "spam":
        return "complained"
    if event.event_type == "unsubscribed" or remembered == "unsubscribed":
        return "unsubscribed"
    if event.event_type not in ("bounced", "rejected"):
        return None
    said = event.esp_event if isinstance(event.esp_event, dict) else {}
    tells = _FOR_GOOD.get(provider)
    if tells is not None:
        return "bounced" if tells(said) else None
    # A provider whose reports we have not learned to read: only what the receiving server itself said counts.
    return "bounced" if _NO_SUCH_BOX.search(event.mta_response or "") else None


def heard(sender: Any = None, *, event: Any, esp_name: str, **_more: Any) -> None:
    """One report. Safe to hear twice: providers repeat themselves until they are answered."""
    what = meaning(event, esp_name)
    if what is None or not event.recipient:
        return
    log.info("%s says: %s", esp_name, what)  # never the address
    done = {
        "bounced": suppression.bounced,
        "complained": suppression.complained,
        "unsubscribed": suppression.unsubscribed,
    }
    done[what](email=event.recipient)


# ---------------------------------------------------------------- mail to the stop address

_STOP = re.compile(r"\bstop[ _+]([A-Za-z0-9_-]{16,64})(?![A-Za-z0-9_-])", re.IGNORECASE)  # a token may end in "-"


def stop_by_mail(subject: str) -> bool:
    """Somebody's mail program answered with the mail that ``List-Unsubscribe`` asks for: its subject holds the token.

    :return: whether it was a token that works.
    """
    found = _STOP.search(" ".join(subject.split()))
    return found is not None and preferences_actions.stop_by_token(token=found[1])


def stop_by_message(raw: bytes) -> bool:
    """The same for a whole mail as it stands in a mailbox or comes through a pipe."""
    return stop_by_mail(str(email.message_from_bytes(raw, policy=email.policy.default).get("Subject", "")))


def received(sender: Any = None, *, event: Any, esp_name: str, **_more: Any) -> None:
    """A mail to the stop address, passed on by the provider. Anything else that lands there is left alone."""
    stop_by_mail(str(event.message.subject or ""))


# ---------------------------------------------------------------- wiring


def receiver(what: str) -> Callable[[HttpRequest], HttpResponse] | None:
    """Anymail's view for the site's provider; None while nothing is set up, or for what that provider does not send.

    :param what: ``tracking`` or ``inbound``.
    """
    if not settings.MAIL_PROVIDER or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        return None
    from anymail import urls

    names = (f"{settings.MAIL_PROVIDER}_{what}_webhook", f"{settings.MAIL_PROVIDER}_webhook")
    return next((pattern.callback for pattern in urls.urlpatterns if pattern.name in names), None)


def check(app_configs: Any, **_more: Any) -> list[checks.CheckMessage]:
    """Refuse a provider without a secret or without what its signatures are checked with, and a name nobody has."""
    if not settings.MAIL_PROVIDER:
        return []
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        words = "MAIL_PROVIDER is set, but ANYMAIL has no WEBHOOK_SECRET: reports of the provider are refused."
        return [checks.Error(words, hint='ANYMAIL={"WEBHOOK_SECRET": "name:a-long-random-word"}', id="outbox.E001")]
    receive = receiver("tracking")
    if receive is None:
        words = f"MAIL_PROVIDER {settings.MAIL_PROVIDER!r} is not one that anymail knows."
        return [checks.Error(words, id="outbox.E002")]
    try:
        receive.view_class(**receive.view_initkwargs)  # type: ignore[attr-defined]
    except ImproperlyConfigured as error:  # a key to check signatures with, or a package, is missing
        return [checks.Error(f"{settings.MAIL_PROVIDER}: {error}", id="outbox.E003")]
    return []


def connect() -> None:
    """Listen to reports and to mail that comes in, and check how it is set up."""
    from anymail import signals

    signals.tracking.connect(heard, dispatch_uid="outbox.heard")
    signals.inbound.connect(received, dispatch_uid="outbox.received")
    checks.register(check)
