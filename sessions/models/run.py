"""The live session: events are only ever added; the state is their fold (``sessions.live_state``)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohort.people.models import Record
from cohort.triggers import refuse_update
from sessions.models.plan import Session


class Run(Record):
    """The open room of a session. ``position`` is the position of its newest event; 0 before the first."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="run")
    position = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"run of {self.session_id}"


class RunEvent(models.Model):
    """One press of a facilitator. ``data`` holds ids and numbers, never words."""

    class Kind(models.TextChoices):
        START = "start"
        NEXT = "next"
        BACK = "back"
        PAUSE = "pause"
        RESUME = "resume"
        EXTEND = "extend"
        INSERT = "insert"
        DROP = "drop"
        RETIME = "retime"
        RETURN_TO_AGREEMENT = "return_to_agreement"
        SILENT_ON = "silent_on"
        SILENT_OFF = "silent_off"
        END = "end"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="run_event_position_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="run_event_position_from_one"),
        ]
        triggers = [refuse_update("run_event_append_only", "run events are append-only", but=["actor"])]

    def __str__(self) -> str:
        return f"{self.position} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the event; an event that is already stored is never written again."""
        if self.pk is not None:
            raise ValueError("A run event is never changed.")
        super().save(*args, **kwargs)


class PauseRequest(Record):
    """Somebody in the room asked to pause. No name is kept, and the moment is rounded to the minute."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="pause_requests")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"pause {self.at:%H:%M}"
