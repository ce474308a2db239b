"""Home rows about decisions."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.common.access_staff import calls_of
from applications.models import Application, Call, Decision, Offer, Recusal, Release, Review
from cohort.people.models import Role, User
from cohort.ui import cards


def coordinator_cards(user: User) -> Iterable[cards.Card]:
    """The next step in choosing people, for each call (a fixed three statements)."""
    if not user.is_authenticated:
        return
    applications = Application.objects.filter(call=OuterRef("pk"), state=Application.State.SUBMITTED)
    in_force = Decision.objects.filter(application=OuterRef("pk"), superseded_at__isnull=True)
    calls = (
        calls_of(user, Role.COORDINATOR)
        .exclude(state__in=[Call.State.DRAFT, Call.State.ARCHIVED])
        .annotate(
            unread=Exists(
                applications.exclude(eligibility="ineligible").exclude(
                    reviews__state__in=["assigned", "started", "submitted"]
                )
            ),
            open_readings=Exists(
                Review.objects.filter(
                    application__call=OuterRef("pk"),
                    state__in=["assigned", "started"],
                    application__state=Application.State.SUBMITTED,
                )
            ),
            read=Exists(Review.objects.filter(application__call=OuterRef("pk"), state=Review.State.SUBMITTED)),
            undecided=Exists(applications.exclude(Exists(in_force))),
            drafts=Exists(
                Decision.objects.filter(
                    application__call=OuterRef("pk"), superseded_at__isnull=True, release=None
                ).exclude(value=Decision.Value.NEEDS_INFORMATION)
            ),
            ties=Exists(Recusal.objects.filter(application__call=OuterRef("pk"), outcome=Recusal.Outcome.WAITING)),
            gaps=Exists(
                Offer.objects.filter(application__call=OuterRef("pk"), state__in=["declined", "lapsed"]).exclude(
                    Exists(Decision.objects.filter(in_place_of=OuterRef("pk"), superseded_at__isnull=True))
                )
            ),
        )
    )
    releases = {
        release.call_id: release
        for release in Release.objects.filter(
            call__in=calls_of(user, Role.COORDINATOR).values("pk"),
        )
        .filter(Q(state=Release.State.PROPOSED) | Q(state=Release.State.APPROVED, undo_until__gt=timezone.now()))
        .select_related("proposed_by")
    }
    for call in calls:
        step = _next_step(call, releases.get(call.pk), user)
        if step:
            title, body, url, action, urgent = step
            yield cards.Card(title=title, body=body, url=url, action=action, eyebrow=call.title, weight=25, now=urgent)


def _next_step(call: Call, release: Release | None, user: User) -> tuple[str, str, str, str, bool] | None:
    """Title, body, address, words on the button, and whether it is the one thing asked."""

    def at(name: str, *more: object) -> str:
        return reverse(f"applications:{name}", args=[call.slug, *more])

    if release and release.state == Release.State.APPROVED:
        return (
            _("Letters leave in a few minutes"),
            _("You can still call them back."),
            at("release", release.pk),
            _("See the release"),
            True,
        )
    if release:
        mine = release.proposed_by_id == user.pk and call.release_needs_two
        who = release.proposed_by.called if release.proposed_by else "–"
        return (
            (
                _("A release waits for a second person"),
                _("Tell another coordinator that it is ready."),
                at("release", release.pk),
                _("See the release"),
                False,
            )
            if mine
            else (
                _("A release waits for you"),
                _("%(who)s asks you to read the letters and approve.") % {"who": who},
                at("release", release.pk),
                _("Read and approve"),
                True,
            )
        )
    if call.gaps:  # type: ignore[attr-defined]
        return (
            _("A place has opened"),
            _("Somebody declined or did not answer. Offer the place to the next person."),
            at("offers"),
            _("See the offers"),
            True,
        )
    if call.ties:  # type: ignore[attr-defined]
        return (
            _("A reader has a tie to decide on"),
            _("Until you decide, they cannot read that application."),
            at("reading"),
            _("Decide"),
            False,
        )
    if call.unread and call.state == Call.State.CLOSED:  # type: ignore[attr-defined]
        return (
            _("Applications wait for readers"),
            _("Share them out evenly, with ties taken out."),
            at("reading"),
            _("Share out"),
            True,
        )
    if call.open_readings and call.read:  # type: ignore[attr-defined]
        return (
            _("Reading is under way"),
            _("See who is how far, and where readers disagree."),
            at("reading"),
            _("See progress"),
            False,
        )
    if call.drafts:  # type: ignore[attr-defined]
        return (
            _("Decisions are drafted"),
            _("Nobody has been told yet."),
            at("release_new"),
            _("Look at the letters"),
            False,
        )
    if call.undecided and call.read:  # type: ignore[attr-defined]
        return (
            _("Readings are in"),
            _("Decide, or draft decisions from a proposal."),
            at("decisions"),
            _("Decide"),
            False,
        )
    return None


def register() -> None:
    cards.register(coordinator_cards)
