"""Who passed a call on, and how many came that way. Visits are counted; visitors are not known."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from applications.models.application import Application
from applications.models.call import Call
from cohort.people.models import Record


class Partner(Record):
    """An organization or network that shares the call, with a link of its own."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=16, unique=True, help_text="Stands in the link")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="The link still leads to the call, uncounted")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "name"], name="partner_name_once"),
            models.CheckConstraint(condition=models.Q(code__regex=r"^[a-z0-9]{6,16}$"), name="partner_code_plain"),
            models.CheckConstraint(condition=~models.Q(name=""), name="partner_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerVisits(models.Model):
    """How often a partner's link was opened on one day: a number, and nothing about who opened it."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="visits")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "day"], name="partner_visits_once_a_day")]


class Source(models.Model):
    """By which partner's link an application came. Read as totals alone; it goes with the application."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="source")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="sources")
