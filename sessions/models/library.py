"""The activity library: templates that a session copies from, each with its credit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Record


class Phase(models.TextChoices):
    """Where in a session an activity belongs (facts/activities.yaml, ``phases``)."""

    OPEN = "open", _("Opening")
    RELATIONSHIP = "relationship", _("Building relationship")
    INNER = "inner", _("Leading from within")
    TOGETHER = "together", _("Leading together")
    SYSTEMS = "systems", _("Systems and change")
    PRODUCE = "produce", _("Producing something")
    CLOSE = "close", _("Closing")
    ANY = "any", _("Any time")


class Grouping(models.TextChoices):
    """How people sit or stand during an activity."""

    PLENARY = "plenary", _("Everyone together")
    TABLE = "table", _("At tables")
    PAIRS = "pairs", _("In pairs")
    TRIOS = "trios", _("In threes")
    CORNERS = "corners", _("In corners of the room")
    SOLO = "solo", _("Each person alone")


class Reader(models.TextChoices):
    """Who can read what a person writes to a prompt (facts/activities.yaml, ``visibility``)."""

    PRIVATE = "private", _("Only you")
    PAIR = "pair", _("You and your partner")
    TABLE = "table", _("People at your table today")
    FACILITATORS = "facilitators", _("You and the facilitators")
    COHORT = "cohort", _("Members and facilitators of this cohort")
    ROOM_ANONYMOUS = "room_anonymous", _("The room, without names, once five people have answered")
    SURVEY = "survey", _("No names; shown together when the survey closes")


class Answer(models.TextChoices):
    """The kinds of answer that a prompt can ask for."""

    TEXT = "text", _("Free text")
    SHORT_TEXT = "short_text", _("One line")
    LIST = "list", _("A short list")
    CHOICE = "choice", _("One choice")
    MULTI_CHOICE = "multi_choice", _("Several choices")
    TABLE = "table", _("Rows and columns")
    MATRIX = "matrix", _("One mark per row")
    MATRIX_TEXT = "matrix_text", _("Words per row")
    CHOICE_OF_AGREEMENTS = "choice_of_agreements", _("One of the agreements")
    CHOICE_OF_ROLES = "choice_of_roles", _("One of the roles")
    DATE = "date", _("A date")
    LADDER = "ladder", _("Steps of a ladder")
    MARK_LIST = "mark_list", _("Marks on an earlier list")
    CONTRIBUTION = "contribution", _("A piece of shared writing")
    PERSON_IN_COHORT = "person_in_cohort", _("A person in the cohort")
    SURVEY = "survey", _("The session survey")


class Activity(Record):
    """A library template. Adding it to a session copies it, so later edits never change a planned session.

    ``version`` rises by one whenever the loader finds other words for the same slug.
    ``steps``: list of {title, minutes, mode, do}; ``prompts``: list as in facts/activities.yaml.
    """

    slug = models.SlugField(max_length=60, unique=True)
    version = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the template, to notice changes")
    retired = models.BooleanField(default=False, help_text="No longer in the fact file; kept for sessions that used it")
    name = models.CharField(max_length=120)
    purpose = models.TextField()
    credit = models.TextField()
    seeds = models.JSONField(default=list, blank=True)
    phase = models.CharField(max_length=12, choices=Phase.choices)
    group = models.CharField(max_length=8, choices=Grouping.choices)
    frameworks = models.JSONField(default=list, blank=True)
    minutes = models.PositiveSmallIntegerField()
    min_minutes = models.PositiveSmallIntegerField()
    max_minutes = models.PositiveSmallIntegerField()
    protected = models.BooleanField(default=False)
    materials = models.JSONField(default=list, blank=True)
    steps = models.JSONField(default=list)
    prompts = models.JSONField(default=list, blank=True)
    outputs = models.JSONField(default=list, blank=True)
    host_notes = models.JSONField(default=list, blank=True)
    compress = models.TextField(blank=True, help_text="How to run it in less time")
    extras = models.JSONField(default=dict, blank=True, help_text="starter_touchstones, question_bank, checker_rules")
    position = models.PositiveSmallIntegerField(default=0, help_text="Order in the fact file")

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(min_minutes__gte=1, min_minutes__lte=F("minutes"), minutes__lte=F("max_minutes")),
                name="activity_minutes_in_range",
            ),
            models.CheckConstraint(condition=~Q(credit=""), name="activity_has_credit"),
            models.CheckConstraint(condition=Q(phase__in=Phase.values), name="activity_phase_known"),
            models.CheckConstraint(condition=Q(group__in=Grouping.values), name="activity_group_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sponge(self) -> bool:
        """Whether this is spare time that can give or take minutes first."""
        return self.slug == "buffer"
