"""What reading, deciding and offers show in the menu and on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.access_review import calls_of
from applications.models import Application, Call, Decision, Offer, Recusal, Release, Review
from applications.queries import asking, calibrating, offering, reviewing, welcoming
from cohort.people.models import Role, User
from cohort.ui import cards, nav, times


def places(request: HttpRequest, roles: frozenset[str]) -> Iterable[nav.Place]:
    if Role.SCREENER in roles:
        yield nav.Place(_("Screening"), reverse("applications:screening"), weight=30)
    if Role.COORDINATOR in roles:
        yield nav.Place(_("Reading"), reverse("applications:reading_index"), weight=31)
        yield nav.Place(_("Decisions"), reverse("applications:decisions_index"), weight=33)
    if Role.ACCESS in roles:
        yield nav.Place(_("Access needs"), reverse("applications:needs_index"), weight=34)


def applicant_cards(user: User) -> Iterable[cards.Card]:
    """A place, or a question, that waits for my answer (two statements)."""
    if not user.is_authenticated:
        return
    for offer in offering.open_offers_of(user):
        yield cards.Card(
            title=_("There is a place for you in %(cohort)s") % {"cohort": offer.cohort.name},
            body=_("Please answer by %(until)s.")
            % {"until": times.when_words(offer.reply_by, user.time_zone or offer.cohort.time_zone)},
            url=reverse("applications:offer", args=[offer.pk]),
            action=_("Accept or decline"),
            eyebrow=_("Your application"),
            weight=1,
            now=True,
        )
    for inquiry in asking.open_for(user):
        yield cards.Card(
            title=_("We have a question about your application"),
            body=_("Please answer by %(until)s.")
            % {"until": times.when_words(asking.until(inquiry), asking.zone_of(inquiry))},
            url=reverse("applications:answer_asked", args=[inquiry.application_id, inquiry.number]),
            action=_("Answer"),
            eyebrow=inquiry.application.call.title,
            weight=2,
            now=True,
        )


def welcome_cards(user: User) -> Iterable[cards.Card]:
    """The next small thing to do before the first session (one statement)."""
    if not user.is_authenticated:
        return
    left = welcoming.open_tasks(user)
    for first in {task.offer_id: task for task in reversed(left)}.values():
        count = sum(task.offer_id == first.offer_id for task in left)
        yield cards.Card(
            title=first.get_kind_display(),
            body=ngettext(
                "Please do it by %(day)s. It is the last step before the first session.",
                "Please do it by %(day)s. There are %(count)s small steps left before the first session.",
                count,
            )
            % {"day": times.day_words(first.due_on), "count": count},
            url=reverse("applications:welcome", args=[first.offer_id]),
            action=_("Get ready"),
            eyebrow=first.offer.cohort.name,
            weight=6,
            now=first.due_on <= timezone.localdate() + timedelta(days=3),
        )


def screener_cards(user: User) -> Iterable[cards.Card]:
    """How much there is left to read, the shared examples first (at most five statements)."""
    if not user.is_authenticated:
        return
    starts = calibrating.starts(user)
    if any(start.following for start in starts.values()):
        yield cards.Card(
            title=_("Examples to score first"),
            body=_("Every reader scores the same examples, then you talk about them. Your own list opens after that."),
            url=reverse("applications:screening"),
            action=_("Read the examples"),
            eyebrow=_("Screening"),
            weight=19,
            now=True,
        )
    left = (
        reviewing.mine(user)
        .exclude(application__call__in=[pk for pk, start in starts.items() if start.closed])
        .filter(state__in=[Review.State.ASSIGNED, Review.State.STARTED])
        .filter(application__call__state__in=[Call.State.OPEN, Call.State.CLOSED])
        .aggregate(count=Count("pk"), due=Min("due_on"))
    )
    if not left["count"]:
        return
    due: date | None = left["due"]
    yield cards.Card(
        title=ngettext("%(n)s application to read", "%(n)s applications to read", left["count"]) % {"n": left["count"]},
        body=_("Please read by %(day)s.") % {"day": times.day_words(due)}
        if due
        else _("In your own order, without names."),
        url=reverse("applications:screening"),
        action=_("Go on reading"),
        eyebrow=_("Screening"),
        weight=20,
        now=True,
    )


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
    nav.register(places)
    for provider in (applicant_cards, welcome_cards, screener_cards, coordinator_cards):
        cards.register(provider)
