"""What was told, to whom, and which places are free."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from applications.common.review_labels import LISTING_WORDS
from applications.models import Application, Call, Decision, Offer, SelectionRules, WelcomeTask
from applications.offers.onboarding import queries as onboarding_queries
from applications.offers.waitlist import Fit, fits
from applications.review import assignment
from applications.review import queries as review_queries
from cohort.people.models import User

# ---------------------------------------------------------------- seats


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
    tasks = onboarding_queries.by_offer(call)
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
    scores = review_queries.standings(call)
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
        return (row.band or "~", row.fit is None, rank, assignment.ticket(seed, row.application.pk))

    return sorted(rows, key=rule)


def open_offers_of(user: User) -> list[Offer]:
    """Offers that ``user`` can answer now (one statement)."""
    return list(
        Offer.objects.told()
        .filter(
            application__applicant=user,
            state=Offer.State.OPEN,
            reply_by__gt=timezone.now(),
            application__state=Application.State.SUBMITTED,
        )
        .select_related("cohort", "application__call")
    )
