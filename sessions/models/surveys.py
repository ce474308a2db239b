"""The post-session survey: who was asked in one table, unlinked answers in another, and no way between them.

Answers carry no user, time, address or rising number. At close they are copied in random order into
:class:`SealedAnswer` and the originals removed, so that neither row order nor transaction ids match the tickets
(docs/facts.md, 6.3).
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Membership, Record
from sessions.models.plan import Session

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else


def new_code() -> str:
    """Six characters that people can type from a screen."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(6))


class Survey(Record):
    """The survey of one session. ``results`` is the one frozen object that every page and mail reads."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        RELEASED = "released", _("closed, results shown")
        HELD = "held", _("closed, too few answers to show alone")
        POOLED = "pooled", _("read together with a later session")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.RELEASED, State.HELD}),
        State.HELD: frozenset({State.RELEASED, State.POOLED}),  # read together with earlier or with later ones
        State.RELEASED: frozenset(),
        State.POOLED: frozenset(),
    }

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="survey")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    code = models.CharField(max_length=6, unique=True, default=new_code, editable=False)
    objectives = models.JSONField(default=list, help_text="At most three, as they were when the survey opened")
    threshold = models.PositiveSmallIntegerField(default=5)
    closes_at = models.DateTimeField()
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    invited = models.PositiveIntegerField(null=True, blank=True, help_text="Counted at close")
    answered = models.PositiveIntegerField(null=True, blank=True, help_text="Counted at close")
    results = models.JSONField(default=dict, blank=True)
    hidden_comments = models.JSONField(default=list, blank=True, help_text="Places of comments that name someone")
    pooled_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="pool")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=5), name="survey_threshold_never_below_five"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="survey_closes_after_opening"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="survey_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="released") | Q(results={}), name="survey_results_only_when_released"
            ),
        ]

    def __str__(self) -> str:
        return f"survey of {self.session_id}"


class SurveyTicket(models.Model):
    """Somebody was asked. Holds no time; deleted a day after the survey is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="tickets")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    answered = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "membership"], name="survey_ticket_once")]


class SurveyAnswer(models.Model):
    """One sheet while the survey is open: nothing but what was answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="+")
    payload = models.JSONField()


class SealedAnswer(models.Model):
    """One sheet after the close, in random order. Read by the release alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="+")
    payload = models.JSONField()


class HeardNote(Record):
    """What the facilitators heard, and what they will and will not do: their own words to the group."""

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, related_name="note")
    heard = models.TextField()
    will = models.TextField(blank=True)
    will_not = models.TextField(blank=True, help_text="And why")
    written_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(default=timezone.now)
