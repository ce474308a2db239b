"""The next version of a form while it is being written, and each step of the writing so that it can be undone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from applications.models.call import Call, FormVersion
from cohort.people.models import Record


class FormDraft(Record):
    """What a call's form will be next. Nobody answers a draft: opening the call or publishing freezes it."""

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="form_draft")
    based_on = models.ForeignKey(FormVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    definition = models.JSONField()
    revision = models.PositiveIntegerField(default=0, help_text="Rises with every change, undoing included")
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class FormEdit(models.Model):
    """One change of a draft: what the form was before it. Undoing takes the newest row back."""

    KEPT = 40  # steps that can be undone

    draft = models.ForeignKey(FormDraft, on_delete=models.CASCADE, related_name="edits")
    revision = models.PositiveIntegerField(help_text="The draft's revision that this change made")
    did = models.CharField(max_length=40, help_text="A verb of applications.words_editor")
    thing = models.CharField(max_length=60, blank=True, help_text="The part or question it was done to")
    before = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "revision"], name="form_edit_once")]
        ordering = ["revision"]
