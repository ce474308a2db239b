"""Leaving: what an applicant wrote is deleted at once; a skeleton stays so that the books still add up."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from applications.actions import storing
from applications.models import (
    AccessNeed,
    Answer,
    AnswerRevision,
    Application,
    Consent,
    EmployerConfirmation,
    IdentityAnswer,
    KeepApart,
    Offer,
    Pin,
    Redaction,
    Review,
)
from cohort.outbox import actions as outbox
from cohort.people import history


class HasPlaceError(Exception):
    """A place was offered or accepted: that is answered on its own page, not by withdrawing the application."""


def withdraw(*, application: Application, now: dt.datetime | None = None) -> dict[str, int]:
    """Withdraw an application and delete what it holds. Safe to repeat.

    What stays: that application number N to this call existed, when it was started, sent and withdrawn, and what was
    decided about it. No answer, identity, access need, consent, organization, employer's reply or review stays.

    :return: how many rows went, by kind.
    :raises HasPlaceError: an offer waits for an answer or was accepted.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=application.pk)
        if row.state == Application.State.WITHDRAWN:
            return {}
        # an offer that is not told yet must not show here that it is coming; it is taken back with the withdrawal
        told = Offer.objects.filter(application=row, made_at__lte=now)
        if told.filter(state__in=[Offer.State.OPEN, Offer.State.ACCEPTED]).exists():
            raise HasPlaceError
        gone = {}
        for name, model in _CONTENT.items():
            gone[name], _by_model = model._default_manager.filter(application=row).delete()
        KeepApart.objects.filter(first=row).delete()
        KeepApart.objects.filter(second=row).delete()
        row.state, row.withdrawn_at, row.edited_at = Application.State.WITHDRAWN, now, now
        row.organization, row.sections, row.remind = None, {}, False
        row.save(update_fields=["state", "withdrawn_at", "edited_at", "organization", "sections", "remind"])
        outbox.cancel(refs={"application": str(row.pk)}, reason="withdrawn")
        history.record("application.withdrawn", row, actor=application.applicant, cohort=application.call.cohort,
                       deleted=sum(gone.values()))
    return gone


_CONTENT = {
    "answers": Answer, "earlier answers": AnswerRevision, "identity": IdentityAnswer, "access": AccessNeed,
    "consents": Consent, "employer": EmployerConfirmation, "reviews": Review, "redactions": Redaction, "pins": Pin,
}


def forget_private(*, application: Application, what: str) -> None:
    """Delete all identity answers (``identity``) or all access needs (``access_needs``) at the applicant's word.

    Works at any time, also after the call has closed.
    """
    if what not in ("identity", "access_needs"):
        raise ValueError(what)
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=application.pk)
        storing.drop(row, what)
        row.sections = {key: value for key, value in row.sections.items() if key != what}
        row.save(update_fields=["sections"])
        history.record("application.private_deleted", row, actor=application.applicant,
                       cohort=application.call.cohort)
