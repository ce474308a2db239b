"""Leaving: what an applicant wrote is deleted at once; a skeleton stays so that the books still add up."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from applications.apply import store
from applications.common import related
from applications.models import Application, Decision, Offer
from cohort.outbox import api as outbox_api
from cohort.people import history, states


class HasPlaceError(Exception):
    """A place was offered or accepted: that is answered on its own page, not by withdrawing the application."""


def withdraw(*, application: Application, now: dt.datetime | None = None) -> dict[str, int]:
    """Withdraw an application and delete what it holds. Safe to repeat.

    What stays: that application number N to this call existed, when it was started, sent and withdrawn, and what was
    decided about it (:data:`applications.common.related.BOOKS`). Nothing that the person or a reader wrote stays.

    :return: how many rows went, by kind.
    :raises HasPlaceError: an offer waits for an answer or was accepted.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=application.pk)
        if row.state == Application.State.WITHDRAWN:
            return {}
        # an offer that is not told yet must not show here that it is coming; it is taken back with the withdrawal
        told = Offer.objects.told(now).filter(application=row)
        if told.filter(state__in=[Offer.State.OPEN, Offer.State.ACCEPTED]).exists():
            raise HasPlaceError
        gone = related.delete(row)
        Decision.objects.filter(application=row).update(note="")
        states.move(
            row,
            Application.State.WITHDRAWN,
            recorded=False,
            withdrawn_at=now,
            edited_at=now,
            organization=None,
            sections={},
            remind=False,
        )
        outbox_api.cancel(refs={"application": str(row.pk)}, reason="withdrawn")
        history.record(
            "application.withdrawn",
            row,
            actor=application.applicant,
            cohort=application.call.cohort,
            deleted=sum(gone.values()),
        )
    return gone


def erase_due(*, now: dt.datetime | None = None) -> int:
    """Within a day of each withdrawal: look again that nothing is left, and delete the mail log of it too.

    The withdrawal deletes everything at once; this is the second look, for what another process may have written in
    the same moment. Safe to repeat and to run twice at once.

    :return: how many rows were left and went.
    """
    now = now or timezone.now()
    recent = Application.objects.filter(
        state=Application.State.WITHDRAWN, withdrawn_at__gt=now - dt.timedelta(days=3)
    ).select_related("call__cohort")
    total = 0
    for row in recent.iterator():
        with transaction.atomic():
            left = sum(related.delete(row).values())
            mail = outbox_api.forget(refs={"application": str(row.pk)})
            if left or mail:
                history.record("application.erased", row, actor=None, cohort=row.call.cohort, rows=left, messages=mail)
        total += left + mail
    return total


def forget_private(*, application: Application, what: str) -> None:
    """Delete all identity answers (``identity``) or all access needs (``access_needs``) at the applicant's word.

    Works at any time, also after the call has closed.
    """
    if what not in ("identity", "access_needs"):
        raise ValueError(what)
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=application.pk)
        store.drop(row, what)
        row.sections = {key: value for key, value in row.sections.items() if key != what}
        row.save(update_fields=["sections"])
        history.record("application.private_deleted", row, actor=application.applicant, cohort=application.call.cohort)
