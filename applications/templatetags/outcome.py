"""What an applicant has been told, for their own pages: ``{% load outcome %}{% outcome application %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from applications.call.letters.compose import public_reason
from applications.decisions.told import told
from applications.models import Application, Offer

register = template.Library()


@register.inclusion_tag("applications/common/_outcome.html")
def outcome(application: Application) -> dict[str, Any]:
    """The outcome as it was told: nothing while nothing was released, whatever has been decided."""
    found = told(application) if application.state == Application.State.SUBMITTED else None
    call = application.call
    return {
        "told": found,
        "application": application,
        "cohort": call.cohort,
        "zone": application.applicant.time_zone or call.cohort.time_zone,
        "reason": public_reason(call, found.reason_code)
        if found and found.value in ("decline", "not_eligible")
        else "",
        "can_answer": bool(
            found and found.offer and found.offer.state == Offer.State.OPEN and found.offer.reply_by > timezone.now()
        ),
    }
