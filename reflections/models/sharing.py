"""Copies that a writer chose to share. They are readable by design, and nothing ties them to a journal."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Cohort
from cohort.people.models import Record as Base


class SharedCopy(Base):
    """A readable copy. There is no foreign key to the journal: only the writer's own sealed entry knows of both."""

    class Audience(models.TextChoices):
        FACILITATORS = "facilitators", _("the facilitators of my cohort")
        COHORT = "cohort", _("everyone in my cohort")

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shared_copies")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="shared_copies")
    audience = models.CharField(max_length=12, choices=Audience.choices)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(max_length=20_000)
    shared_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=["facilitators", "cohort"]), name="copy_audience_known"),
            models.CheckConstraint(condition=~Q(body=""), name="copy_not_empty"),
        ]
        indexes = [models.Index(fields=["cohort", "-shared_at"])]

    def __str__(self) -> str:
        return self.title or str(_("Untitled"))
