"""Reading the same examples first: what readers gave, and what they agreed on when they talked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.call import Call
from cohort.people.models import Record


class Calibration(Record):
    """The shared start of reading in one call. Queues stay closed until it is over (rubric.yaml, calibration)."""

    class State(models.TextChoices):
        RUNNING = "running", _("readers score the examples")
        OVER = "over", _("readers have talked; queues are open")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.RUNNING: frozenset({State.OVER}),
        State.OVER: frozenset({State.RUNNING}),  # another example, because reviewers still differ
    }

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="calibration")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    note = models.TextField(blank=True, help_text="What the readers agreed on; they see it beside the rubric")
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="over") | Q(over_at__isnull=False), name="calibration_over_has_time"
            ),
        ]


class Example(Record):
    """One application that every reader scores first: an invented one, or a real one by reference.

    A real one is never copied: it is drawn through the blind reading like any other, and is gone when its
    writer withdraws. Scores of an example never count for anybody's place.
    """

    calibration = models.ForeignKey(Calibration, on_delete=models.CASCADE, related_name="examples")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40, blank=True, help_text="Which invented example of facts/examples.yaml")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="Or a real one"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["calibration", "position"], name="example_position_once"),
            models.UniqueConstraint(fields=["calibration", "key"], condition=~Q(key=""), name="example_key_once"),
            models.UniqueConstraint(fields=["calibration", "application"], name="example_application_once"),
            models.CheckConstraint(
                condition=(~Q(key="") & Q(application__isnull=True)) | (Q(key="") & Q(application__isnull=False)),
                name="example_invented_or_real",
            ),
        ]

    @property
    def name(self) -> str:
        return _("Example %(letter)s") % {"letter": chr(64 + self.position)}


class ExampleReading(Record):
    """One reader's levels for one example. Others see them without a name, and only after sending their own."""

    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    marks = models.JSONField(default=dict, help_text="Criterion to {level, cannot_judge, comment}")
    started_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["example", "reader"], name="example_read_once")]
