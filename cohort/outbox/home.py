"""What the outbox shows on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.outbox.log.queries import VIEWS
from cohort.outbox.models import Message
from cohort.outbox.preferences import queries as preferences_queries
from cohort.people.access import cohorts_of
from cohort.people.models import Role, User
from cohort.ui import cards

RECENT = timedelta(days=14)


def home_cards(user: User) -> Iterable[cards.Card]:
    """Mail that comes back, for the person; messages that did not go out, for coordinators. Two statements."""
    if not user.is_authenticated:
        return
    if preferences_queries.comes_back(user):
        yield cards.Card(
            title=_("Email to you came back"),
            body=_("You get only the most important messages until you change your address."),
            url=reverse("account_email"),
            action=_("Change your address"),
            weight=2,
        )
    missed = (
        Message.objects.filter(
            cohort__in=cohorts_of(user, Role.COORDINATOR),
            state__in=VIEWS["missed"][1],
            due_at__gt=timezone.now() - RECENT,
        )
        .values("cohort__slug", "cohort__name")
        .annotate(count=Count("pk"))
        .order_by("cohort__name")
    )
    for row in missed:
        count = row["count"]
        title = ngettext("%(count)s message did not go out", "%(count)s messages did not go out", count)
        yield cards.Card(
            title=title % {"count": count},
            body=_("See why, and send what still matters."),
            url=reverse("outbox:log", args=[row["cohort__slug"]]) + "?show=missed",
            action=_("Look at them"),
            eyebrow=row["cohort__name"],
            weight=15,
        )


def register() -> None:
    cards.register(home_cards)
