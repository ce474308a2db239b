"""Mail about questions to one applicant: the question, and that it is answered."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.call.letters import samples as letters_samples
from applications.call.letters.compose import more_information
from applications.common import inquiries
from applications.common.access_staff import kept_away, must_not_see
from applications.common.addresses import full_address
from applications.models import Application, Inquiry
from cohort.outbox.models import Message
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import kinds
from cohort.people.access import roles_in
from cohort.people.models import Role


def _inquiry(message: Message) -> Inquiry | None:
    return (
        Inquiry.objects.filter(pk=message.refs.get("inquiry"))
        .select_related("application__applicant", "application__call__cohort")
        .first()
    )


def _inquiry_needed(message: Message) -> str | None:
    inquiry = _inquiry(message)
    if inquiry is None or inquiry.application.state != Application.State.SUBMITTED:
        return "withdrawn"
    return None if inquiry.state == Inquiry.State.ASKED else "answered"


def _question_context(message: Message) -> dict[str, Any]:
    inquiry = _inquiry(message)
    assert inquiry is not None
    return {
        "letter": more_information(
            inquiry.application,
            question=inquiry.words,
            reply_until=inquiries.until(inquiry),
            at=inquiry.asked_at,
            url=full_address("information_answer", inquiry.application_id, inquiry.number),
        )
    }


def _answered_needed(message: Message) -> str | None:
    inquiry = _inquiry(message)
    if inquiry is None or inquiry.application.state != Application.State.SUBMITTED:
        return "withdrawn"
    reader = message.recipient
    if reader is None or Role.COORDINATOR not in roles_in(reader, inquiry.application.call.cohort_id):
        return "no_role"
    return "no_role" if kept_away(reader, inquiry.application) else None


def _answered_context(message: Message) -> dict[str, Any]:
    inquiry = _inquiry(message)
    assert inquiry is not None
    application = inquiry.application
    return {
        "number": application.reference,
        "call": application.call,
        "url": full_address("decision", application.call.slug, application.number),
    }


def _question_example() -> dict[str, Any]:
    found = letters_samples.application()
    return {
        "letter": more_information(
            found,
            question="Which of the two clinics would the new hours be for?",
            reply_until=previews_samples.day(7, time(23, 59)),
            url=previews_samples.address("applications:application", found.pk),
        )
    }


def _answered_example() -> dict[str, Any]:
    found = letters_samples.application()
    return {
        "number": found.reference,
        "call": found.call,
        "url": previews_samples.address("applications:decision", found.call.slug, found.number),
    }


def register() -> None:
    kinds.register(
        kinds.MessageKind(
            name="more_information",
            template="applications/common/mail/decision",
            klass="A",
            title=_("A question about an application"),
            context=_question_context,
            still_needed=_inquiry_needed,
            example=_question_example,
            on_unknown="resend",
            previewed_by=(Role.COORDINATOR,),
            hidden_from=must_not_see,
            about=_("Staff ask an applicant for something that is missing or unclear."),
            when=_("When a coordinator asks"),
            expires=_("At the end of the day to answer"),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="information_answered",
            template="applications/decisions/information_requests/mail/answered",
            klass="F",
            members_only=True,
            title=_("An applicant has answered"),
            context=_answered_context,
            still_needed=_answered_needed,
            example=_answered_example,
            on_unknown="drop",
            hidden_from=must_not_see,
            about=_("An applicant has answered the question that you asked."),
            when=_("When the answer comes in"),
            expires=_("Never"),
        )
    )
