"""What reading, deciding and offers show in the menu and on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Call, Review
from applications.review import queries
from applications.review.calibration import queries as calibration_queries
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


def screener_cards(user: User) -> Iterable[cards.Card]:
    """How much there is left to read, the shared examples first (at most five statements)."""
    if not user.is_authenticated:
        return
    starts = calibration_queries.starts(user)
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
        queries.mine(user)
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


def register() -> None:
    nav.register(places)
    cards.register(screener_cards)
