"""The short question to the person who can confirm an organization's support."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from applications.models import Application, EmployerConfirmation
from cohort.outbox import api as outbox_api
from cohort.people import history, states
from cohort.questions.cleaning import Cleaned
from cohort.questions.values import Value

LINK_DAYS = 21


class NotOpenError(Exception):
    """The question was answered, declined or has run out."""


def ask(*, application: Application, values: Mapping[str, Value], now: dt.datetime) -> EmployerConfirmation | None:
    """Ask the person an applicant named, once per address. Runs inside the caller's transaction.

    Nobody is asked when no address was given or the applicant wants to talk first. Naming another person takes the
    first question back, unless it was answered already.
    """
    named: Any = values.get("employer_confirmer") or {}
    email = str(named.get("confirmer_email") or "").lower()
    wanted = bool(email) and named.get("confirmer_alt") not in ("talk_first", "self_confirm")
    before = EmployerConfirmation.objects.filter(application=application).first()
    if before is not None and (before.state != EmployerConfirmation.State.ASKED or (wanted and before.email == email)):
        return before
    if before is not None:
        outbox_api.cancel(refs={"confirmation": str(before.pk)}, reason="another_person")
        before.delete()
    if not wanted:
        return None
    made = EmployerConfirmation.objects.create(
        application=application,
        name=str(named.get("confirmer_name") or ""),
        role=str(named.get("confirmer_role") or ""),
        email=email,
        asked_at=now,
        expires_at=now + dt.timedelta(days=LINK_DAYS),
    )
    outbox_api.queue(
        kind="employer_request",
        key=f"employer_request:{made.pk}",
        email=email,
        cohort=application.call.cohort,
        refs={"confirmation": str(made.pk), "application": str(application.pk)},
        not_after=made.expires_at,
    )
    return made


def _open(confirmation: EmployerConfirmation, now: dt.datetime) -> EmployerConfirmation:
    row = EmployerConfirmation.objects.select_for_update().get(pk=confirmation.pk)
    if row.state != EmployerConfirmation.State.ASKED or now >= row.expires_at:
        raise NotOpenError
    return row


def _answered(confirmation: EmployerConfirmation, state: str, answers: dict[str, Value], now: dt.datetime) -> None:
    application = confirmation.application
    with transaction.atomic():
        row = _open(confirmation, now)
        states.move(row, state, recorded=False, answers=answers, answered_at=now)
        outbox_api.cancel(refs={"confirmation": str(row.pk)}, reason="answered")
        history.record(
            f"employer.{state}", row, actor=None, cohort=application.call.cohort, application=str(application.pk)
        )
    confirmation.refresh_from_db(fields=["state", "answered_at"])


def answer(*, confirmation: EmployerConfirmation, cleaned: Cleaned, now: dt.datetime | None = None) -> None:
    """Keep the answers, once.

    :raises NotOpenError: it was answered or declined before, or the link has run out.
    """
    _answered(confirmation, EmployerConfirmation.State.ANSWERED, cleaned.values, now or timezone.now())


def decline(*, confirmation: EmployerConfirmation, now: dt.datetime | None = None) -> None:
    """The person would rather not answer. That is never an automatic no to the applicant.

    :raises NotOpenError: as for :func:`answer`.
    """
    _answered(confirmation, EmployerConfirmation.State.DECLINED, {}, now or timezone.now())


def lapse_due(*, now: dt.datetime | None = None) -> int:
    """Mark questions whose 21 days are over without an answer. That is never a no: staff talk with the applicant.

    Safe to run twice and at the same time.

    :return: how many ran out.
    """
    now = now or timezone.now()
    state = EmployerConfirmation.State
    done = 0
    for found in EmployerConfirmation.objects.filter(state=state.ASKED, expires_at__lte=now).select_related(
        "application__call__cohort"
    ):
        with transaction.atomic():
            row = EmployerConfirmation.objects.filter(pk=found.pk, expires_at__lte=now)
            if not states.move_all(row, state.LAPSED):
                continue
            outbox_api.cancel(refs={"confirmation": str(found.pk)}, reason="too late")
            history.record(
                "employer.lapsed",
                found,
                actor=None,
                cohort=found.application.call.cohort,
                application=str(found.application_id),
            )
            done += 1
    return done
