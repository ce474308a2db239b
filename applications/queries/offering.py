"""What was told, to whom, and which places are free."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from applications import assigning
from applications.models import Application, Call, Decision, Offer, Release, Review, SelectionRules, WelcomeTask
from applications.queries import reviewing, welcoming
from applications.queries.replacing import Fit, fits
from applications.words_review import LISTING_WORDS
from cohort.people.models import Cohort, Membership, Role, User

TOLD_STATES = (Release.State.APPROVED, Release.State.SENT)


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


def told_decisions() -> QuerySet[Decision]:
    """Decisions that went out: released, with the undo time over."""
    return Decision.objects.filter(release__state__in=TOLD_STATES, release__undo_until__lte=timezone.now())


def told(application: Application) -> Told | None:
    """What the applicant may see about the outcome; None while nothing was released (one or two statements)."""
    return told_many([application]).get(application.pk)


def told_many(applications: Iterable[Application]) -> dict[UUID, Told]:
    """:func:`told` for several applications (two statements at most)."""
    by_id = {application.pk: application for application in applications}
    rows = (
        told_decisions()
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


# ---------------------------------------------------------------- seats


@dataclass(frozen=True)
class Seats:
    """Places of a cohort. ``offered`` are open offers; a place is free when nobody has it and nobody was offered it."""

    total: int
    taken: int
    offered: int

    @property
    def free(self) -> int:
        return max(0, self.total - self.taken - self.offered)


def seats(cohort: Cohort) -> Seats:
    """Places of ``cohort`` (one statement). Ask under a lock on the cohort before giving one away."""
    participants = Membership.objects.current().filter(cohort=OuterRef("pk"), role=Role.PARTICIPANT)
    offered = Offer.objects.filter(cohort=OuterRef("pk"), state=Offer.State.OPEN)
    total, taken, waiting = (
        Cohort.objects.filter(pk=cohort.pk)
        .annotate(taken=_count(participants), waiting=_count(offered))
        .values_list("seats", "taken", "waiting")
        .get()
    )
    return Seats(total=total, taken=taken, offered=waiting)


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many ``rows`` there are, as a column of another statement."""
    counted = rows.order_by().values("cohort").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


# ---------------------------------------------------------------- the coordinator's page of offers


@dataclass
class OfferRow:
    """One offer, its applicant, and what came in its place."""

    offer: Offer
    replacement: Decision | None = None
    tasks: Sequence[WelcomeTask] = ()

    @property
    def ready(self) -> int:
        """How many steps before the first session are done."""
        return sum(task.done_at is not None for task in self.tasks)

    @property
    def listing(self) -> str:
        """What the participant chose about their name on a public list, in words; empty while not chosen."""
        chosen = next((task.choice for task in self.tasks if task.choice), "")
        return str(LISTING_WORDS[chosen]) if chosen else ""

    @property
    def needs_replacement(self) -> bool:
        return self.offer.state in (Offer.State.DECLINED, Offer.State.LAPSED) and self.replacement is None


def offers_of(call: Call) -> list[OfferRow]:
    """All offers of a call, those that need something first (three statements)."""
    offers = list(
        Offer.objects.filter(application__call=call)
        .select_related("application__applicant", "cohort", "decision__release")
        .order_by("made_at", "application__number")
    )
    instead = {
        decision.in_place_of_id: decision
        for decision in Decision.objects.filter(in_place_of__in=offers, superseded_at__isnull=True).select_related(
            "application", "release"
        )
    }
    tasks = welcoming.by_offer(call)
    rows = [OfferRow(offer, instead.get(offer.pk), tasks.get(offer.pk, ())) for offer in offers]
    order = {Offer.State.LAPSED: 1, Offer.State.DECLINED: 1, Offer.State.OPEN: 2}
    return sorted(rows, key=lambda row: 0 if row.needs_replacement else order.get(row.offer.state, 3))  # type: ignore[call-overload]


@dataclass
class Waiting:
    """One person on the waiting list, in order, without a rank that anybody is told.

    ``fit`` is None where no proposal says how they would fill the place.
    """

    application: Application
    band: str
    hundred: float
    fit: Fit | None = None


def waiting_list(call: Call, *, offer: Offer | None = None, away: Collection[UUID] = ()) -> list[Waiting]:
    """The waiting list in the order of its rule: band, then fit to the place of ``offer``, then a recorded draw
    with the published seed (rubric.yaml, waitlist.order). A fixed number of statements.

    Applications in ``away`` (ties of the reader) are left out.
    """
    waiting = [
        decision.application
        for decision in Decision.objects.filter(
            application__call=call,
            superseded_at__isnull=True,
            value=Decision.Value.WAITLIST,
            application__state=Application.State.SUBMITTED,
        )
        .exclude(application__offers__state__in=[Offer.State.OPEN, Offer.State.ACCEPTED])
        .select_related("application")
        if decision.application_id not in away
    ]
    scores = reviewing.standings(call)
    rules = SelectionRules.objects.filter(call=call).first()
    seed = rules.lottery_seed if rules else "public-draw"
    known = fits(call, offer) if offer is not None else {}
    rows = [
        Waiting(
            application=application,
            band=scores[application.pk].band if application.pk in scores else "",
            hundred=scores[application.pk].hundred if application.pk in scores else 0.0,
            fit=known.get(str(application.pk)),
        )
        for application in waiting
    ]

    def rule(row: Waiting) -> tuple[str, bool, tuple[int, ...], bytes]:
        rank = row.fit.rank if row.fit else ()
        return (row.band or "~", row.fit is None, rank, assigning.ticket(seed, row.application.pk))

    return sorted(rows, key=rule)


def open_offers_of(user: User) -> list[Offer]:
    """Offers that ``user`` can answer now (one statement)."""
    return list(
        Offer.objects.filter(
            Q(application__applicant=user) & Q(state=Offer.State.OPEN, made_at__lte=timezone.now()),
            reply_by__gt=timezone.now(),
            application__state=Application.State.SUBMITTED,
        ).select_related("cohort", "application__call")
    )
