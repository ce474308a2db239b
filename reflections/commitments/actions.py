"""Making a commitment, and looking back on it."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.people import history, states
from cohort.people.models import Cohort, User
from reflections.common import queries
from reflections.models import Commitment
from reflections.models.commitments import OPEN_STATES


@transaction.atomic
def commit(
    *, author: User, cohort: Cohort, kind: str, what: str, cue: str, look_back_on: date, reader: str = "author"
) -> Commitment:
    """Keep what ``author`` will try. Its look-back mail carries no words of it."""
    if not queries.cohorts_to_write_in(author).filter(pk=cohort.pk).exists():
        raise PermissionDenied
    made = Commitment.objects.create(
        author=author, cohort=cohort, kind=kind, what=what, cue=cue, look_back_on=look_back_on, reader=reader
    )
    history.record("commitment.made", made, actor=author, cohort=cohort)
    return made


@transaction.atomic
def look_back(*, commitment: Commitment, by: User, state: str, learned: str, look_back_on: date | None) -> Commitment:
    """Keep what came of it. A commitment that stays open needs its next look-back date.

    :raises ValidationError: the commitment is closed, or it stays open without a date.
    """
    locked = Commitment.objects.select_for_update().get(pk=commitment.pk)
    if locked.author_id != by.pk:
        raise PermissionDenied
    if not states.may_move(locked, state):
        raise ValidationError(_("This commitment is closed. You can make a new one."), code="closed")
    if state in OPEN_STATES and look_back_on is None:
        raise ValidationError({"look_back_on": _("Choose the next day to look back.")}, code="date")
    if state in OPEN_STATES and look_back_on is not None and look_back_on != locked.look_back_on:
        locked.look_back_on, locked.version = look_back_on, locked.version + 1
    return states.move(
        locked,
        state,
        actor=by,
        verb="commitment.looked_back",
        cohort=locked.cohort,
        learned=learned,
        looked_back_at=timezone.now(),
        look_back_on=locked.look_back_on,
        version=locked.version,
    )


@transaction.atomic
def show(*, commitment: Commitment, by: User, reader: str) -> None:
    """Let the cohort see it, or only its author again."""
    if commitment.author_id != by.pk:
        raise PermissionDenied
    commitment.reader = reader
    commitment.save(update_fields=["reader"])
    history.record("commitment.shown", commitment, actor=by, cohort=commitment.cohort, reader=reader)


@transaction.atomic
def remove(*, commitment: Commitment, by: User) -> None:
    """Delete it for good."""
    if commitment.author_id != by.pk:
        raise PermissionDenied
    history.record("commitment.removed", commitment, actor=by, cohort=commitment.cohort)
    commitment.delete()
