"""Messages that people should get, and what they said about getting them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Cohort, Record


class State(models.TextChoices):
    PLANNED = "planned", _("waiting")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    RETRY = "retry", _("waiting to try again")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("too late, not sent")
    SKIPPED = "skipped", _("not needed")
    SUPPRESSED = "suppressed", _("not wanted, not sent")
    CANCELLED = "cancelled", _("called off")
    UNKNOWN = "unknown", _("not certain")


WAITING = (State.PLANNED, State.RETRY)
#: Allowed steps, made by ``cohort.people.states``.
MOVES: dict[str, frozenset[str]] = {
    State.PLANNED: frozenset({State.CLAIMED, State.CANCELLED, State.SUPPRESSED}),
    State.RETRY: frozenset({State.CLAIMED, State.CANCELLED, State.SUPPRESSED}),
    State.CLAIMED: frozenset(
        {
            State.SENT,
            State.RETRY,
            State.FAILED,
            State.EXPIRED,
            State.SKIPPED,
            State.SUPPRESSED,
            State.UNKNOWN,
            State.CANCELLED,
            State.PLANNED,  # put off to a better hour, or left by a worker that died before it tried
        }
    ),
    State.UNKNOWN: frozenset({State.PLANNED}),  # a person says: send it again
    State.FAILED: frozenset({State.PLANNED}),
    State.EXPIRED: frozenset({State.PLANNED}),
    State.CANCELLED: frozenset({State.PLANNED}),  # its cause came back
    State.SKIPPED: frozenset({State.PLANNED}),  # its time moved, and now the recipient had joined
    State.SENT: frozenset(),
    State.SUPPRESSED: frozenset(),
}


class Klass(models.TextChoices):
    A = "A", _("essential")
    B = "B", _("programme")
    C = "C", _("personal")
    F = "F", _("for facilitators")


class Message(Record):
    """One message to one person. Holds ids only: the words are made when it is sent, and kept nowhere.

    A person with an account is named by ``recipient`` alone, and the address is read when sending, so a changed
    address is used and a deleted account leaves none behind. ``email`` is for people without an account.
    """

    key = models.CharField(max_length=200, unique=True, help_text="Says the same thing only once")
    kind = models.CharField(max_length=60)
    klass = models.CharField(max_length=1, choices=Klass.choices)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    email = models.EmailField(max_length=254, blank=True)
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    refs = models.JSONField(default=dict, help_text="Ids that the words are made from")
    due_at = models.DateTimeField(help_text="When it should go")
    next_at = models.DateTimeField(help_text="When the sender looks at it next")
    not_after = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    weekends = models.BooleanField(default=False)
    any_hour = models.BooleanField(default=False)
    from_plan = models.BooleanField(default=False, help_text="Made by the planner, which may also cancel it")
    MOVES = MOVES
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    reason = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True)
    attempt_started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_with = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    message_id = models.CharField(max_length=200, help_text="Made once and kept, so that a second copy is known as one")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="message_state_known"),
            models.CheckConstraint(condition=Q(klass__in=Klass.values), name="message_class_known"),
            models.CheckConstraint(condition=Q(recipient__isnull=True) | Q(email=""), name="message_one_address"),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False) | (~Q(state=State.SENT) & Q(sent_at__isnull=True)),
                name="message_sent_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLAIMED) | Q(claim__isnull=False, claimed_at__isnull=False),
                name="message_claim_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["klass", "next_at"], condition=Q(state__in=WAITING), name="message_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(state=State.CLAIMED), name="message_claimed"),
            models.Index(fields=["recipient", "attempt_started_at"], name="message_recent"),
            models.Index(fields=["cohort", "-due_at"], name="message_log"),
        ]

    def __str__(self) -> str:
        return self.key


class Preference(models.Model):
    """What a person chose about one kind. No row: the default of the kind."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="message_preferences")
    kind = models.CharField(max_length=60)
    wanted = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]


class StopToken(models.Model):
    """The secret in a stop link: for one person and the kinds in one mail (``kind`` or ``kind+kind``).

    Opens nothing and shows nothing. Works without signing in, and after a membership ended, until ``expires_at``.
    """

    token = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=400)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "scope"], name="stop_token_once")]


class Suppression(models.Model):
    """An address that mail should not go to, as a hash: it came back, or its owner called our mail unwanted."""

    class Why(models.TextChoices):
        BOUNCED = "bounced", _("email came back")
        COMPLAINT = "complaint", _("marked as unwanted")

    address_hash = models.CharField(max_length=64, unique=True)
    why = models.CharField(max_length=10, choices=Why.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(why__in=["bounced", "complaint"]), name="suppression_why_known")
        ]


class CalendarFeed(Record):
    """The secret address of one person's calendar. Holds its hash, never the address itself (see ``feeds``)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    salt = models.CharField(max_length=32, help_text="A new one makes a new address")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    content_hash = models.CharField(max_length=64, blank=True, help_text="Of the calendar as it was last read")
    changed_at = models.DateTimeField(null=True, help_text="When that content came to be")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(salt="") & ~Q(token_hash=""), name="calendar_feed_has_secret"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Heartbeat(models.Model):
    """When a part of the machinery last said that it lives: worker, beat, planner, sender."""

    NAMES: ClassVar[tuple[str, ...]] = ("worker", "beat", "planner", "sender")

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
