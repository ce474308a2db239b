"""Mail that an applicant asks for or must hear: the link to go on later, and that something will soon be deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import access, examples, retention
from applications.models import Application
from applications.queries import calls
from applications.queries import retaining as read
from cohort.celery import every
from cohort.outbox import kinds

_HOUR = 10  # of the day on which a notice goes, in the cohort's zone


def _application(message: Any) -> Application | None:
    found = Application.objects.select_related("call__cohort", "applicant")
    return found.filter(pk=message.refs["application"]).first()


# ---------------------------------------------------------------- the link to go on later


def _link_context(message: Any) -> dict[str, Any]:
    found = _application(message)
    assert found is not None
    token = access.resume_token(found.pk, str(message.refs.get("part", "")))
    return {
        "facts": calls.facts_for(found.call),
        "days": access.RESUME_DAYS,
        "url": settings.SITE_URL + reverse("applications:resume", args=[token]),
    }


def _link_needed(message: Any) -> str | None:
    found = _application(message)
    return None if found is not None and found.state != Application.State.WITHDRAWN else "not needed"


def _link_example() -> dict[str, Any]:
    about = examples.about_application()
    return {"facts": about["facts"], "days": access.RESUME_DAYS, "url": about["url"]}


# ---------------------------------------------------------------- before something is deleted


def _notice_plan(now: dt.datetime) -> Iterator[kinds.Planned]:
    """Thirty and seven days before an application is deleted by its age. Private parts go without a notice."""
    for days in retention.NOTICES:
        ahead = dt.timedelta(days=days)
        for row in read.coming(now - dt.timedelta(days=1) + ahead, now + kinds.HORIZON + ahead):
            if row.what not in (retention.DRAFT, retention.APPLICATION) or row.held:
                continue
            found, cohort = row.application, row.application.call.cohort
            day = (row.at - ahead).astimezone(cohort.zone).date()
            yield kinds.Planned(
                key=f"retain:{found.pk}:{row.what}:{days}:{row.at:%Y%m%d}",
                recipient=found.applicant,
                cohort=cohort,
                refs={"application": str(found.pk), "what": row.what, "on": f"{row.at:%Y%m%d}"},
                due_at=dt.datetime.combine(day, dt.time(_HOUR), cohort.zone),
                not_after=row.at,
            )


def _notice_needed(message: Any) -> str | None:
    """Not when it was deleted, changed or held meanwhile: then another day counts, or none."""
    found = read.due_of(message.refs["application"], message.refs["what"])
    same = found is not None and not found.held and f"{found.at:%Y%m%d}" == message.refs["on"]
    return None if same else "not needed"


def _notice_context(message: Any) -> dict[str, Any]:
    found = read.due_of(message.refs["application"], message.refs["what"])
    assert found is not None
    row = found.application
    return {
        "call": row.call,
        "facts": calls.facts_for(row.call),
        "draft": found.what == retention.DRAFT,
        "open": row.call.takes_saves(timezone.now()),
        "day": found.at.astimezone(row.call.cohort.zone).date(),
        "url": settings.SITE_URL + reverse("applications:copy", args=[row.pk]),
    }


def _notice_example() -> dict[str, Any]:
    about = examples.about_application()
    return {
        "call": about["call"],
        "facts": about["facts"],
        "draft": False,
        "open": False,
        "day": timezone.now().date() + dt.timedelta(days=30),
        "url": about["url"],
    }


def register() -> None:
    kinds.register(
        kinds.MessageKind(
            name="application_link",
            klass="A",
            title=_("A link to go on with your application"),
            any_hour=True,
            template="applications/mail/application_link",
            context=_link_context,
            still_needed=_link_needed,
            example=_link_example,
            previewed_by=(),
            on_unknown="resend",
            when=_("At once, when you ask for it"),
            about=_("When you ask for it: a link that brings you back to the place where you stopped."),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="retention_notice",
            klass="A",
            title=_("Your application will be deleted"),
            template="applications/mail/retention_notice",
            context=_notice_context,
            still_needed=_notice_needed,
            plan=_notice_plan,
            example=_notice_example,
            previewed_by=(),
            on_unknown="resend",
            when=_("30 and 7 days before"),
            expires=_("When it is deleted"),
            about=_("Before what you wrote is deleted because its time is over: until when you can take a copy."),
        )
    )
    every(3600, "applications.erase")
    every(6 * 3600, "applications.retain")
    every(3600, "applications.lapse_confirmations")
