"""What coordinators see on the home page: a change of what people are chosen by that waits for a second person."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import RuleChange
from cohort.people.models import Membership, Role, User
from cohort.ui import cards


def policy_cards(user: User) -> Iterable[cards.Card]:
    """One card a call with changes that somebody else asked for (one statement)."""
    if not user.is_authenticated:
        return
    held = Membership.objects.current().filter(user=user, role=Role.COORDINATOR).values("cohort_id")
    waiting = (
        RuleChange.objects.filter(call__cohort__in=held, state=RuleChange.State.WAITING)
        .exclude(proposed_by=user)
        .values("call__slug", "call__title")
        .annotate(n=Count("pk"), first=Min("proposed_at"))
        .order_by("first")
    )
    for row in waiting:
        yield cards.Card(
            title=_("A second person is needed: %(call)s") % {"call": row["call__title"]},
            body=ngettext(
                "%(n)s change of what people are chosen by waits for you.",
                "%(n)s changes of what people are chosen by wait for you.",
                row["n"],
            )
            % {"n": row["n"]},
            url=reverse("applications:policy", args=[row["call__slug"]]),
            action=_("Look at it"),
            weight=15,
        )


def register() -> None:
    cards.register(policy_cards)
