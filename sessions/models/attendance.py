"""Who was there. Not marked is not absent: only a facilitator who closes the register says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Membership, Record
from sessions.models.plan import Session


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def there(self) -> AttendanceQuerySet:
        """Those who took part, in the room or online: they are asked the survey."""
        return self.filter(state__in=Attendance.THERE)

    def to_catch_up(self) -> AttendanceQuerySet:
        """Those who were away, have not caught up and have not said that they will not.

        Only of closed registers, because until then "not there" may be a mark that is missing; and never of people
        who joined after the session.
        """
        return self.filter(
            state__in=Attendance.AWAY,
            catch_up_declined_at=None,
            session__register_closed_at__isnull=False,
            session__state=Session.State.ENDED,
            membership__ended_at=None,
            membership__joined_at__lt=F("session__starts_at"),
        )


class Attendance(Record):
    """One participant's attendance of one session."""

    class State(models.TextChoices):
        EXPECTED = "expected", _("not marked yet")
        PRESENT = "present", _("here")
        LATE = "late", _("came late")
        LEFT_EARLY = "left_early", _("left early")
        REMOTE = "remote", _("joined online")
        EXCUSED = "excused", _("let us know")
        ABSENT = "absent", _("was not there")
        MADE_UP = "made_up", _("made up")

    #: A facilitator may correct any mark to any other.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = dict.fromkeys(State.values, frozenset(State.values))

    THERE = (State.PRESENT, State.LATE, State.LEFT_EARLY, State.REMOTE)
    AWAY = (State.EXCUSED, State.ABSENT)

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendance")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="attendance")
    state = models.CharField(max_length=10, choices=State.choices, default=State.EXPECTED)
    checked_in_at = models.DateTimeField(null=True, blank=True, help_text="When they checked in on their phone")
    marked_at = models.DateTimeField(default=timezone.now)
    catch_up_declined_at = models.DateTimeField(
        null=True, blank=True, help_text="When they said that they will not catch up"
    )
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "membership"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["expected", "present", "late", "left_early", "remote", "excused", "absent", "made_up"]
                ),
                name="attendance_state_known",
            ),
        ]
        indexes = [models.Index(fields=["session", "state"])]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.state}"

    @property
    def is_away(self) -> bool:
        return self.state in self.AWAY

    @property
    def is_there(self) -> bool:
        return self.state in self.THERE
