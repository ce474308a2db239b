"""Questions asked of one applicant after sending, with their answers."""

from __future__ import annotations

from dataclasses import dataclass

from applications.models import Answer, Application, Inquiry


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
