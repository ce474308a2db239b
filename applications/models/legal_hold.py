"""A reason why nothing of a call may be deleted for now, such as a lawsuit or a request for records."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from applications.models.call import Call
from cohort.people.models import Record


class LegalHold(Record):
    """While one is in force, the retention job deletes nothing of the call. A person's own withdrawal still does."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="holds")
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call"], condition=Q(lifted_at=None), name="legal_hold_one_in_force"),
            models.CheckConstraint(condition=~Q(reason=""), name="legal_hold_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | Q(lifted_at__gte=models.F("placed_at")), name="legal_hold_lifted_after"
            ),
        ]
