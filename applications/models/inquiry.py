"""One more question to one applicant, asked by staff while a decision waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from cohort.people.models import Record


class Inquiry(Record):
    """A question to one applicant, with a day to answer by.

    The answer is an :class:`~applications.models.Answer` like any other, under the name :attr:`answer_key` and with
    the visibility chosen here; so it is masked, kept, shown to its writer and deleted like the rest.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("waits for an answer")
        ANSWERED = "answered", _("answered")
        TAKEN_BACK = "taken_back", _("taken back")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.ASKED: frozenset({State.ANSWERED, State.TAKEN_BACK}),
        State.ANSWERED: frozenset({State.ANSWERED}),  # the applicant adds something before the day is over
        State.TAKEN_BACK: frozenset(),
    }

    class Readers(models.TextChoices):
        REVIEWER = "reviewer", _("The people who score, the committee and staff")
        STAFF = "staff", _("Staff only")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="inquiries")
    number = models.PositiveSmallIntegerField(help_text="1, 2 … within the application")
    words = models.TextField(help_text="The question, as the applicant reads it")
    readers = models.CharField(max_length=10, choices=Readers.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    due_on = models.DateField(help_text="The last day, in the applicant's own time zone")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="inquiry_number_once"),
            models.UniqueConstraint(fields=["application"], condition=Q(state="asked"), name="inquiry_one_open"),
            models.CheckConstraint(condition=~Q(words=""), name="inquiry_has_words"),
            models.CheckConstraint(condition=Q(readers__in=["reviewer", "staff"]), name="inquiry_readers_known"),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False) | ~Q(state="answered"),
                name="inquiry_answered_has_time",
            ),
        ]

    @property
    def answer_key(self) -> str:
        """The name of the answer among the application's answers; no question of a form can have it."""
        return f"+asked{self.number}"
