"""Reads for the pages of the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohort.outbox.models import WAITING, Message, State
from cohort.outbox.queue import rows as queue_rows
from cohort.outbox.registry import kinds
from cohort.outbox.registry.labels import Words
from cohort.people.models import Cohort, Membership, Role

ON_TIME = timedelta(minutes=10)


def _who_repairs() -> str:
    if settings.OPERATORS:
        return gettext("the message could not be written; the people who run this site have been told")
    return gettext("the message could not be written; please tell the people who run this site")


#: Read when the page is made: only where operators are named has anybody been told.
_broken = lazy(_who_repairs, str)

#: Why, in words that people who run a cohort may read. A reason that is not here came from a kind and stays its
#: secret ("answered" would tell who answered a survey): the page says "not needed".
REASONS: dict[str, Words] = {
    "quiet_hours": _("waits for a better hour"),
    "limit": _("there were enough messages for this person already"),
    "shares_mail": _("goes together with another message today"),
    "too_late": _("it was too late"),
    "joined_later": _("the person joined after it was due"),
    "no_recipient": _("the account is gone or switched off"),
    "left": _("the person left"),
    "stopped": _("the person does not want this kind of message"),
    "address_bad": _("email to this address comes back"),
    "address_refused": _("the address was refused; please ask for another one"),
    "server_busy": _("the mail server was busy"),
    "server_setup": _("our mail server needs attention"),
    "mail_refused": _("the mail server refused the message"),
    "no_connection": _("the mail server did not answer"),
    "send_error": _("sending failed"),
    "template_error": _broken(),
    "kind_gone": _("this kind of message is no longer in use"),
    "outcome_unknown": _("sending was cut off, so we do not know whether it arrived"),
    "cause_gone": _("no longer needed"),
    "stopped_by_hand": _("stopped by a coordinator"),
    "sent_by_hand": _("sent again by hand"),
}


@dataclass(frozen=True)
class Row:
    """One line of the message log."""

    message: Message
    who: str
    title: Words
    state: Words
    tone: str  # a class of the page: done, todo, now, bad
    reason: Words
    can_send: bool
    can_read: bool  # a preview of it
    sent_later: datetime | None  # when it went, if that was not when it was planned


_TONES = {
    State.SENT: "done",
    State.FAILED: "bad",
    State.UNKNOWN: "bad",
    State.EXPIRED: "bad",
    State.RETRY: "now",
    State.CLAIMED: "now",
}

#: Nothing of these goes out any more, and their words are kept nowhere.
GONE = (State.CLAIMED, State.SENT, State.SKIPPED, State.SUPPRESSED, State.CANCELLED)

#: The tabs of the log: address, words, states.
VIEWS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "all": (_("All"), tuple(State.values)),
    "waiting": (_("Waiting"), (*WAITING, State.CLAIMED)),
    "sent": (_("Sent"), (State.SENT,)),
    "missed": (_("Missed"), (State.FAILED, State.EXPIRED, State.UNKNOWN)),
}


def log_of(
    cohort: Cohort, roles: frozenset[str], view: str = "all", away: Iterable[Mapping[str, str]] = ()
) -> QuerySet[Message]:
    """The messages of a cohort that a reader with ``roles`` in it may see listed, latest first. Those that hold any of
    the refs in ``away`` (:func:`kinds.kept_from`) are left out.

    Somebody who also reads applications blind sees no message that would tell who applied or when: only those to
    current members, and of kinds that are not about applying.
    """
    screens = Role.SCREENER in roles
    # A kind that is no longer registered counts as one that must not be seen.
    shown = [kind for kind in kinds.registered() if kind.in_log and not (screens and kind.hidden_from_screeners)]
    states = Q(state__in=VIEWS[view][1])
    if view == "sent":  # or the tab would tell those that were not needed from the others
        states |= Q(state=State.SKIPPED, kind__in=[kind.name for kind in shown if kind.hides_outcome])
    rows = Message.objects.filter(states, cohort=cohort, kind__in=[kind.name for kind in shown])
    if screens:
        rows = rows.filter(Exists(Membership.objects.current().filter(cohort=cohort, user=OuterRef("recipient"))))
    for refs in away:
        rows = rows.exclude(refs__contains=refs)
    rows = rows.select_related("recipient")
    return rows.order_by("-due_at", "key")


def in_words(message: Message, roles: frozenset[str] = frozenset()) -> Row:
    """One row as the page says it to a reader with ``roles``. Makes no statement for rows of :func:`log_of`."""
    kind = kinds.find(message.kind)
    state = State(message.state)
    reason: Words = REASONS.get(message.reason, "")
    veiled = kind is not None and kind.hides_outcome and state in (State.SENT, State.SKIPPED)
    sent_at = None if veiled else message.sent_at
    if message.reason and not reason and state != State.SKIPPED:
        reason = _("not needed")
    return Row(
        message=message,
        who=message.recipient.get_full_name() if message.recipient else message.email or str(_("a person who is gone")),
        title=kind.title if kind else message.kind,
        state=_("sent, or not needed") if veiled else state.label,
        tone="todo" if veiled else _TONES.get(state, "todo"),
        reason="" if veiled else reason,
        sent_later=sent_at if sent_at and sent_at - message.due_at > ON_TIME else None,
        can_send=state in (State.FAILED, State.EXPIRED, State.UNKNOWN) and kind is not None,
        can_read=state not in GONE and kind is not None and kind.previews_for(roles),
    )


@dataclass(frozen=True)
class Batch:
    """How far many messages that were queued together have come. Those called off do not count.

    ``left_out``: not wanted or not needed by now. ``leaves_at``: when the next waiting one is due.
    ``first_at``: when the first of all of them was due.
    """

    total: int
    sent: int
    waiting: int
    failed: int
    left_out: int
    called_off: int
    leaves_at: datetime | None
    first_at: datetime | None

    @property
    def done(self) -> int:
        """How many need nothing more."""
        return self.total - self.waiting

    @property
    def over(self) -> bool:
        """Whether nothing waits any more."""
        return self.waiting == 0

    @property
    def held(self) -> bool:
        """Whether all of it can still be called back: nothing is due yet."""
        return self.total > 0 and self.first_at is not None and timezone.now() < self.first_at


def batch(*, prefix: str = "", refs: Mapping[str, str | int] | None = None, kind: str = "") -> Batch:
    """The messages whose key starts with ``prefix``, whose ``refs`` hold all of the given ones, of one ``kind``; at
    least one of prefix and refs is needed. One statement, whatever the number of messages.

    A page shows it with ``{% include "outbox/log/_batch.html" %}`` and ``static/js/batch.js``.
    """
    if not prefix and not refs:
        raise ValueError("say which messages: a key prefix or refs")
    which = Q(key__startswith=prefix) if prefix else Q()
    if refs:
        which &= Q(refs__contains=queue_rows.check_refs(refs))
    if kind:
        which &= Q(kind=kind)
    waiting = Q(state__in=[*WAITING, State.CLAIMED])
    counts = Message.objects.filter(which).aggregate(
        called_off=Count("pk", filter=Q(state=State.CANCELLED)),
        sent=Count("pk", filter=Q(state=State.SENT)),
        waiting=Count("pk", filter=waiting),
        failed=Count("pk", filter=Q(state__in=[State.FAILED, State.EXPIRED, State.UNKNOWN])),
        left_out=Count("pk", filter=Q(state__in=[State.SKIPPED, State.SUPPRESSED])),
        leaves_at=Min("next_at", filter=waiting),
        first_at=Min("due_at", filter=~Q(state=State.CANCELLED)),
    )
    total = counts["sent"] + counts["waiting"] + counts["failed"] + counts["left_out"]
    return Batch(total=total, **counts)
