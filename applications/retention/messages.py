"""The email before something is deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.call.letters import samples as letters_samples
from applications.common import placeholders
from applications.retention import queries, rules
from cohort.outbox.registry import kinds

_HOUR = 10  # of the day on which a notice goes, in the cohort's zone


def _notice_plan(now: dt.datetime) -> Iterator[kinds.Planned]:
    """Thirty and seven days before an application is deleted by its age. Private parts go without a notice."""
    for days in rules.NOTICES:
        ahead = dt.timedelta(days=days)
        for row in queries.coming(now - dt.timedelta(days=1) + ahead, now + kinds.HORIZON + ahead):
            if row.what not in (rules.DRAFT, rules.APPLICATION) or row.held:
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
    found = queries.due_of(message.refs["application"], message.refs["what"])
    same = found is not None and not found.held and f"{found.at:%Y%m%d}" == message.refs["on"]
    return None if same else "not needed"


def _notice_context(message: Any) -> dict[str, Any]:
    found = queries.due_of(message.refs["application"], message.refs["what"])
    assert found is not None
    row = found.application
    return {
        "call": row.call,
        "facts": placeholders.facts_for(row.call),
        "draft": found.what == rules.DRAFT,
        "open": row.call.takes_saves(timezone.now()),
        "day": found.at.astimezone(row.call.cohort.zone).date(),
        "url": settings.SITE_URL + reverse("applications:copy", args=[row.pk]),
    }


def _notice_example() -> dict[str, Any]:
    about = letters_samples.about_application()
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
            name="retention_notice",
            klass="A",
            title=_("Your application will be deleted"),
            template="applications/retention/mail/retention_notice",
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
