"""A link by mail to go on with an application later."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from applications.models import Application
from cohort.outbox import api as outbox_api
from cohort.people import history


def mail_link(*, application: Application, part: str = "", now: dt.datetime | None = None) -> None:
    """Mail the applicant a link to this part (or to the task list). The link itself is made when the mail is.

    :param part: id of a section of the application's form, or empty.
    """
    now = now or timezone.now()
    refs = {"application": str(application.pk), **({"part": part} if part else {})}
    with transaction.atomic():
        outbox_api.queue(
            kind="application_link",
            key=f"app_link:{application.pk}:{now:%Y%m%dT%H%M%S%f}",
            recipient=application.applicant,
            cohort=application.call.cohort,
            refs=refs,
            not_after=now + dt.timedelta(hours=24),
            any_hour=True,
        )
        history.record(
            "application.link_mailed", application, actor=application.applicant, cohort=application.call.cohort
        )
