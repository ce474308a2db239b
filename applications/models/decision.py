"""What people decided, when it was told, and what the applicant answered: three separate things."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.call import Call
from cohort.people.models import Cohort, Record


class Release(Record):
    """One batch of decisions told together. Proposed by one person, approved by another, undoable for minutes."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for a second person")
        APPROVED = "approved", _("letters go out soon")
        CANCELLED = "cancelled", _("called back")
        SENT = "sent", _("letters are out")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.APPROVED, State.CANCELLED}),
        State.APPROVED: frozenset({State.CANCELLED, State.SENT}),
        State.CANCELLED: frozenset(),
        State.SENT: frozenset(),
    }

    #: With the undo time over, these mean that applicants can know.
    TOLD_STATES = (State.APPROVED, State.SENT)

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the call; part of each letter's key")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(
        null=True, blank=True, help_text="Letters go out, and applicants see it, from then"
    )
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="release_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "sent"]) | Q(approved_at__isnull=False, undo_until__isnull=False),
                name="release_approved_has_times",
            ),
        ]

    def is_told(self, now: datetime | None = None) -> bool:
        """Whether applicants can know what is in it: as :func:`told` says of decisions in the database."""
        return self.state in self.TOLD_STATES and self.undo_until is not None and self.undo_until <= _at(now)


def _at(now: datetime | None) -> datetime:
    return now or timezone.now()


def told(now: datetime | None = None) -> Q:
    """Decisions that their applicants can know: released, with the undo time over. The clock says it, no task."""
    return Q(release__state__in=Release.TOLD_STATES, release__undo_until__lte=_at(now))


class DecisionQuerySet(models.QuerySet["Decision"]):
    def told(self, now: datetime | None = None) -> DecisionQuerySet:
        """Those that their applicants can know."""
        return self.filter(told(now))


class Decision(Record):
    """One decision on one application. A later one supersedes it; nothing is overwritten."""

    class Value(models.TextChoices):
        INVITE = "invite", _("invite")
        WAITLIST = "waitlist", _("waiting list")
        DECLINE = "decline", _("decline")
        NOT_ELIGIBLE = "not_eligible", _("not eligible")
        NEEDS_INFORMATION = "needs_information", _("needs information")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="decisions")
    value = models.CharField(max_length=20, choices=Value.choices)
    reason_code = models.CharField(
        max_length=40, help_text="A code of facts/application_form.yaml, or of an invitation"
    )
    note = models.TextField(blank=True, help_text="For the record; never sent")
    basis = models.JSONField(
        default=dict,
        blank=True,
        help_text="What it rested on: points, readings, recusals, versions of rules; codes only",
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)
    release = models.ForeignKey(Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions")
    in_place_of = models.ForeignKey(
        "Offer",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="replacements",
        help_text="The declined or lapsed offer whose place this invitation fills",
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(superseded_at__isnull=True), name="decision_one_in_force"
            ),
            models.CheckConstraint(condition=~Q(reason_code=""), name="decision_has_reason"),
        ]
        indexes = [
            models.Index(fields=["value"], condition=Q(superseded_at__isnull=True), name="decision_in_force_value")
        ]


class OfferQuerySet(models.QuerySet["Offer"]):
    def told(self, now: datetime | None = None) -> OfferQuerySet:
        """Those that their applicants can see."""
        return self.filter(made_at__lte=_at(now))


class Offer(Record):
    """A place offered to one applicant, and the answer.

    An accepted offer holds a numbered seat of the cohort. Two offers can never hold the same
    number, so seats cannot be given out twice even if two answers arrive in the same instant.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("not answered in time")
        WITHDRAWN = "withdrawn", _("taken back")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.ACCEPTED, State.DECLINED, State.LAPSED, State.WITHDRAWN}),
        State.LAPSED: frozenset({State.OPEN}),  # a coordinator gives more days
        State.WITHDRAWN: frozenset({State.OPEN}),  # the release that withdrew it was cancelled
        State.ACCEPTED: frozenset(),
        State.DECLINED: frozenset(),
    }

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="offers")
    decision = models.OneToOneField(Decision, on_delete=models.RESTRICT, related_name="offer")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    withdrawn_by = models.ForeignKey(
        Release,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="withdrew",
        help_text="Cancelling it reopens this",
    )
    seat = models.PositiveSmallIntegerField(null=True, blank=True)
    reply_by = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now, help_text="The applicant can see it from then on")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state__in=["open", "accepted"]), name="offer_one_alive"
            ),
            models.UniqueConstraint(fields=["cohort", "seat"], name="offer_seat_once"),
            models.CheckConstraint(
                condition=Q(seat__isnull=True) | Q(seat__gte=1, state="accepted"), name="offer_seat_only_accepted"
            ),
        ]
        indexes = [models.Index(fields=["state", "reply_by"])]
