"""What representation is measured by, and what the solver proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.call import Call
from cohort.people.models import Record


class FactorPolicy(Record):
    """What one factor may be used for in one call, and who said so."""

    class Policy(models.TextChoices):
        SELECTION = "selection", _("may be used when choosing")
        OUTREACH = "outreach", _("totals before the deadline, for outreach")
        MONITOR = "monitor", _("totals after decisions are final")
        NOT_USED = "not_used", _("not used")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="factor_policies")
    factor = models.CharField(max_length=60)
    policy = models.CharField(max_length=10, choices=Policy.choices)
    reason = models.TextField(blank=True)
    approved_by = models.CharField(max_length=120, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "factor"], name="factor_policy_once"),
            models.CheckConstraint(
                condition=Q(policy__in=["selection", "outreach", "monitor", "not_used"]), name="factor_policy_known"
            ),
        ]


class Target(Record):
    """Seats wanted for one value, or one group of values, of a factor."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="targets")
    factor = models.CharField(max_length=60)
    code = models.CharField(max_length=60, help_text="The value, or a name for the group")
    label = models.CharField(max_length=160)
    values = models.JSONField(default=list, help_text="The answer codes that count")
    floor = models.PositiveSmallIntegerField(default=0)
    ideal100 = models.PositiveIntegerField(default=0, help_text="Ideal seats times 100")
    ceiling = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField(default=2, help_text="1 first, 3 last")
    reason = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "factor", "code"]
        constraints = [
            models.UniqueConstraint(fields=["call", "factor", "code"], name="target_once"),
            models.CheckConstraint(condition=Q(floor__lte=F("ceiling")), name="target_floor_below_ceiling"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=3), name="target_priority_1_to_3"),
        ]


class SelectionRules(models.Model):
    """Rules of one call that are not about factors."""

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="selection_rules")
    org_cap = models.PositiveSmallIntegerField(default=1, help_text="0 means no limit")
    org_cap_hard = models.BooleanField(default=False)
    org_max = models.PositiveSmallIntegerField(default=0, help_text="Never more than this; 0 means no such limit")
    lottery_seed = models.CharField(max_length=80, default="public-draw")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(org_max=0) | Q(org_max__gte=F("org_cap")), name="org_max_not_below_cap"),
        ]


class Pin(Record):
    """An application kept in or out of the next proposals, with the reason."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="pins")
    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="pin")
    inside = models.BooleanField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="pin_has_reason")]


class KeepApart(Record):
    """Two applications that should not both be chosen."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="keep_apart")
    first = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(first=F("second")), name="keep_apart_two"),
            models.UniqueConstraint(fields=["first", "second"], name="keep_apart_once"),
        ]


class Proposal(Record):
    """What the solver suggested for one frozen problem. People decide; this explains."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being worked out")
        DONE = "done", _("ready")
        IMPOSSIBLE = "impossible", _("cannot be filled")
        FAILED = "failed", _("did not finish")
        CANCELLED = "cancelled", _("stopped")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.QUEUED: frozenset({State.RUNNING, State.CANCELLED, State.FAILED}),
        State.RUNNING: frozenset({State.DONE, State.IMPOSSIBLE, State.FAILED, State.CANCELLED}),
        State.DONE: frozenset(),
        State.IMPOSSIBLE: frozenset(),
        State.FAILED: frozenset(),
        State.CANCELLED: frozenset(),
    }

    class Origin(models.TextChoices):
        SOLVER = "solver", _("worked out")
        CHOSEN = "chosen", _("one of the other good groups")
        HAND = "hand", _("changed by hand")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField()
    origin = models.CharField(max_length=6, choices=Origin.choices, default=Origin.SOLVER)
    base = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The proposal that this one was made from by a person",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    progress = models.JSONField(default=dict, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When its worker was last known to be alive")
    problem = models.JSONField(help_text="The solver's whole input: numbers and selection factors, no names")
    input_hash = models.CharField(max_length=64)
    targets_version = models.PositiveIntegerField(default=0, help_text="Version of the targets; 0 before any was kept")
    sealed = models.JSONField(
        default=dict,
        blank=True,
        help_text="Targets about identity that count, by whose approval, and whether one of "
        "their floors is missed. Never an answer; empty where no identity factor is approved",
    )
    cohort = models.JSONField(default=list, blank=True, help_text="Application ids, sorted")
    vector = models.JSONField(default=dict, blank=True)
    stages = models.JSONField(default=list, blank=True)
    proved = models.BooleanField(default=False)
    seconds = models.FloatField(null=True, blank=True)
    trouble = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="What a coordinator wants to remember about it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="proposal_number_once"),
            models.CheckConstraint(
                condition=Q(origin="solver") | Q(state="done", proved=False), name="proposal_by_hand_is_not_proved"
            ),
            models.UniqueConstraint(
                fields=["call"], condition=Q(state__in=["queued", "running"]), name="proposal_one_at_a_time"
            ),
        ]


class Explanation(Record):
    """One question about a proposal, and the solver's answer once it is worked out.

    ``key`` is ``why:<application id>``, ``alternatives``, ``frontier``, ``reserves``, ``recruit`` or ``core``.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("being worked out")
        READY = "ready", _("ready")
        FAILED = "failed", _("did not finish")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.ASKED: frozenset({State.READY, State.FAILED}),
        State.READY: frozenset(),
        State.FAILED: frozenset(),
    }

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="explanations")
    key = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    answer = models.JSONField(default=dict, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "key"], name="explanation_once")]


class ProposalComment(Record):
    """What a coordinator says about a proposal to the other coordinators; ``parent`` makes it an answer.

    Who wrote it may take it back: the words go, and that something was said stays.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.TextField(blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(removed_at__isnull=True) & ~Q(words="")) | Q(removed_at__isnull=False, words=""),
                name="proposal_comment_words_or_removed",
            ),
        ]
