"""Questions that wait, on the home page of coordinators."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.call.inbox import queries as inbox_queries
from cohort.people.models import User
from cohort.ui import cards


def inbox_cards(user: User) -> Iterable[cards.Card]:
    """One card per call with waiting questions (one statement)."""
    if not user.is_authenticated:
        return
    for slug, title, count in inbox_queries.open_by_call(user):
        yield cards.Card(
            title=ngettext("%(n)s question waits for an answer", "%(n)s questions wait for an answer", count)
            % {"n": count},
            body=_("People asked them about the call. The one that waits the longest stands first."),
            url=reverse("applications:inbox", args=[slug]),
            action=_("Open the inbox"),
            eyebrow=title,
            weight=12,
        )


def register() -> None:
    cards.register(inbox_cards)
