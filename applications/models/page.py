"""What the call page says in the coordinators' own words, and the letters that they changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call
from cohort.people.models import Record
from cohort.triggers import refuse_update


class PageItem(Record):
    """One line of a list on the call page. A removed one stays for a while, so that it can be put back."""

    class Part(models.TextChoices):
        DATE = "date", _("other dates")
        OUTCOME = "outcome", _("what people get")
        ASKS = "asks", _("what it asks of people")
        FACILITATOR = "facilitator", _("who leads the sessions")
        QUESTION = "question", _("questions people ask")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="page_items")
    part = models.CharField(max_length=12, choices=Part.choices)
    place = models.PositiveIntegerField()
    title = models.CharField(max_length=300, help_text="The sentence, the question or the name")
    words = models.TextField(blank=True, help_text="The answer, or a few words about a person")
    on = models.DateField(null=True, blank=True, help_text="The day, for dates only")
    other_words = models.JSONField(default=dict, blank=True, help_text="Words in other languages, by field")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "part", "place"], name="page_item_place_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(part__in=["date", "outcome", "asks", "facilitator", "question"]),
                name="page_item_part_known",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="page_item_has_title"),
            models.CheckConstraint(
                condition=Q(part="date", on__isnull=False) | (~Q(part="date") & Q(on__isnull=True)),
                name="page_item_day_for_dates",
            ),
            models.CheckConstraint(condition=~Q(part="question") | ~Q(words=""), name="page_item_question_answered"),
        ]

    def __str__(self) -> str:
        return self.title


class LetterText(Record):
    """One version of one letter of a call in one language. Never changed: a later edit is a later row.

    A letter uses the version that stood when its cause happened (approved, sent in), so that an edit never changes
    what went out. An empty subject and body give the standard letter back.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="letter_texts")
    name = models.CharField(max_length=20, help_text="A key of applications.letter_texts.KINDS")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en")
    subject = models.CharField(max_length=160, blank=True)
    body = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(language__in=["en", "es"]), name="letter_text_language_known"),
            models.CheckConstraint(
                condition=Q(subject="", body="") | (~Q(subject="") & ~Q(body="")), name="letter_text_whole_or_standard"
            ),
        ]
        indexes = [models.Index(fields=["call", "name", "-made_at"])]
        triggers = [refuse_update("letter_text_append_only", "letters keep every version", but=["made_by"])]
