"""The rest of what is held about an applicant, beside their answers: for their own copy of everything."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import (
    Application,
    CallQuestion,
    Decision,
    IdentityAnswer,
    Missing,
    Offer,
    Recusal,
    Source,
    WelcomeTask,
)
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.models import Membership


def beside_keys() -> tuple[str, ...]:
    """The keys of :func:`beside`, in the order in which people read them."""
    return (
        "outcomes",
        "offers",
        "tasks before the first session",
        "roles",
        "mail",
        "questions to the coordinators",
        "came by the link of",
        "identity questions without an answer",
        "readers who stepped aside",
    )


def beside(application: Application) -> dict[str, list[dict[str, Any]]]:
    """Outcomes and offers that were told, mail, questions to the coordinators, and how we know where people came from.

    Not here: what readers scored and noted (what they chose to share comes with the decision), and plans of staff for
    the group, which name applications by number only.
    """
    user, now = application.applicant, timezone.now()
    told = Decision.objects.told(now).filter(application=application)
    noted = {Missing.LEFT_BLANK.value: _("left blank"), Missing.NOT_SHOWN.value: _("not asked")}
    return {
        "identity questions without an answer": [
            {"question": row.question, "noted as": noted[row.missing]}
            for row in IdentityAnswer.objects.filter(application=application).exclude(missing="").order_by("question")
            if row.missing in noted
        ],
        "outcomes": [
            {"outcome": row.get_value_display(), "decided": row.decided_at} for row in told.order_by("decided_at")
        ],
        "offers": [
            {
                "state": row.get_state_display(),
                "made": row.made_at,
                "answer by": row.reply_by,
                "answered": row.answered_at,
            }
            for row in Offer.objects.told(now).filter(application=application).order_by("made_at")
        ],
        "tasks before the first session": [
            {"task": row.get_kind_display(), "done": row.done_at, "choice": row.choice}
            for row in WelcomeTask.objects.filter(offer__application=application, offer__made_at__lte=now).order_by(
                "pk"
            )
        ],
        "readers who stepped aside": [
            {"because of a tie since": row.declared_at}
            for row in Recusal.objects.filter(application=application).order_by("declared_at")
        ],
        "came by the link of": [
            {"partner": row.partner.name}
            for row in Source.objects.filter(application=application).select_related("partner")
        ],
        "questions to the coordinators": [
            {"question": row.words, "asked": row.asked_at, "answer": row.answer, "answered": row.answered_at}
            for row in CallQuestion.objects.filter(call=application.call, asker=user).order_by("asked_at")
        ],
        "mail": [
            {
                "about": str(kind.title) if (kind := kinds.find(row.kind)) else row.kind,
                "due": row.due_at,
                "sent": row.sent_at,
            }
            for row in Message.objects.filter(
                recipient=user, refs__contains={"application": str(application.pk)}
            ).order_by("due_at", "pk")
        ],
        "roles": [
            {"cohort": row.cohort.name, "role": row.get_role_display(), "since": row.joined_at, "until": row.ended_at}
            for row in Membership.objects.filter(user=user, cohort=application.call.cohort).select_related("cohort")
        ],
    }


def words() -> dict[str, str]:
    """The names of the copy in the reader's language. The file for programs keeps the English ones: they never move."""
    return {
        "email": _("Email"),
        "name": _("Name"),
        "name to use": _("Name to use"),
        "language": _("Language"),
        "time zone": _("Time zone"),
        "joined": _("Account made"),
        "reference": _("Reference"),
        "call": _("Call"),
        "state": _("State"),
        "eligibility": _("Eligibility"),
        "started": _("Started"),
        "last change": _("Last change"),
        "sent": _("Sent"),
        "withdrawn": _("Withdrawn"),
        "question": _("Question"),
        "noted as": _("Noted as"),
        "outcome": _("Outcome"),
        "decided": _("Decided"),
        "made": _("Made"),
        "answer by": _("Answer by"),
        "answered": _("Answered"),
        "task": _("Task"),
        "done": _("Done"),
        "choice": _("Choice"),
        "partner": _("Partner"),
        "asked": _("Asked"),
        "because of a tie since": _("Because of a tie, since"),
        "answer": _("Answer"),
        "about": _("About"),
        "due": _("Due"),
        "cohort": _("Cohort"),
        "role": _("Role"),
        "since": _("Since"),
        "until": _("Until"),
        "asked at": _("Asked"),
        "identity questions without an answer": _("Identity questions without an answer"),
        "outcomes": _("Outcomes told to you"),
        "offers": _("Offers of a place"),
        "tasks before the first session": _("Tasks before the first session"),
        "readers who stepped aside": _("Readers who stepped aside"),
        "came by the link of": _("Who shared the call"),
        "questions to the coordinators": _("Your questions to the coordinators"),
        "mail": _("Email to you about it"),
        "roles": _("Your roles"),
        "employer confirmation": _("The person you named"),
    }
