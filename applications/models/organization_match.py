"""Organizations of one call that were found to be the same, or not."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from applications.models.call import Call
from cohort.people.models import Organization, Record


class OrganizationMatch(Record):
    """What a coordinator said about two organizations of a call: one and the same, or different.

    Merging moves the applications of this call from ``source`` to ``target``; both records stay, so that it can be
    undone. ``moved`` keeps which applications were moved.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="organization_matches")
    source = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    same = models.BooleanField(help_text="False: they were looked at, and are different")
    moved = models.JSONField(default=list, blank=True, help_text="Ids of the applications that were moved")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "source"],
                condition=Q(same=True, undone_at__isnull=True),
                name="organization_merged_once",
            ),
            models.UniqueConstraint(
                fields=["call", "source", "target"], condition=Q(undone_at__isnull=True), name="organization_match_once"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="organization_match_two"),
            models.CheckConstraint(condition=Q(same=True) | Q(moved=[]), name="organization_different_moves_nobody"),
        ]
