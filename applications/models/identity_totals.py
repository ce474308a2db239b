"""Totals about identity as they were shown, frozen: every page and export reads this one object."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call
from cohort.people.models import Record


class IdentityTotals(Record):
    """One table for one factor, or the reason why nothing may be shown. Never changed once taken."""

    class Scope(models.TextChoices):
        POOL = "pool", _("everyone who applied")
        COHORT = "cohort", _("the people who were chosen")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="+")
    factor = models.CharField(max_length=60)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    number = models.PositiveIntegerField(default=1)
    asked = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    rung = models.PositiveSmallIntegerField(null=True)
    cells = models.JSONField(default=list, help_text="List of {codes, count}; empty when nothing is shown")
    why = models.CharField(max_length=12, blank=True, help_text="few, response, cells or close")
    taken_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["factor", "scope", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "factor", "scope", "number"], name="identity_totals_once"),
            models.CheckConstraint(
                condition=models.Q(why="", rung__isnull=False)
                | (~models.Q(why="") & models.Q(rung__isnull=True, cells=[])),
                name="identity_totals_table_or_reason",
            ),
        ]
