"""What the group holds itself to. A change makes a new version; the old one stays readable."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohort.people.models import Cohort, Record


class Agreement(Record):
    """One version of one agreement. In force until ``retired_at`` is set."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="agreements")
    key = models.UUIDField(default=uuid.uuid4, editable=False, help_text="The same for all versions of one agreement")
    version = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=60)
    words = models.CharField(max_length=300, help_text="In plain words")
    we_would_see = models.CharField(max_length=300, blank=True, help_text="What we would see or hear if we kept it")
    in_force_from = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "in_force_from"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="agreement_version_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(retired_at__isnull=True), name="agreement_in_force_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
