"""What the equity-data steward sees on the home page: whether the window for totals is open."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Call
from cohort.people.models import Membership, Role, User
from cohort.ui import cards


def steward_cards(user: User) -> Iterable[cards.Card]:
    """One statement."""
    if not user.is_authenticated:
        return
    held = Membership.objects.current().filter(user=user, role=Role.STEWARD).values("cohort_id")
    now = timezone.now()
    for call in Call.objects.filter(cohort__in=held).exclude(state__in=[Call.State.DRAFT, Call.State.ARCHIVED]):
        if call.takes_new(now):
            words = _("While the call is open you can see which groups it has not reached yet, as totals.")
        elif call.state == Call.State.DECIDED:
            words = _("Decisions are out. You can see totals of everyone who applied and of those who joined.")
        else:
            words = _("Totals are closed while people are being chosen.")
        yield cards.Card(
            title=_("Identity totals: %(call)s") % {"call": call.title},
            body=words,
            url=reverse("applications:identity_totals", args=[call.slug]),
            action=_("Open the totals"),
            weight=20,
        )


def register() -> None:
    cards.register(steward_cards)
