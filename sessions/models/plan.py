"""A session and its agenda."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Cohort, Membership, Record
from sessions.models.library import Activity, Answer, Grouping, Phase, Reader


def new_secret() -> str:
    """What the rotating check-in codes of one session are made from."""
    return secrets.token_hex(16)


class SessionQuerySet(models.QuerySet["Session"]):
    def planned(self) -> SessionQuerySet:
        """What members may know about: everything but drafts."""
        return self.exclude(state=Session.State.DRAFT)

    def coming(self, now: datetime) -> SessionQuerySet:
        return self.filter(state__in=[Session.State.PUBLISHED, Session.State.RUNNING], ends_at__gt=now)


class Session(Record):
    """One meeting of a cohort."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")
        CANCELLED = "cancelled", _("called off")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.PUBLISHED}),
        State.PUBLISHED: frozenset(
            {State.RUNNING, State.CANCELLED, State.DRAFT}
        ),  # back to a draft: undone before anyone was notified
        State.RUNNING: frozenset({State.ENDED, State.PUBLISHED}),  # back to published: check-in was closed unused
        State.ENDED: frozenset(),
        State.CANCELLED: frozenset({State.PUBLISHED}),  # undone before anyone was notified
    }

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="sessions")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    title = models.CharField(max_length=120)
    result = models.CharField(
        max_length=240, blank=True, help_text="One line: what the group has reached by the end. Needed to publish."
    )
    thread = models.CharField(max_length=80, blank=True, help_text="The theme that several sessions share")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    access_notes = models.TextField(blank=True, help_text="Door, parking, ramps, captions: what helps people take part")
    bring = models.TextField(blank=True, help_text="What to bring")
    prework = models.TextField(blank=True, help_text="What to do before; goes out a week before")
    ask_needs = models.BooleanField(default=False, help_text="Ask a week before what people need to take part")
    remind_soon = models.BooleanField(
        default=False, help_text="Write 45 minutes before the start, also when it is not online only"
    )
    catch_up = models.TextField(blank=True, help_text="For those who were away: what to read, watch or talk over")
    catch_up_by = models.DateField(null=True, blank=True, help_text="The last day to catch up")
    link = models.URLField(max_length=300, blank=True, help_text="For those who join online")
    hard_moment_lead = models.ForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The facilitator who steps in when it gets hard",
    )
    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True, help_text="Of its calendar entry")
    sequence = models.PositiveIntegerField(default=0, help_text="RFC 5546: rises with time, place, link or calling off")
    changed_at = models.DateTimeField(null=True, blank=True, help_text="Last change that members must hear about")
    told_before = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="Time, place and link as members last heard them, while a message about a change waits",
    )
    check_in_secret = models.CharField(max_length=32, default=new_secret, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it really ended; see ``over_at``")
    register_closed_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + timedelta(hours=12)), name="session_within_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "running", "ended", "cancelled"]),
                name="session_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | ~Q(result=""), name="session_published_with_result"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="session_ended_has_time",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "starts_at"]), models.Index(fields=["state", "starts_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def minutes(self) -> int:
        """Planned length in whole minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def over_at(self) -> datetime:
        """When it ended, or is planned to end."""
        return self.ended_at or self.ends_at

    @property
    def online_only(self) -> bool:
        return bool(self.link and not self.place)

    @property
    def writes_soon(self) -> bool:
        """Whether members hear once more 45 minutes before the start: those who need the link now, or all if chosen."""
        return self.online_only or self.remind_soon

    @property
    def editable(self) -> bool:
        """Whether the plan may still be changed (the live room has its own ways)."""
        return self.state in (self.State.DRAFT, self.State.PUBLISHED)


class Objective(Record):
    """One thing that the session is for. Each block says which ones it serves."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="objectives")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], deferrable=models.Deferrable.DEFERRED, name="objective_position_once"
            ),
            models.CheckConstraint(condition=Q(position__gte=1, position__lte=5), name="objective_at_most_five"),
        ]

    def __str__(self) -> str:
        return self.text


class Priority(models.TextChoices):
    MUST = "must", _("Must happen")
    SHOULD = "should", _("Should happen")
    COULD = "could", _("Could be left out")


class Decider(models.TextChoices):
    """Who decides in a block: power shared in the open."""

    HOST = "host", _("The host decides")
    HOST_AFTER_ASKING = "host_after_asking", _("The host decides after asking")
    TOGETHER = "together", _("We decide together")
    MEMBERS = "members", _("Members decide")


class Block(Record):
    """One item of an agenda. Mostly the session's own copy of a library activity.

    ``position`` runs 1, 2, 3 …; it is empty while a block is taken out (``taken_from`` remembers where, for undo).
    ``facilitator_notes`` never leave the facilitators' pages: see ``sessions.payloads``.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    taken_from = models.PositiveSmallIntegerField(null=True, blank=True)
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.SET_NULL, related_name="blocks")
    activity_version = models.PositiveIntegerField(null=True, blank=True)
    title = models.CharField(max_length=120)
    purpose = models.TextField(blank=True)
    credit = models.TextField(blank=True)
    phase = models.CharField(max_length=12, choices=Phase.choices, default=Phase.ANY)
    group = models.CharField(max_length=8, choices=Grouping.choices, default=Grouping.PLENARY)
    minutes = models.PositiveSmallIntegerField()
    min_minutes = models.PositiveSmallIntegerField()
    max_minutes = models.PositiveSmallIntegerField()
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.SHOULD)
    protected = models.BooleanField(default=False, help_text="Never shortened or dropped by re-timing")
    sponge = models.BooleanField(default=False, help_text="Spare time: gives and takes minutes first")
    hard_topic = models.BooleanField(default=False)
    locked_start = models.TimeField(null=True, blank=True, help_text="Clock time in the cohort's zone")
    lead = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    co_leads = models.ManyToManyField(Membership, blank=True, related_name="+")
    decides = models.CharField(max_length=18, choices=Decider.choices, default=Decider.HOST)
    objectives = models.ManyToManyField(Objective, blank=True, related_name="blocks")
    materials = models.JSONField(default=list, blank=True)
    steps = models.JSONField(default=list, blank=True)
    participant_text = models.TextField(blank=True, help_text="What participants read on their phones")
    facilitator_notes = models.TextField(blank=True, help_text="Only facilitators read this")
    compress = models.TextField(blank=True)
    inserted_live = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], deferrable=models.Deferrable.DEFERRED, name="block_position_once"
            ),
            models.CheckConstraint(
                condition=Q(min_minutes__gte=1, min_minutes__lte=F("minutes"), minutes__lte=F("max_minutes")),
                name="block_minutes_in_range",
            ),
            models.CheckConstraint(condition=Q(max_minutes__lte=480), name="block_not_endless"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="block_priority_known"),
            models.CheckConstraint(condition=Q(decides__in=Decider.values), name="block_decider_known"),
            models.CheckConstraint(condition=Q(group__in=Grouping.values), name="block_group_known"),
            models.CheckConstraint(condition=~Q(protected=True, sponge=True), name="block_protected_gives_nothing"),
        ]

    def __str__(self) -> str:
        return self.title


class Prompt(Record):
    """A question of a block, copied with it. ``default_reader`` is always one of ``may_share_to``."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="prompts")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    text = models.CharField(max_length=300)
    answer = models.CharField(max_length=24, choices=Answer.choices, default=Answer.TEXT)
    options = models.JSONField(default=dict, blank=True, help_text="options, rows, columns, max_items")
    required = models.BooleanField(default=False)
    default_reader = models.CharField(max_length=14, choices=Reader.choices, default=Reader.PRIVATE)
    may_share_to = ArrayField(models.CharField(max_length=14), default=list)
    becomes = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["block", "key"], name="prompt_key_once"),
            models.CheckConstraint(condition=Q(default_reader__in=Reader.values), name="prompt_reader_known"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="prompt_answer_known"),
            models.CheckConstraint(
                condition=Q(may_share_to__contains=[F("default_reader")]), name="prompt_reader_within_ladder"
            ),
        ]

    def __str__(self) -> str:
        return self.text
