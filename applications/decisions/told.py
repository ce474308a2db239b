"""What applicants have been told: decisions that were released and whose time to undo is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from applications.models import Application, Decision, Offer, Review


@dataclass(frozen=True)
class Told:
    """What an applicant has been told: only ever what was released, whatever was decided since.

    ``feedback`` holds readers' comments to the applicant, when the call shares them.
    """

    value: str
    at: datetime
    reason_code: str
    offer: Offer | None
    feedback: tuple[str, ...] = ()


def told(application: Application) -> Told | None:
    """What the applicant may see about the outcome; None while nothing was released (one or two statements)."""
    return told_many([application]).get(application.pk)


def told_many(applications: Iterable[Application]) -> dict[UUID, Told]:
    """:func:`told` for several applications (two statements at most)."""
    by_id = {application.pk: application for application in applications}
    rows = (
        Decision.objects.told()
        .filter(application__in=list(by_id))
        .select_related("release", "offer")
        .order_by("release__undo_until", "decided_at")
    )
    last = {decision.application_id: decision for decision in rows}
    shared = [key for key in last if by_id[key].call.facts.get("share_comments")]
    comments: dict[UUID, list[str]] = {}
    if shared:
        sent = Review.objects.filter(application__in=shared, state=Review.State.SUBMITTED).exclude(shared_comment="")
        for key, words in sent.order_by("pk").values_list("application_id", "shared_comment"):
            comments.setdefault(key, []).append(words)
    return {
        key: Told(
            value=decision.value,
            at=decision.release.undo_until,  # type: ignore[union-attr, arg-type]
            reason_code=decision.reason_code,
            offer=getattr(decision, "offer", None),
            feedback=tuple(comments.get(key, ())),
        )
        for key, decision in last.items()
    }
