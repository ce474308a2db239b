"""What somebody would get, shown before it goes to those who run a cohort. Nothing is stored or sent.

A preview is made by the same code as the mail itself. Two things differ: addresses that work for whoever has them
(the stop link, and those that a kind names as ``secret``) are replaced, because they are the reader's own.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from cohort.outbox import rendering
from cohort.outbox.log.queries import GONE, log_of
from cohort.outbox.models import WAITING, Message
from cohort.outbox.previews import samples
from cohort.outbox.registry import kinds
from cohort.people.models import Cohort, Membership, User

log = logging.getLogger(__name__)
#: How many of the lines above a mail are for everybody; those after them are for mail programs.
PLAIN = 4


class FactsSource(Enum):
    """Where the facts of a preview come from."""

    ROW = "row"  # a message that waits
    FACTS = "facts"  # the next one of its kind, as things stand now
    EXAMPLE = "example"  # invented ones


@dataclass(frozen=True)
class Preview:
    """``mail`` is None when it cannot be written now, for instance because what it is about is gone."""

    kind: kinds.MessageKind
    source: FactsSource
    mail: rendering.Mail | None
    message: Message
    needed: bool = True
    masked: bool = False

    @property
    def headers(self) -> list[tuple[str, str]]:
        return headers_of(self.mail) if self.mail else []

    @property
    def files(self) -> list[tuple[str, str]]:
        """Name and kind of each attached file."""
        return [(str(item[0]), str(item[2])) for item in self.mail.attachments] if self.mail else []  # type: ignore[index]


def headers_of(mail: rendering.Mail) -> list[tuple[str, str]]:
    """The lines above a mail that its reader may look at, in their usual order."""
    found = [("From", mail.from_email), ("To", ", ".join(mail.to)), ("Reply-To", ", ".join(mail.reply_to or []))]
    found += [("Subject", str(mail.subject))]
    found += [(name, str(mail.extra_headers.get(name, ""))) for name in ("List-Unsubscribe", "List-Unsubscribe-Post")]
    return [(name, str(value)) for name, value in found if value]


def html_of(mail: rendering.Mail) -> str:
    content, _mimetype = mail.alternatives[0]
    return str(content)


# ---------------------------------------------------------------- who may see what


def kinds_for(roles: frozenset[str]) -> list[kinds.MessageKind]:
    """The kinds that a reader with ``roles`` may preview for others, by name."""
    found = [kind for kind in kinds.registered() if kind.previews_for(roles) and not kind.outside]
    return sorted(found, key=lambda kind: str(kind.title))


def people_of(cohort: Cohort) -> list[Membership]:
    """One membership for each current member, by name (one statement)."""
    held = Membership.objects.current().filter(cohort=cohort).select_related("user", "cohort").order_by("role", "pk")
    once = {row.user_id: row for row in held}
    return sorted(once.values(), key=lambda row: (row.user.get_full_name().casefold(), str(row.user_id)))


def rows_for(cohort: Cohort, roles: frozenset[str]) -> QuerySet[Message]:
    """The messages that wait, or can be sent again, and whose words a reader with ``roles`` may see."""
    names = [kind.name for kind in kinds.registered() if kind.previews_for(roles)]
    return log_of(cohort, roles).filter(kind__in=names).exclude(state__in=GONE).select_related("cohort")


# ---------------------------------------------------------------- making one


def of_row(message: Message, reader: User) -> Preview | None:
    """A message that waits, as it would go now; None when ``reader`` must not see it (a tie)."""
    kind = kinds.get(message.kind)
    if kind.hidden_from(message, reader):
        return None
    return _made(kind, message, FactsSource.ROW)


def of_kind(kind: kinds.MessageKind, member: Membership, reader: User) -> Preview | None:
    """The next message of ``kind`` to ``member``: the one that waits, else by the facts as they stand now, else by
    invented ones. None when ``reader`` must not see it."""
    waiting = (
        Message.objects.filter(kind=kind.name, recipient=member.user_id, cohort=member.cohort_id, state__in=WAITING)
        .select_related("recipient", "cohort")
        .order_by("next_at")
        .first()
    )
    if waiting is not None:
        return of_row(waiting, reader)
    refs = kind.refs_for(member.cohort, member.user)
    message = Message(
        id=samples.NOTHING,
        key="preview",
        kind=kind.name,
        klass=kind.klass,
        cohort=member.cohort,
        recipient=member.user,
        refs=dict(refs or {}),
        due_at=timezone.now(),
        message_id="<preview@example.org>",
    )
    if refs is None:
        return _made(kind, message, FactsSource.EXAMPLE)
    return None if kind.hidden_from(message, reader) else _made(kind, message, FactsSource.FACTS)


def _made(kind: kinds.MessageKind, message: Message, source: FactsSource) -> Preview:
    own = settings.SITE_URL + reverse("outbox:stop", args=["only-the-reader-has-this-link"])
    stop = own if kind.stoppable and message.recipient else ""
    needed = True
    try:
        with translation.override(rendering.language_of(message)):
            facts: dict[str, Any] = kind.context(message) if source is not FactsSource.EXAMPLE else _example(kind)
            facts |= {name: own for name in kind.secret if facts.get(name)}
            if source is FactsSource.ROW:
                needed = kind.still_needed(message) is None
        part = rendering.render(message, kind, stop, facts=facts, files=source is not FactsSource.EXAMPLE)
        mail = rendering.mail([(message, part)], stop)
    except Exception as error:
        # The type alone: the words of an error may hold what rows hold.
        log.warning("A preview of %s could not be written: %s", kind.name, type(error).__name__)
        return Preview(kind, source, None, message)
    return Preview(kind, source, mail, message, needed, masked=bool(stop or kind.secret))


def _example(kind: kinds.MessageKind) -> dict[str, Any]:
    return kind.example() if kind.example else {}
