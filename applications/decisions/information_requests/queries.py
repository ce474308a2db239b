"""Questions asked later, and their answers, for those who may read them."""

from __future__ import annotations

from django.utils import timezone

from applications.common.inquiries import until
from applications.models import Answer, Application, Inquiry
from cohort.people.models import User


def answer_to(inquiry: Inquiry) -> Answer | None:
    """What the applicant answered (one statement)."""
    return Answer.objects.filter(application_id=inquiry.application_id, question=inquiry.answer_key).first()


def open_for(user: User) -> list[Inquiry]:
    """Questions that wait for ``user``'s answer (one statement)."""
    rows = Inquiry.objects.filter(
        application__applicant=user, application__state=Application.State.SUBMITTED, state=Inquiry.State.ASKED
    ).select_related("application__call__cohort", "application__applicant")
    now = timezone.now()
    return [row for row in rows.order_by("due_on") if until(row) >= now]
