"""May this message go now? Everything that holds for all kinds: expiry, choices, quiet hours, limits."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cohort.outbox import addresses
from cohort.outbox.models import WAITING, Message, Preference, State, Suppression
from cohort.outbox.registry import kinds, wall_time
from cohort.outbox.registry.zones import zone_of
from cohort.people.models import Membership

PER_DAY, PER_WEEK = 1, 3  # mails of classes B and C to one person, over all cohorts
TOKEN_LIFE = timedelta(days=90)


@dataclass(frozen=True)
class Verdict:
    """Why a message does not go now, and what becomes of it."""

    state: State
    reason: str
    next_at: datetime | None = None


@dataclass
class Known:
    """What a batch needs to know about its people, read in a fixed number of statements."""

    wanted: dict[tuple[UUID, str], bool]
    bad: set[str]
    members: set[tuple[UUID, UUID]]
    mails: dict[UUID, list[datetime]]
    later: dict[UUID, list[tuple[datetime, str]]]
    tokens: dict[tuple[UUID, str], str] = field(default_factory=dict)

    @classmethod
    def read(cls, held: list[Message], now: datetime) -> Known:
        people = {message.recipient_id for message in held if message.recipient_id}
        limited = {message.recipient_id for message in held if message.recipient_id and message.klass in "BC"}
        names = {message.kind for message in held}
        hashes = {addresses.address_hash(message.recipient.email) for message in held if message.recipient}
        hashes |= {addresses.address_hash(message.email) for message in held if message.email}
        chosen = Preference.objects.filter(user__in=people, kind__in=names).values_list("user_id", "kind", "wanted")
        known = cls(
            wanted={(user, kind): wanted for user, kind, wanted in chosen},
            bad=set(Suppression.objects.filter(address_hash__in=hashes).values_list("address_hash", flat=True)),
            members=set(),
            mails=defaultdict(list),
            later=defaultdict(list),
        )
        if any((kind := kinds.find(name)) and kind.members_only for name in names):
            known.members = set(
                Membership.objects.current().filter(user__in=people).values_list("user_id", "cohort_id")
            )
        if limited:
            known.read_limits(limited, now)
        known.make_tokens(
            (message.recipient_id, message.kind)
            for message in held
            if message.recipient_id and (kind := kinds.find(message.kind)) and kind.stoppable
        )
        return known

    def read_limits(self, people: set[UUID], now: datetime) -> None:
        """Limited mails of the last week (those of an unknown outcome count), and what is due in the next day."""
        recent = Message.objects.filter(
            recipient__in=people,
            klass__in="BC",
            state__in=[State.SENT, State.UNKNOWN],
            sent_with__isnull=True,
            attempt_started_at__gt=now - timedelta(days=7),
        )
        for user, at in recent.order_by("attempt_started_at").values_list("recipient_id", "attempt_started_at"):
            if at is not None:
                self.mails[user].append(at)
        coming = Message.objects.filter(
            Q(next_at__gt=now, next_at__lt=now + timedelta(days=1)),
            recipient__in=people,
            klass__in="BC",
            state__in=WAITING,
        )
        for user, at, name in coming.values_list("recipient_id", "next_at", "kind"):
            self.later[user].append((at, name))

    def make_tokens(self, pairs: Iterable[tuple[UUID, str]]) -> None:
        """A secret for each person and scope, kept 90 days from the last mail that carried it. One statement."""
        wanted = sorted({pair for pair in pairs if pair not in self.tokens})
        if not wanted:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO outbox_stoptoken AS old (token, user_id, scope, expires_at)
                SELECT t, u, s, %s FROM unnest(%s::text[], %s::uuid[], %s::text[]) AS r(t, u, s)
                ON CONFLICT (user_id, scope) DO UPDATE SET expires_at = EXCLUDED.expires_at
                RETURNING user_id, scope, token
                """,
                [
                    timezone.now() + TOKEN_LIFE,
                    [secrets.token_urlsafe(18) for _ in wanted],
                    [user for user, _scope in wanted],
                    [scope for _user, scope in wanted],
                ],
            )
            self.tokens |= {(user, scope): token for user, scope, token in cursor.fetchall()}

    def stop_url(self, *messages: Message) -> str:
        """The address that stops the kinds of these messages for their one reader; empty when nothing may stop."""
        user = messages[0].recipient_id
        scope = "+".join(sorted({message.kind for message in messages if kinds.get(message.kind).stoppable}))
        if not user or not scope:
            return ""
        self.make_tokens([(user, scope)])
        return settings.SITE_URL + reverse("outbox:stop", args=[self.tokens[user, scope]])

    def sent(self, message: Message, at: datetime) -> None:
        """Remember a mail of this batch, for the limits."""
        if message.klass in "BC" and message.recipient_id:
            self.mails[message.recipient_id].append(at)


def judge(message: Message, known: Known, now: datetime) -> Verdict | None:
    """None when nothing speaks against sending ``message`` now; the kind itself is asked after this."""
    kind = kinds.find(message.kind)
    if kind is None:
        return Verdict(State.FAILED, "kind_gone")
    person = message.recipient
    if (person is None and not message.email) or (person is not None and not person.is_active):
        return Verdict(State.SKIPPED, "no_recipient")
    if message.not_after is not None and message.not_after < now:
        return Verdict(State.EXPIRED, "too_late")
    if kind.members_only and (message.recipient_id, message.cohort_id) not in known.members:
        return Verdict(State.SKIPPED, "left")
    if kind.stoppable and person is not None and not known.wanted.get((person.pk, kind.name), kind.default_on):
        return Verdict(State.SUPPRESSED, "stopped")
    address = person.email if person else message.email
    if message.klass != "A" and addresses.address_hash(address) in known.bad:
        return Verdict(State.SUPPRESSED, "address_bad")
    return _timing(message, kind, known, now)


def _timing(message: Message, kind: kinds.MessageKind, known: Known, now: datetime) -> Verdict | None:
    zone = zone_of(message)

    def kind_hour(moment: datetime) -> datetime:
        if message.any_hour:
            return moment
        return wall_time.next_kind_hour(moment, zone, weekdays_only=kind.limited and not message.weekends)

    def put_off(until: datetime, reason: str) -> Verdict:
        if message.not_after is not None and until > message.not_after:
            return Verdict(State.EXPIRED, reason)
        return Verdict(State.PLANNED, reason, until)

    better = kind_hour(now)
    if better > now:
        return put_off(better, "quiet_hours")
    if not kind.limited or message.recipient_id is None:
        return None
    allowed = next_allowed(known.mails[message.recipient_id], now, zone)
    if allowed > now:
        return put_off(kind_hour(allowed), "limit")
    # One mail a day: when something more pressing is due later today, go along with it if there is time.
    today = now.astimezone(zone).date()
    pressing = [
        at
        for at, name in known.later[message.recipient_id]
        if at.astimezone(zone).date() == today
        and (other := kinds.find(name)) is not None
        and kinds.PRIORITY[other.topic] < kinds.PRIORITY[kind.topic]
        and (message.not_after is None or at < message.not_after)
    ]
    return Verdict(State.PLANNED, "shares_mail", min(pressing)) if pressing else None


def next_allowed(mails: list[datetime], now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which one more limited mail is within the limits: one a local day, three in seven days."""
    allowed = now
    week = sorted(at for at in mails if at > now - timedelta(days=7))
    if len(week) >= PER_WEEK:
        allowed = max(allowed, week[-PER_WEEK] + timedelta(days=7))
    days = {at.astimezone(zone).date() for at in week}
    if allowed.astimezone(zone).date() in days:
        tomorrow = allowed.astimezone(zone).date() + timedelta(days=1)
        allowed = max(allowed, wall_time.at(tomorrow, wall_time.QUIET_UNTIL, zone))
    return allowed
