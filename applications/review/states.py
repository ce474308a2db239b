"""States of a review and the steps between them."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Review
from cohort.people import history
from cohort.people.actions import NotPossible
from cohort.people.models import User

State = Review.State


MOVES: dict[str, frozenset[str]] = {
    State.ASSIGNED: frozenset({State.STARTED, State.SUBMITTED, State.REMOVED}),
    State.STARTED: frozenset({State.SUBMITTED, State.REMOVED}),
    State.SUBMITTED: frozenset({State.STARTED, State.REMOVED}),  # back to started: the reader changes it
    State.REMOVED: frozenset({State.ASSIGNED, State.STARTED}),  # a coordinator said that they may read
}


def transition(review: Review, to: str, *, actor: User | None, verb: str, **details: object) -> None:
    """Move a review to ``to`` and write it down. Nothing else sets a review's state.

    :raises NotPossible: the move is not allowed from where the review is.
    """
    if to not in MOVES[review.state]:
        raise NotPossible(_("This reading cannot be changed in that way any more."))
    now = timezone.now()
    before, review.state = review.state, to
    changed = ["state"]
    if to in (State.STARTED, State.SUBMITTED) and review.started_at is None:
        review.started_at, changed = now, [*changed, "started_at"]
    if to == State.SUBMITTED:
        review.submitted_at, changed = now, [*changed, "submitted_at"]
    review.save(update_fields=changed)
    call = review.application.call
    history.record(
        verb,
        review,
        actor=actor,
        cohort=call.cohort,
        application=str(review.application_id),
        before=before,
        after=to,
        **details,
    )
