"""Home rows about offers and onboarding."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.common import inquiries
from applications.decisions.information_requests import queries as information_requests_queries
from applications.offers import queries
from applications.offers.onboarding import queries as onboarding_queries
from cohort.people.models import User
from cohort.ui import cards, times


def applicant_cards(user: User) -> Iterable[cards.Card]:
    """A place, or a question, that waits for my answer (two statements)."""
    if not user.is_authenticated:
        return
    for offer in queries.open_offers_of(user):
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
    for inquiry in information_requests_queries.open_for(user):
        yield cards.Card(
            title=_("We have a question about your application"),
            body=_("Please answer by %(until)s.")
            % {"until": times.when_words(inquiries.until(inquiry), inquiries.zone_of(inquiry))},
            url=reverse("applications:information_answer", args=[inquiry.application_id, inquiry.number]),
            action=_("Answer"),
            eyebrow=inquiry.application.call.title,
            weight=2,
            now=True,
        )


def welcome_cards(user: User) -> Iterable[cards.Card]:
    """The next small thing to do before the first session (one statement)."""
    if not user.is_authenticated:
        return
    left = onboarding_queries.open_tasks(user)
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


def register() -> None:
    cards.register(applicant_cards)
    cards.register(welcome_cards)
