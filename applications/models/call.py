"""The public invitation to apply, and the frozen things that an application is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Cohort, Record
from cohort.triggers import refuse_update


class Call(Record):
    """An invitation to apply to one cohort. Opening it freezes a form, a rubric and the policies."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed to new applications")
        DECIDED = "decided", _("decisions are out")
        ARCHIVED = "archived", _("archived")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.OPEN}),
        State.OPEN: frozenset({State.CLOSED}),
        State.CLOSED: frozenset({State.OPEN, State.DECIDED}),
        State.DECIDED: frozenset({State.ARCHIVED}),
        State.ARCHIVED: frozenset(),
    }

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="calls")
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=160)
    summary = models.TextField(blank=True)
    opening = models.TextField(blank=True, help_text="More words at the top of the call page")
    cost = models.TextField(blank=True, help_text="What taking part costs, and what is paid for people")
    own_parts = models.JSONField(default=list, blank=True, help_text="Parts of the page that have lines of their own")
    other_words = models.JSONField(default=dict, blank=True, help_text="Words in other languages, by what they say")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    grace_minutes = models.PositiveSmallIntegerField(default=15)
    decisions_on = models.DateField(null=True, blank=True)
    accept_days = models.PositiveSmallIntegerField(default=7)
    readers_per_application = models.PositiveSmallIntegerField(default=3)
    release_needs_two = models.BooleanField(default=True)
    policy_profile = models.CharField(max_length=30, default="us_federal_funds")
    facts = models.JSONField(default=dict, blank=True, help_text="Values for placeholders in the form and letters")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(opens_at__isnull=False, closes_at__isnull=False),
                name="call_open_has_dates",
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at__isnull=True) | models.Q(closes_at__gt=models.F("opens_at")),
                name="call_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def takes_new(self, now: datetime) -> bool:
        """Whether somebody may start or submit at ``now``."""
        return bool(
            self.state == self.State.OPEN and self.opens_at and self.closes_at and self.opens_at <= now < self.closes_at
        )

    def takes_saves(self, now: datetime) -> bool:
        """Whether an open draft may still be saved and sent at ``now`` (the deadline plus the grace minutes)."""
        if not (self.state == self.State.OPEN and self.opens_at and self.closes_at):
            return False
        return self.opens_at <= now < self.closes_at + timedelta(minutes=self.grace_minutes)


class FormVersion(Record):
    """One frozen form: the whole definition, in the shape of ``facts/application_form.yaml``.

    ``note`` says to applicants why the form changed; the first version has none.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="form_versions")
    number = models.PositiveIntegerField(default=1)
    definition = models.JSONField()
    note = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="form_version_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="form_version_counts_from_one"),
            models.CheckConstraint(
                condition=models.Q(number=1) | ~models.Q(note=""), name="form_version_later_ones_say_why"
            ),
        ]
        triggers = [refuse_update("form_version_frozen", "a form version never changes", but=["made_by"])]


class RubricVersion(Record):
    """One frozen rubric, in the shape of ``facts/rubric.yaml``."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="rubric_versions")
    number = models.PositiveIntegerField(default=1)
    definition = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "number"], name="rubric_version_once")]
