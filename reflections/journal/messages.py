"""Mail about reflections. No private word is ever in it: a day, a kind of change, a link."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohort.outbox.models import Message
from cohort.outbox.registry import kinds


def _journal_context(message: Message) -> dict[str, Any]:
    return {"what": message.refs.get("what"), "journal_path": reverse("reflections:journal")}


JOURNAL_NOTICE = kinds.MessageKind(
    name="journal_notice",
    klass="A",
    title=_("A key of your journal was changed"),
    about=_("Tells you when your journal was set up, or its passphrase or code was changed."),
    template="reflections/journal/mail/journal_notice",
    context=_journal_context,
    example=lambda: {"what": "passphrase", "journal_path": reverse("reflections:journal")},
    listed=False,
    any_hour=True,
    when=_("right after the change"),
)


def register() -> None:
    kinds.register(JOURNAL_NOTICE)
