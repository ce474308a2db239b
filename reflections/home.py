"""What the home page and the menu say about reflections. Never whether, or when, somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.outbox.registry import news
from cohort.people.models import Cohort, Membership, Role, User
from cohort.ui import cards, nav
from reflections.commitments import queries as commitments_queries
from reflections.sharing import queries as sharing_queries

MEMBERS = (Role.PARTICIPANT, Role.FACILITATOR)


def home_cards(user: User) -> Iterable[cards.Card]:
    """Two statements at most, whatever the data."""
    if not user.is_authenticated:
        return
    if not Membership.objects.current().filter(user_id=user.pk).having(*MEMBERS).exists():
        return
    # The same words on every day and for everybody, so that the card tells nothing about anyone's writing.
    yield cards.Card(
        title=_("Write for yourself"),
        body=_("Your journal is locked in your browser. Only you can open it."),
        url=reverse("reflections:journal"),
        action=_("Open your journal"),
        eyebrow=_("Journal"),
        weight=60,
    )
    due = (
        commitments_queries.open_commitments().filter(author_id=user.pk, look_back_on__lte=timezone.localdate()).count()
    )
    if due:
        yield cards.Card(
            title=ngettext("Look back on your commitment", "Look back on your commitments", due),
            body=_("The day you chose has come. Letting go is a full answer too."),
            url=reverse("reflections:commitments"),
            action=_("Look back"),
            eyebrow=_("Commitments"),
            weight=30,
        )


def what_is_new(cohort: Cohort, since: datetime, until: datetime) -> Iterable[news.News]:
    """How many copies people chose to share with everybody in ``cohort`` in the first half of that time."""
    middle = since + (until - since) / 2
    shared = sharing_queries.shared_with_everybody(cohort, since, middle)
    if shared:
        words = ngettext("One reflection shared with everyone", "%(n)s reflections shared with everyone", shared)
        yield news.News(words % {"n": shared}, reverse("reflections:copies"), 40)


def places(request: HttpRequest, roles: frozenset[str]) -> Iterable[nav.Place]:
    if roles & set(MEMBERS):
        yield nav.Place(_("Journal"), reverse("reflections:journal"), weight=40)
        yield nav.Place(_("Commitments"), reverse("reflections:commitments"), weight=45)
