"""Writing down who looked at what (rubric.yaml, audit_minimum: who saw what). One door for every page of staff."""

from __future__ import annotations

from applications.common.audit_labels import PAGES
from applications.models import Application, Calibration, Call, Proposal, Release
from cohort.people import history
from cohort.people.models import Cohort, User


def look(thing: Application | Call | Proposal | Release | Calibration, page: str, *, actor: User) -> None:
    """Write that ``actor`` opened ``page`` about ``thing`` (one statement; see :func:`history.seen`).

    :raises KeyError: a page without words, which the history page could not name.
    """
    PAGES[page]
    more = {"number": thing.number} if isinstance(thing, Proposal | Release) else {}
    history.seen(thing, page=page, actor=actor, cohort=_cohort(thing), **more)


def _cohort(thing: Application | Call | Proposal | Release | Calibration) -> Cohort:
    return thing.cohort if isinstance(thing, Call) else thing.call.cohort
