"""Questions about a call, and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call
from applications.models.page import PageItem
from cohort.people.models import Record


class CallQuestion(Record):
    """One question to the coordinators of a call, from a person with an account or from an address.

    The address of a visitor goes by itself: 30 days after the answer, and 60 days after the call closed at the latest
    (:func:`applications.call.inbox.actions.forget_addresses`).
    """

    class State(models.TextChoices):
        OPEN = "open", _("waits for an answer")
        ANSWERED = "answered", _("answered")
        ASIDE = "aside", _("set aside")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.ANSWERED, State.ASIDE}),
        State.ASIDE: frozenset({State.OPEN}),
        State.ANSWERED: frozenset(),
    }

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="questions")
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="call_questions"
    )
    name = models.CharField(max_length=80, blank=True, help_text="What a visitor without an account wants to be called")
    email = models.EmailField(max_length=254, blank=True, help_text="Of a visitor without an account")
    language = models.CharField(max_length=8, default="en")
    words = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    item = models.OneToOneField(
        PageItem,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="came_from",
        help_text="The entry of the call page that was made of it",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "answered", "aside"]), name="call_question_state"),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False) & ~Q(answer="")
                | ~Q(state="answered") & Q(answered_at__isnull=True, answer=""),
                name="call_question_answer_whole",
            ),
            models.CheckConstraint(
                condition=Q(asker__isnull=True) | Q(email="", name=""), name="call_question_one_address"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="call_question_has_words"),
        ]
        indexes = [models.Index(fields=["call", "state", "-asked_at"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def reachable(self) -> bool:
        """Whether an answer can still go out by mail."""
        return bool(self.asker_id or self.email)
