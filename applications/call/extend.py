"""Mail to many applicants at once: more time, and a reminder for those who asked to be reminded."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Call
from cohort.outbox import api as outbox_api
from cohort.outbox.registry import kinds
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible


def tell_extension(call: Call, *, before: dt.datetime, now: dt.datetime) -> int:
    """Queue one mail for everybody with a draft or a sent application: the call closes later. Runs in the action's
    transaction. At any hour when the old deadline is less than twelve hours away, because waiting would be unkind.

    The key holds the new closing time, so one extension is told once.
    """
    assert call.closes_at is not None
    rows = Application.objects.filter(
        call=call, state__in=[Application.State.DRAFT, Application.State.SUBMITTED]
    ).select_related("applicant")
    stamp = int(call.closes_at.timestamp())
    return outbox_api.queue_many(
        kind="deadline_extended",
        messages=(
            kinds.Planned(
                key=f"deadline_extended:{row.pk}:{stamp}",
                recipient=row.applicant,
                cohort=call.cohort,
                due_at=now,
                not_after=call.closes_at,
                any_hour=before - now < dt.timedelta(hours=12),
                refs={"application": str(row.pk), "closes": stamp},
            )
            for row in rows.iterator(chunk_size=1000)
        ),
    )


def remind_drafts(*, call: Call, actor: User, now: dt.datetime | None = None) -> int:
    """Remind now everybody with an unsent draft who asked for it. Returns how many were not reminded before.

    It takes the place of the reminder before the deadline, which has the same key, so that the promise
    “twice at most” holds, and a second press reminds nobody again.

    :raises NotPossible: the call is not open.
    """
    now = now or timezone.now()
    if not call.takes_new(now):
        raise NotPossible(_("The call is not open. Nobody can go on with a draft now."))
    assert call.closes_at is not None
    with transaction.atomic():
        rows = Application.objects.filter(call=call, state=Application.State.DRAFT, remind=True).select_related(
            "applicant"
        )
        count = outbox_api.queue_many(
            kind="application_draft",
            messages=(
                kinds.Planned(
                    key=f"app_draft:{row.pk}:2",
                    recipient=row.applicant,
                    cohort=call.cohort,
                    due_at=now,
                    not_after=call.closes_at - dt.timedelta(hours=1),
                    refs={"application": str(row.pk)},
                )
                for row in rows.iterator(chunk_size=1000)
            ),
        )
        history.record("call.drafts_reminded", call, actor=actor, cohort=call.cohort, count=count)
    return count
