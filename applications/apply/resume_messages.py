"""The email with a link to continue an application."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.call.letters import samples as letters_samples
from applications.common import access, placeholders
from applications.models import Application
from cohort.outbox.registry import kinds


def _application(message: Any) -> Application | None:
    found = Application.objects.select_related("call__cohort", "applicant")
    return found.filter(pk=message.refs["application"]).first()


def _link_context(message: Any) -> dict[str, Any]:
    found = _application(message)
    assert found is not None
    token = access.resume_token(found.pk, str(message.refs.get("part", "")))
    return {
        "facts": placeholders.facts_for(found.call),
        "days": access.RESUME_DAYS,
        "url": settings.SITE_URL + reverse("applications:resume", args=[token]),
    }


def _link_needed(message: Any) -> str | None:
    found = _application(message)
    return None if found is not None and found.state != Application.State.WITHDRAWN else "not needed"


def _link_example() -> dict[str, Any]:
    about = letters_samples.about_application()
    return {"facts": about["facts"], "days": access.RESUME_DAYS, "url": about["url"]}


def register() -> None:
    kinds.register(
        kinds.MessageKind(
            name="application_link",
            klass="A",
            title=_("A link to go on with your application"),
            any_hour=True,
            template="applications/apply/mail/application_link",
            context=_link_context,
            still_needed=_link_needed,
            example=_link_example,
            previewed_by=(),
            on_unknown="resend",
            when=_("At once, when you ask for it"),
            about=_("When you ask for it: a link that brings you back to the place where you stopped."),
        )
    )
