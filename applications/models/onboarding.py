"""What a new participant does between saying yes and the first session."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.decision import Offer
from cohort.people.models import Record

#: Under this name own words about access, said while getting ready, stand among the access needs of an application.
NEEDS_KEY = "+welcome"


class WelcomeTask(Record):
    """One small thing to do after accepting (rubric.yaml, onboarding). Made with the acceptance, once per kind."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("Say what would help you take part")
        LISTING = "listing", _("Choose whether your name may be listed")
        AGREEMENT = "agreement", _("Read what we promise each other")
        DATES = "dates", _("Save the dates and tell your supervisor")
        TRY_OUT = "try_out", _("Try the way in")

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="welcome_tasks")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    choice = models.CharField(max_length=12, blank=True, help_text="For the listing: listed, first_name or not_listed")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "kind"], name="welcome_task_once"),
            models.CheckConstraint(
                condition=Q(kind="listing", choice__in=["", "listed", "first_name", "not_listed"])
                | (~Q(kind="listing") & Q(choice="")),
                name="welcome_choice_only_listing",
            ),
            models.CheckConstraint(
                condition=~Q(kind="listing", done_at__isnull=False) | ~Q(choice=""), name="welcome_listing_chosen"
            ),
        ]
