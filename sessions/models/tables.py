"""Breakout tables of a session, and what the draw knows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Cohort, Membership, Organization, Record
from sessions.models.plan import Session


class TableRole(models.TextChoices):
    """The work at a table, shared out and rotated (facts/activities.yaml, ``table_roles``)."""

    HOST = "host", _("Host")
    TIMEKEEPER = "timekeeper", _("Timekeeper")
    NOTE_TAKER = "note_taker", _("Note taker")
    VOICE_KEEPER = "voice_keeper", _("Voice keeper")


class TableDraw(Record):
    """One draw of tables. The newest one of a session is in use; older ones stay as a record."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="draws")
    in_use = models.BooleanField(default=True)
    seed = models.PositiveIntegerField()
    iterations = models.PositiveIntegerField()
    score = models.PositiveIntegerField(help_text="Cost of the draw; 0 is best")
    reasons = models.JSONField(default=list, help_text="Codes with numbers, shown to facilitators in words")
    drawn_at = models.DateTimeField(default=timezone.now)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(in_use=True), name="draw_in_use_once"),
        ]

    def __str__(self) -> str:
        return f"draw {self.seed} of {self.session_id}"


class Table(Record):
    draw = models.ForeignKey(TableDraw, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["draw", "number"], name="table_number_once")]

    def __str__(self) -> str:
        return f"table {self.number}"


class Seat(Record):
    """One person at one table. A person sits once per draw."""

    draw = models.ForeignKey(TableDraw, on_delete=models.CASCADE, related_name="seats")
    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="seats")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="seats")
    role = models.CharField(max_length=12, choices=TableRole.choices, blank=True)
    came_later = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "membership"], name="seat_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} at {self.table_id}"


class SeatingFacts(Record):
    """Work facts that mix tables: employer, sector, leadership style by choice. Nothing about identity."""

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="seating_facts")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    sector = models.CharField(max_length=60, blank=True)
    style = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"facts of {self.membership_id}"


class PairRule(Record):
    """Two people who never sit at one table. Asked for in confidence; facilitators only, with no reason kept."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    first = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_rule_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_rule_in_order"),
        ]

    def __str__(self) -> str:
        return f"apart {self.first_id} {self.second_id}"
