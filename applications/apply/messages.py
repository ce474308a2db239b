"""Mail about applying: the receipt, the reminders of a draft, and the question to an employer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.call.letters import compose
from applications.call.letters import samples as letters_samples
from applications.common import placeholders
from applications.common.access import confirmation_token
from applications.models import Application, Call, EmployerConfirmation
from cohort.outbox.registry import kinds

NUDGES = (dt.timedelta(days=7), dt.timedelta(days=14))  # after asking; the link lives 21 days


def _application(message: Any) -> Application | None:
    found = Application.objects.select_related("call__cohort", "applicant")
    return found.filter(pk=message.refs["application"]).first()


def _received_context(message: Any) -> dict[str, Any]:
    found = _application(message)
    assert found is not None
    call = found.call
    return {
        "application": found,
        "call": call,
        "zone": call.cohort.zone,
        "facts": placeholders.facts_for(call),
        "asked": EmployerConfirmation.objects.filter(application=found).first(),
        "url": settings.SITE_URL + reverse("applications:application", args=[found.pk]),
    }


def _receipt_context(message: Any) -> dict[str, Any]:
    found = _application(message)
    assert found is not None
    return {"letter": compose.received(found)}


def _received_needed(message: Any) -> str | None:
    found = _application(message)
    return None if found is not None and found.state == Application.State.SUBMITTED else "not needed"


# ---------------------------------------------------------------- drafts


def _draft_needed(message: Any) -> str | None:
    found = _application(message)
    if found is None or found.state != Application.State.DRAFT or not found.remind:
        return "not needed"
    return None if found.call.takes_new(timezone.now()) else "closed"


def _draft_plan(now: dt.datetime) -> Iterator[kinds.Planned]:
    """Two at most: five days after the last edit, and three days before the deadline. Only for those who asked."""
    drafts = Application.objects.filter(
        state=Application.State.DRAFT,
        remind=True,
        call__state=Call.State.OPEN,
        call__opens_at__lte=now,
        call__closes_at__gt=now,
        call__closes_at__lte=now + dt.timedelta(days=60),
    ).select_related("call__cohort", "applicant")
    for draft in drafts.iterator():
        closes = draft.call.closes_at
        assert closes is not None
        moments = ((1, draft.edited_at + dt.timedelta(days=5)), (2, closes - dt.timedelta(days=3)))
        for number, due in moments:
            if now - dt.timedelta(days=1) <= due <= now + kinds.HORIZON:
                yield kinds.Planned(
                    key=f"app_draft:{draft.pk}:{number}",
                    recipient=draft.applicant,
                    cohort=draft.call.cohort,
                    refs={"application": str(draft.pk)},
                    due_at=due,
                    not_after=closes - dt.timedelta(hours=6),
                )


# ---------------------------------------------------------------- employers


def _confirmation(message: Any) -> EmployerConfirmation | None:
    return (
        EmployerConfirmation.objects.select_related("application__call__cohort", "application__applicant")
        .filter(pk=message.refs["confirmation"])
        .first()
    )


def _employer_context(message: Any) -> dict[str, Any]:
    found = _confirmation(message)
    assert found is not None
    application = found.application
    link = settings.SITE_URL + reverse("applications:employer", args=[confirmation_token(found)])
    return {
        "confirmation": found,
        "person": application.applicant,
        "call": application.call,
        "zone": application.call.cohort.zone,
        "facts": placeholders.facts_for(application.call),
        "url": link,
    }


def _employer_needed(message: Any) -> str | None:
    found = _confirmation(message)
    if found is None or found.application.state != Application.State.SUBMITTED:
        return "not needed"
    if found.state != EmployerConfirmation.State.ASKED:
        return "answered"
    return None if timezone.now() < found.expires_at else "too late"


def _employer_plan(now: dt.datetime) -> Iterable[kinds.Planned]:
    waiting = EmployerConfirmation.objects.filter(
        state=EmployerConfirmation.State.ASKED,
        expires_at__gt=now,
        asked_at__lte=now - NUDGES[0] + kinds.HORIZON,
    ).select_related("application__call__cohort")
    for row in waiting.iterator():
        for number, after in enumerate(NUDGES, 1):
            due = row.asked_at + after
            if now - dt.timedelta(days=1) <= due <= now + kinds.HORIZON:
                yield kinds.Planned(
                    key=f"employer_nudge:{row.pk}:{number}",
                    recipient=None,
                    email=row.email,
                    cohort=row.application.call.cohort,
                    due_at=due,
                    not_after=row.expires_at,
                    refs={"confirmation": str(row.pk), "application": str(row.application_id)},
                )


def register() -> None:
    kinds.register(
        kinds.MessageKind(
            name="application_received",
            klass="A",
            title=_("We have your application"),
            any_hour=True,
            template="applications/common/mail/decision",
            context=_receipt_context,
            still_needed=_received_needed,
            example=letters_samples.about_receipt,  # it would tie a name to a number
            on_unknown="resend",
            about=_("When you send an application: that it arrived, and what happens next."),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="application_draft",
            klass="C",
            title=_("Your unfinished application"),
            template="applications/apply/mail/application_draft",
            context=_received_context,
            still_needed=_draft_needed,
            example=letters_samples.about_application,
            plan=_draft_plan,
            on_unknown="drop",
            about=_("Twice at most, when you asked for it: five days after you last wrote, and before the deadline."),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="employer_request",
            klass="A",
            title=_("Asking an employer to confirm support"),
            template="applications/apply/mail/employer_request",
            context=_employer_context,
            still_needed=_employer_needed,
            example=letters_samples.about_employer,
            secret=("url",),
            outside=True,
            on_unknown="resend",
            about=_("To the person an applicant named: a few questions, by a link for 21 days."),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="employer_nudge",
            klass="A",
            title=_("Asking an employer again"),
            template="applications/apply/mail/employer_nudge",
            context=_employer_context,
            still_needed=_employer_needed,
            example=letters_samples.about_employer,
            secret=("url",),
            outside=True,
            plan=_employer_plan,
            on_unknown="drop",
            about=_("Twice at most, while the question is not answered."),
        )
    )
