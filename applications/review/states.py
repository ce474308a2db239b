"""States of a review and the steps between them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Review
from cohort.people import states
from cohort.people.models import User

State = Review.State


def move_review(review: Review, to: str, *, actor: User | None, verb: str, **details: Any) -> None:
    """Move a review to ``to`` and write it down. Nothing else sets a review's state.

    :raises NotPossible: the move is not allowed from where the review is.
    """
    now = timezone.now()
    changes: dict[str, Any] = {}
    if to in (State.STARTED, State.SUBMITTED) and review.started_at is None:
        changes["started_at"] = now
    if to == State.SUBMITTED:
        changes["submitted_at"] = now
    states.move(
        review,
        to,
        actor=actor,
        refusal=_("This reading cannot be changed in that way any more."),
        verb=verb,
        cohort=review.application.call.cohort,
        details={"application": str(review.application_id), "before": review.state, "after": to, **details},
        **changes,
    )
