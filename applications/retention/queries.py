"""Which applications hold something whose time is over, or soon will be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.apply import answers as apply_answers
from applications.common import call_forms
from applications.models import (
    AccessNeed,
    Answer,
    Application,
    Call,
    Decision,
    IdentityAnswer,
    LegalHold,
    Offer,
    Review,
)
from applications.retention import rules

BATCH = 500


@dataclass(frozen=True)
class Due:
    """One thing to delete: ``what`` of an application, and the moment from which on. ``held`` names a legal hold."""

    application: Application
    what: str
    at: dt.datetime
    held: str = ""


def days_of(application: Application) -> dict[str, int]:
    """Days per retention class: the form's own, and the default's where it says nothing."""
    classes = call_forms.facts_file("application_form.yaml")["retention_classes"]
    usual = {name: int(row["delete_after_days"]) for name, row in classes.items()}
    return {**usual, **call_forms.form_of(application.form_version_id).kept_days}


def _rows(moment: Q) -> QuerySet[Application]:
    mine: dict[str, Any] = {"application": OuterRef("pk")}
    return (
        Application.objects.exclude(state=Application.State.WITHDRAWN)
        .filter(moment)
        .select_related("call__cohort", "applicant")
        .annotate(
            selected=Exists(Offer.objects.filter(**mine, state=Offer.State.ACCEPTED)),
            has_answers=Exists(Answer.objects.filter(**mine)),
            has_scores=Exists(Review.objects.filter(**mine)) | Exists(Decision.objects.filter(**mine).exclude(note="")),
            has_identity=Exists(IdentityAnswer.objects.filter(**mine)),
            has_access=Exists(AccessNeed.objects.filter(**mine)),
            hold=LegalHold.objects.filter(call=OuterRef("call"), lifted_at=None).values("reason")[:1],
        )
        .order_by("pk")
    )


def case_of(row: Application, keep_for_next: bool) -> rules.Case:
    """The facts that decide about one application. Needs ``selected`` from :func:`_rows`."""
    call, zone = row.call, row.call.cohort.zone

    def start(day: dt.date | None) -> dt.datetime | None:
        return dt.datetime.combine(day, dt.time(), zone) if day else None

    return rules.Case(
        sent=row.state == Application.State.SUBMITTED,
        selected=row.selected,  # type: ignore[attr-defined]
        edited_at=row.edited_at,
        closes_at=call.closes_at,
        keep_for_next=keep_for_next,
        decided_at=row.outcome_told_at or start(call.decisions_on) or call.closes_at,
        cohort_ends=start(call.cohort.ends_on),
        days=days_of(row),
    )


def _holds(row: Any, what: str) -> bool:
    return {
        rules.DRAFT: True,
        rules.APPLICATION: row.has_answers,
        rules.SCORES: row.has_scores,
        rules.IDENTITY: row.has_identity,
        rules.ACCESS: row.has_access,
    }[what]


def _due(moment: Q, start: dt.datetime | None, end: dt.datetime) -> Iterator[Due]:
    rows = _rows(moment).iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        keeping = apply_answers.agreed("consent_future", [row.pk for row in batch])
        for row in batch:
            for what, at in rules.moments(case_of(row, row.pk in keeping)).items():
                if at <= end and (start is None or start <= at) and _holds(row, what):
                    yield Due(row, what, at, row.hold or "")  # type: ignore[attr-defined]


def due(now: dt.datetime) -> Iterator[Due]:
    """Everything whose time is over, read in batches. What is held by a legal hold is named too."""
    ripe = ~Q(call__state=Call.State.OPEN) | Q(call__closes_at__lt=now)
    return _due(ripe, None, now)


def coming(start: dt.datetime, end: dt.datetime) -> Iterator[Due]:
    """What will be deleted between two moments. Only rows near one of the moments that count are read."""
    every_day: set[int] = set()
    for version in call_forms.versions_in_use():
        every_day |= set(days_of(Application(form_version_id=version)).values())
    near = Q(call__closes_at__gte=start - dt.timedelta(days=2), call__closes_at__lte=end)
    for days in every_day | {2 * days for days in every_day}:
        a, b = start - dt.timedelta(days=days + 1), end - dt.timedelta(days=days - 1)
        near |= Q(edited_at__range=(a, b)) | Q(outcome_told_at__range=(a, b)) | Q(call__closes_at__range=(a, b))
        near |= Q(call__decisions_on__range=(a.date(), b.date())) | Q(call__cohort__ends_on__range=(a.date(), b.date()))
    return _due(near, start, end)


def due_of(application_id: str, what: str) -> Due | None:
    """When ``what`` of one application will be deleted; None when it is gone or has no such moment."""
    row = _rows(Q(pk=application_id)).first()
    if row is None or not _holds(row, what):
        return None
    keeping = apply_answers.agreed("consent_future", [row.pk])
    at = rules.moments(case_of(row, row.pk in keeping)).get(what)
    return Due(row, what, at, row.hold or "") if at is not None else None  # type: ignore[attr-defined]
