"""Questions asked after an application was sent: until when, and what was answered."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from applications.models import Application, Inquiry
from applications.models.onboarding import NEEDS_KEY


def zone_of(inquiry: Inquiry) -> ZoneInfo:
    """The applicant's own time zone; the cohort's while they have chosen none."""
    application = inquiry.application
    return ZoneInfo(application.applicant.time_zone or application.call.cohort.time_zone)


def until(inquiry: Inquiry) -> datetime:
    """The last moment to answer: the end of the day in the applicant's zone."""
    return datetime.combine(inquiry.due_on, time(23, 59, 59), tzinfo=zone_of(inquiry))


def said_later(application: Application, values: dict[str, Any]) -> list[dict[str, Any]]:
    """What an applicant said apart from the form, for their own copy of everything (one statement)."""
    section = _("Said later")
    rows = [
        {
            "section": section,
            "question": inquiry.words,
            "id": inquiry.answer_key,
            "answer": values.get(inquiry.answer_key),
            "in words": [values.get(inquiry.answer_key) or _("no answer yet")],
            "kept with": "answers",
        }
        for inquiry in Inquiry.objects.filter(application=application).order_by("number")
    ]
    if NEEDS_KEY in values:
        label, words = _("What would help you take part?"), values[NEEDS_KEY]
        rows.append(
            {
                "section": section,
                "question": label,
                "id": NEEDS_KEY,
                "answer": words,
                "in words": [words],
                "kept with": "access_needs",
            }
        )
    return rows
