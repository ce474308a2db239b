"""Questions asked later, and their answers, for those who may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Answer, Application, Inquiry
from applications.models.onboarding import NEEDS_KEY
from cohort.people.models import User


def zone_of(inquiry: Inquiry) -> ZoneInfo:
    """The applicant's own time zone; the cohort's while they have chosen none."""
    application = inquiry.application
    return ZoneInfo(application.applicant.time_zone or application.call.cohort.time_zone)


def until(inquiry: Inquiry) -> datetime:
    """The last moment to answer: the end of the day in the applicant's zone."""
    return datetime.combine(inquiry.due_on, time(23, 59, 59), tzinfo=zone_of(inquiry))


@dataclass
class Asked:
    """A question with its answer as it was written (None while there is none)."""

    inquiry: Inquiry
    answer: str | None


def asked_of(application: Application) -> list[Asked]:
    """Everything asked of one applicant, with answers, for staff and for the applicant (two statements)."""
    found = list(Inquiry.objects.filter(application=application).select_related("asked_by").order_by("number"))
    if not found:
        return []
    keys = [inquiry.answer_key for inquiry in found]
    answers = dict(Answer.objects.filter(application=application, question__in=keys).values_list("question", "value"))
    return [Asked(inquiry, answers.get(inquiry.answer_key)) for inquiry in found]


def open_for(user: User) -> list[Inquiry]:
    """Questions that wait for ``user``'s answer (one statement)."""
    rows = Inquiry.objects.filter(
        application__applicant=user, application__state=Application.State.SUBMITTED, state=Inquiry.State.ASKED
    ).select_related("application__call__cohort", "application__applicant")
    now = timezone.now()
    return [row for row in rows.order_by("due_on") if until(row) >= now]


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
