"""What the one editing rule keeps in the database; see ``cohort.ui.editing``."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Versioned(models.Model):
    """What people edit in forms. ``version`` grows by one with each save, so that a form that is behind is noticed."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class FormKey(models.Model):
    """One form as one person opened it, once it was saved: posted again, it is the same press of a button.

    ``digest`` is a hash of what was posted, ``object_id`` is what was saved. Rows go after some days.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    digest = models.CharField(max_length=64)
    object_id = models.CharField(max_length=60, blank=True)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key", "digest"], name="form_key_once")]
        indexes = [models.Index(fields=["used_at"])]

    def __str__(self) -> str:
        return str(self.key)
