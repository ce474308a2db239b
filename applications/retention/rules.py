"""When what an application holds is deleted: the retention classes of the form, as moments. No database here.

Source of the classes and their days: ``facts/application_form.yaml`` (retention_classes); a form may shorten them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

DRAFT, APPLICATION, SCORES, IDENTITY, ACCESS = "draft", "application", "scores", "identity", "access_needs"
#: Days before a deletion on which its owner hears of it.
NOTICES = (30, 7)


@dataclass(frozen=True)
class Case:
    """What decides about one application. ``decided_at``: when the outcome was told, else when it was due."""

    sent: bool
    selected: bool
    edited_at: dt.datetime
    closes_at: dt.datetime | None
    decided_at: dt.datetime | None
    cohort_ends: dt.datetime | None
    keep_for_next: bool
    days: Mapping[str, int]


def after(moment: dt.datetime | None, days: int | None) -> dt.datetime | None:
    return moment + dt.timedelta(days=days) if moment is not None and days is not None else None


def moments(case: Case) -> dict[str, dt.datetime]:
    """What is deleted, and when. Nothing of a class whose moment is not known yet, such as the end of a cohort.

    * A draft goes so many days after its last change, and never before its call has closed.
    * Somebody who was not chosen, and asked us to keep the application for the next cohort, has twice the days.
    """
    days = case.days
    if not case.sent:
        found = after(case.edited_at, days.get("draft_unsubmitted"))
        if found is not None and case.closes_at is not None:
            found = max(found, case.closes_at + dt.timedelta(days=1))
        return {DRAFT: found} if found is not None else {}
    if case.selected:
        whole = after(case.cohort_ends, days.get("selected"))
    else:
        kept = days.get("not_selected")
        whole = after(case.decided_at, kept * 2 if kept is not None and case.keep_for_next else kept)
    access = [at for at in (after(case.cohort_ends, days.get("access_needs")), whole) if at is not None]
    identity = [at for at in (after(case.decided_at, days.get("demographics_rows")), whole) if at is not None]
    known = {
        APPLICATION: whole,
        SCORES: after(case.decided_at, days.get("scores_and_reasons")),
        IDENTITY: min(identity, default=None),
        ACCESS: min(access, default=None),
    }
    return {what: at for what, at in known.items() if at is not None}
