"""Blind scoring against anchored levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from cohort.people.models import Cohort, Record


class Review(Record):
    """One reader's work on one application, from being assigned to being sent."""

    class State(models.TextChoices):
        ASSIGNED = "assigned", _("not started")
        STARTED = "started", _("started")
        SUBMITTED = "submitted", _("sent")
        REMOVED = "removed", _("taken back")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.ASSIGNED: frozenset({State.STARTED, State.SUBMITTED, State.REMOVED}),
        State.STARTED: frozenset({State.SUBMITTED, State.REMOVED}),
        State.SUBMITTED: frozenset({State.STARTED, State.REMOVED}),  # back to started: the reviewer changes it
        State.REMOVED: frozenset({State.ASSIGNED, State.STARTED}),  # a coordinator said that they may review
    }

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASSIGNED)
    position = models.PositiveIntegerField(default=0, help_text="Place in this reader's own shuffled queue")
    due_on = models.DateField(null=True, blank=True)
    extra = models.BooleanField(default=False, help_text="Added because earlier readers disagreed")
    shared_comment = models.TextField(blank=True, help_text="May be read by the applicant")
    private_note = models.TextField(blank=True, help_text="For the reader alone")
    flag = models.CharField(max_length=300, blank=True, help_text="A question for staff")
    assigned_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "reader"], name="review_once"),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="review_submitted_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["reader", "state", "position"]),
            models.Index(fields=["application"], condition=~Q(flag="") & ~Q(state="removed"), name="review_flagged"),
        ]


class CriterionScore(models.Model):
    """One level for one criterion, or “cannot judge”."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    cannot_judge = models.BooleanField(default=False)
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="criterion_scored_once"),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__gte=1, level__lte=5, cannot_judge=False),
                name="criterion_level_1_to_5",
            ),
        ]


class ReviewRevision(models.Model):
    """What a reader had sent, kept when they take a review back to change it."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="revisions")
    scores = models.JSONField(help_text="List of {criterion, level, cannot_judge, comment} as it was sent")
    shared_comment = models.TextField(blank=True)
    reason = models.CharField(max_length=300)
    submitted_at = models.DateTimeField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="review_revision_has_reason")]


class RecusalQuerySet(models.QuerySet["Recusal"]):
    def keeping_away(self) -> RecusalQuerySet:
        """Those that close every route: settled, or still waiting for a coordinator's word."""
        return self.exclude(outcome=Recusal.Outcome.MAY_READ)


class Recusal(Record):
    """A tie that keeps a person away from an application, on every route."""

    class Outcome(models.TextChoices):
        AWAY = "away", _("stays away")
        WAITING = "waiting", _("a coordinator decides")
        MAY_READ = "may_read", _("may read after all")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="recusals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recusals")
    kind = models.CharField(max_length=20)
    declared_at = models.DateTimeField(default=timezone.now)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.AWAY)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = RecusalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "person"], name="recusal_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["away", "waiting", "may_read"]), name="recusal_outcome_known"
            ),
        ]


class ReaderProfile(Record):
    """What a reader says about themselves before reading: where they work, other ties, languages.

    Organizations are kept as folded names (``organization_key``), so that a reader can
    name them without being shown who applied.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    employer = models.CharField(max_length=160, blank=True)
    ties = models.JSONField(default=list, blank=True, help_text="Names of other organizations, last two years")
    languages = models.JSONField(default=list, blank=True, help_text="Language codes besides English")
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "person"], name="reader_profile_once")]


class Redaction(Record):
    """What readers see in place of one free-text answer. The answer itself is kept as it was written."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="redactions")
    question = models.CharField(max_length=60)
    text = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "question"], name="redaction_once")]


class EarlierRedaction(Record):
    """What readers saw instead of an answer before staff changed it again, or showed the answer as written."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="earlier_redactions")
    question = models.CharField(max_length=60)
    text = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-replaced_at"]
        constraints = [
            models.UniqueConstraint(fields=["application", "question", "made_at"], name="earlier_redaction_once"),
            models.CheckConstraint(
                condition=Q(replaced_at__gte=models.F("made_at")), name="earlier_redaction_ends_after_start"
            ),
        ]
