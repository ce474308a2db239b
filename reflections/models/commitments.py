"""What a person will try, when they will look back, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Cohort
from cohort.people.models import Record as Base


class Commitment(Base):
    """One thing to try, tied to a moment. Only its author sees it, until its author decides otherwise.

    The kinds and the states are those of facts/activities.yaml (``commitments`` and ``commitment-lookback``).
    """

    class Kind(models.TextChoices):
        START = "start", _("Start something")
        STOP = "stop", _("Stop something")
        SHARE_POWER = "share_power", _("Share power")
        ASK = "ask", _("Ask for help")
        LISTEN = "listen", _("Listen")
        REPAIR = "repair", _("Repair")

    class State(models.TextChoices):
        ON = "on", _("Still on it")
        DID = "did", _("Did it")
        PART = "part", _("Did part")
        CHANGED = "changed", _("Changed it")
        LETTING_GO = "letting_go", _("Letting it go")

    #: Allowed steps, made by ``cohort.people.states``. A closed commitment stays closed; a new try is a new one.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        **dict.fromkeys((State.ON, State.PART, State.CHANGED), frozenset(State.values)),
        State.DID: frozenset(),
        State.LETTING_GO: frozenset(),
    }

    class Reader(models.TextChoices):
        AUTHOR = "author", _("Only me")
        COHORT = "cohort", _("Everyone in my cohort")

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="commitments")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="commitments")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    what = models.TextField(max_length=1000)
    cue = models.TextField(max_length=500, blank=True)
    look_back_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1, help_text="Rises with each new look-back date")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ON)
    learned = models.TextField(max_length=2000, blank=True)
    reader = models.CharField(max_length=8, choices=Reader.choices, default=Reader.AUTHOR)
    made_at = models.DateTimeField(default=timezone.now)
    looked_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["start", "stop", "share_power", "ask", "listen", "repair"]),
                name="commitment_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["on", "did", "part", "changed", "letting_go"]), name="commitment_state_known"
            ),
            models.CheckConstraint(condition=Q(reader__in=["author", "cohort"]), name="commitment_reader_known"),
            models.CheckConstraint(condition=~Q(what=""), name="commitment_says_something"),
        ]
        indexes = [models.Index(fields=["author", "state"]), models.Index(fields=["look_back_on"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


OPEN_STATES = ("on", "part", "changed")
