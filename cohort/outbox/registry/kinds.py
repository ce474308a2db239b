"""The register of message kinds: one policy for each kind of mail.

The app that owns the facts registers its kinds from ``messages.py`` in
``AppConfig.ready()``; the outbox never names an app above it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.utils.functional import Promise

from cohort.registers import Register

if TYPE_CHECKING:
    from cohort.outbox.models import Message
    from cohort.people.models import Cohort, User

#: How far ahead the planner looks. A row that is due later is left for a later run.
HORIZON = timedelta(hours=48)

#: Order in which messages to one person share a mail when there would be too many (first wins the subject).
PRIORITY = {
    name: place
    for place, name in enumerate(
        ["survey", "day_before", "prework", "make_up", "commitment", "plan", "reflection", "other", "digest"]
    )
}

#: For ``previewed_by``: those who run a cohort.
THOSE_WHO_RUN = ("coordinator", "facilitator")

T = TypeVar("T")
Words = str | Promise
Attachment = tuple[str, bytes, str]


@dataclass(frozen=True)
class Planned:
    """One message that should exist, as a kind's ``plan`` says it.

    ``since``: when its cause came to be (published, joined). A message due before that is not sent.
    ``weekends``: may go on a weekend, because what it is about happens on one.
    ``any_hour``: may go in quiet hours.
    """

    key: str
    recipient: User | None
    due_at: datetime
    not_after: datetime | None = None
    email: str = ""
    cohort: Cohort | None = None
    refs: Mapping[str, str | int] = field(default_factory=dict)
    since: datetime | None = None
    weekends: bool = False
    any_hour: bool = False


@dataclass(frozen=True)
class MessageKind:
    """What is true of all messages of one kind.

    :param name: stands in rows, preferences and stop links; never changed once used.
    :param klass: ``A`` essential, ``B`` programme, ``C`` personal, ``F`` for facilitators.
    :param title: plain name for people ("The day before a session").
    :param template: path without ending; ``.subject.txt``, ``.txt`` and ``.html`` must exist.
    :param context: message -> what the templates need, read fresh at sending.
    :param still_needed: message -> None to send, or a short code for why not. Asked just before sending.
    :param plan: now -> the messages that should exist for the next 48 hours; None for kinds that an action queues.
    :param attachments: message -> ``(name, bytes, mimetype)`` each.
    :param example: what ``context`` would return, from invented facts and without a single row, so that people can
        see an example before they choose (see ``cohort.outbox.examples``). Every kind has one.
    :param refs_for: cohort, user -> the ``refs`` of the next message of this kind to that person, so that those who
        run a cohort can read it before there is a row. None: there is nothing to say yet.
    :param secret: names in the context that hold an address which works for whoever has it. A preview for somebody
        else shows another address in their place.
    :param previewed_by: roles that may read what somebody else would get (:data:`THOSE_WHO_RUN`). Nobody, unless the
        app says so; an example may be read by all who run a cohort.
    :param hidden_from: message, reader -> whether this message must not be previewed by this reader (a tie).
    :param outside: goes to people who need no account; not named on anybody's list of messages.
    :param on_unknown: what to do when a worker died between sending and recording:
        ``resend`` (with the same Message-ID) or ``drop`` (a missed nudge beats a double one).
    :param about: one sentence for the preferences page: when it comes and what for.
    :param why: the "why you get this" line; empty takes the one of the class.
    :param when: when it goes, in words, for the table of kinds.
    :param expires: when it is too late, in words, for the table of kinds.
    :param default_on: False for kinds that people switch on themselves.
    :param can_stop: False for F kinds that raise an alarm. A kinds never carry a stop link.
    :param any_hour: may go in quiet hours (an answer to what the reader did a moment ago, an alarm).
    :param topic: a key of :data:`PRIORITY`.
    :param late_joiners: also goes to people who joined after it was due.
    :param members_only: not sent once the recipient holds no role in the row's cohort.
    :param plan_is_complete: ``plan`` names every message of this kind due in the next 48 hours, so a waiting
        row that it no longer names has lost its cause and is cancelled.
    :param blind: hidden in the message log from people who screen. None: hidden for class A.
    :param listed: stands in the message log. None: unless the topic is a person's own (commitment, reflection),
        because the row alone would tell that there is something.
    """

    name: str
    klass: Literal["A", "B", "C", "F"]
    title: Words
    template: str
    context: Callable[[Message], dict[str, Any]] = lambda message: {}
    still_needed: Callable[[Message], str | None] = lambda message: None
    plan: Callable[[datetime], Iterable[Planned] | None] | None = None
    attachments: Callable[[Message], list[Attachment] | None] = lambda message: None
    example: Callable[[], dict[str, Any]] | None = None
    refs_for: Callable[[Cohort, User], Mapping[str, str | int] | None] = lambda cohort, user: None
    secret: tuple[str, ...] = ()
    previewed_by: tuple[str, ...] = ()
    hidden_from: Callable[[Message, User], bool] = lambda message, reader: False
    outside: bool = False
    on_unknown: Literal["resend", "drop"] = "resend"
    about: Words = ""
    why: Words = ""
    when: Words = ""
    expires: Words = ""
    default_on: bool = True
    can_stop: bool = True
    any_hour: bool = False
    topic: str = "other"
    late_joiners: bool = False
    members_only: bool = False
    plan_is_complete: bool = False
    blind: bool | None = None
    listed: bool | None = None

    @property
    def limited(self) -> bool:
        """Whether daily and weekly limits and quiet weekends hold for it."""
        return self.klass in "BC"

    @property
    def stoppable(self) -> bool:
        """Whether a person may turn it off."""
        return self.klass != "A" and self.can_stop

    @property
    def in_log(self) -> bool:
        return self.topic not in ("commitment", "reflection") if self.listed is None else self.listed

    def previews_for(self, roles: frozenset[str]) -> bool:
        """Whether a reader with ``roles`` in a cohort may read what others there would get.

        Never for surveys, commitments, reflections and digests: they tell of a person's own things. What
        facilitators get is read by facilitators alone, because it may hold their notes.
        """
        private = not self.in_log or self.topic in ("survey", "commitment", "reflection", "digest")
        blind = self.hidden_from_screeners and "screener" in roles
        readers = {"facilitator"} & set(self.previewed_by) if self.klass == "F" else set(self.previewed_by)
        return not private and not blind and bool(roles & readers)

    @property
    def hides_outcome(self) -> bool:
        """Whether the log says the same for "sent" and "not needed", because the difference tells who answered."""
        return self.topic == "survey"

    @property
    def hidden_from_screeners(self) -> bool:
        return self.klass == "A" if self.blind is None else self.blind


_moment: ContextVar[dict[Hashable, Any] | None] = ContextVar("outbox_moment", default=None)


@contextmanager
def one_moment() -> Iterator[None]:
    """While one message is asked whether it is needed and then written, :func:`once` reads each fact once."""
    token = _moment.set({})
    try:
        yield
    finally:
        _moment.reset(token)


def once(name: Hashable, read: Callable[[], T]) -> T:
    """``read()``; within :func:`one_moment` the same answer to the same ``name``. Outside of it always fresh."""
    known = _moment.get()
    if known is None:
        return read()
    if name not in known:
        known[name] = read()
    found: T = known[name]
    return found


#: Every kind of every app, by class and name.
KINDS: Register[MessageKind] = Register(
    "message kinds", key=lambda kind: kind.name, order=lambda kind: (kind.klass, kind.name)
)


def register(kind: MessageKind) -> MessageKind:
    """Add a kind.

    :raises ValueError: the name is taken by a different kind, or a field is outside its range.
    """
    if kind.klass not in ("A", "B", "C", "F"):
        raise ValueError(f"{kind.name}: no class {kind.klass!r}")
    if kind.topic not in PRIORITY:
        raise ValueError(f"{kind.name}: no topic {kind.topic!r}")
    if kind.on_unknown not in ("resend", "drop"):
        raise ValueError(f"{kind.name}: on_unknown is resend or drop")
    return KINDS.register(kind)


Ties = Callable[["User", "Cohort"], Iterable[Mapping[str, str]]]

#: Providers ``(reader, cohort) -> refs``: messages of the cohort that hold any of these refs are not listed for this
#: reader, because they are about something that the reader must stay away from. A fixed number of statements.
TIES: Register[Ties] = Register("providers of ties")
keep_from = TIES.register


def kept_from(reader: User, cohort: Cohort) -> list[Mapping[str, str]]:
    """The refs of messages that ``reader`` must not see listed in ``cohort``."""
    return [refs for provider in TIES for refs in provider(reader, cohort)]


def get(name: str) -> MessageKind:
    """The kind called ``name``.

    :raises LookupError: nobody registered it.
    """
    return KINDS.of(name)


def find(name: str) -> MessageKind | None:
    """The kind called ``name``, or None when its app is gone."""
    return KINDS.find(name)


def registered() -> list[MessageKind]:
    """All kinds, by class and name."""
    return list(KINDS)
