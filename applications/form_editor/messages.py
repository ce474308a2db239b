"""Mail about a new version of the form that somebody is filling in or has sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.call.letters import samples as letters_samples
from applications.common import placeholders
from applications.form_editor import queries
from applications.models import Application, FormVersion
from cohort.outbox.registry import kinds


def _application(message: Any) -> Application | None:
    found = Application.objects.select_related("call__cohort", "applicant")
    return found.filter(pk=message.refs["application"]).first()


def _context(message: Any) -> dict[str, Any]:
    found = _application(message)
    assert found is not None
    sent = found.state == Application.State.SUBMITTED
    page = "applications:new_questions" if sent else "applications:form_changes"
    return {
        "application": found,
        "call": found.call,
        "zone": found.call.cohort.zone,
        "sent": sent,
        "facts": placeholders.facts_for(found.call),
        "url": settings.SITE_URL + reverse(page, args=[found.pk]),
    }


def _example() -> dict[str, Any]:
    return {**letters_samples.about_application(), "sent": False}


def _needed(message: Any) -> str | None:
    found = _application(message)
    version = FormVersion.objects.filter(pk=message.refs["version"]).defer("definition").first()
    if found is None or version is None or found.state == Application.State.WITHDRAWN:
        return "not needed"
    if not found.call.takes_saves(timezone.now()):
        return "closed"
    if queries.newest_version(found.call) != version.pk:
        return "newer"  # a later version has a message of its own
    if found.state == Application.State.SUBMITTED and queries.asks_again(found) is None:
        return "answered"
    return None


def register() -> None:
    kinds.register(
        kinds.MessageKind(
            name="form_changed",
            klass="A",
            title=_("The application form changed"),
            template="applications/form_editor/mail/form_changed",
            context=_context,
            still_needed=_needed,
            on_unknown="resend",
            example=_example,
            previewed_by=(),
            about=_("When the form changes while you fill it in, or has a new question after you sent it."),
        )
    )
