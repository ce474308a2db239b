"""What this app shows in the menu and on the home page."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cohort.people import queries
from cohort.people.models import User
from cohort.ui import cards, nav


def menu(request: HttpRequest, roles: frozenset[str]) -> Iterable[nav.Place]:
    if roles:
        yield nav.Place(_("Cohorts"), reverse("people:cohorts"), 90)


def home_cards(user: User) -> Iterable[cards.Card]:
    """A way to the first cohort for a coordinator who has none yet (at most two statements)."""
    if not user.is_authenticated or not user.is_staff:
        return
    if not queries.my_cohorts(user):
        yield cards.Card(
            title=_("Start your first cohort"),
            body=_("Say what it is about, whom it serves and when it meets. You can change all of it later."),
            url=reverse("people:start"),
            action=_("Start a cohort"),
            weight=1,
            now=True,
        )


def register() -> None:
    nav.register(menu)
    cards.register(home_cards)
