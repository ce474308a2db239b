"""What applying shows in the menu and on the home page."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.apply import queries
from applications.common import call_translations
from applications.models import Application, Call
from cohort.people.models import Membership, Role, User
from cohort.questions.html import marked
from cohort.ui import cards, nav, times


def menu(request: HttpRequest, roles: frozenset[str]) -> Iterable[nav.Place]:
    """Calls for visitors, my applications for those who may have some. No statement."""
    if not request.user.is_authenticated:
        yield nav.Place(_("Open calls"), reverse("applications:calls"), 10)
    elif not roles:
        yield nav.Place(_("My applications"), reverse("applications:my_applications"), 10)


def applicant_cards(user: User) -> Iterable[cards.Card]:
    """My applications, and the calls that are open to me (at most two statements)."""
    now = timezone.now()
    mine = queries.mine(user, now) if user.is_authenticated else []
    for row in mine:
        card = _mine(row)
        if card is not None:
            yield card
    begun = {row.application.call_id for row in mine if row.application.state != Application.State.WITHDRAWN}
    calls = Call.objects.filter(state=Call.State.OPEN, opens_at__lte=now, closes_at__gt=now).select_related("cohort")
    for call in calls.order_by("closes_at")[:5]:
        if call.pk not in begun:
            yield cards.Card(
                title=marked(call_translations.said(call, "title")),
                body=_("Applications close %(when)s.") % {"when": times.when_words(call.closes_at, call.cohort.zone)},  # type: ignore[arg-type]
                url=reverse("applications:call", args=[call.slug]),
                action=_("Read the call"),
                eyebrow=call.cohort.place,
                weight=30 if user.is_authenticated else 1,
                now=not user.is_authenticated,
            )


def _mine(row: queries.MyApplication) -> cards.Card | None:
    """One of my applications as a card; none once the call has run its course or an offer speaks for itself."""
    application, call = row.application, row.application.call
    url = reverse("applications:application", args=[application.pk])
    if application.state == Application.State.DRAFT and row.open:
        return cards.Card(
            title=_("Go on with your application"),
            eyebrow=marked(call_translations.said(call, "title")),
            url=url,
            action=_("Go on"),
            weight=5,
            now=True,
            body=_("You can change and send it until %(when)s.")
            % {"when": times.when_words(call.closes_at, call.cohort.zone)},
        )  # type: ignore[arg-type]
    if (
        application.state == Application.State.SUBMITTED
        and not row.offer
        and call.state in (Call.State.OPEN, Call.State.CLOSED)
    ):
        body = _("We have it. Reference %(ref)s.") % {"ref": application.reference}
        if call.decisions_on:
            body += " " + _("You hear from us by %(day)s.") % {"day": times.day_words(call.decisions_on)}
        return cards.Card(
            title=_("Your application is with us"),
            body=body,
            url=url,
            eyebrow=marked(call_translations.said(call, "title")),
            action=_("See it"),
            weight=20,
        )
    return None


def coordinator_cards(user: User) -> Iterable[cards.Card]:
    """The calls that I coordinate and that are not over (one statement)."""
    if not user.is_authenticated:
        return
    held = Membership.objects.current().having(Role.COORDINATOR).filter(user=user).values("cohort_id")
    rows = Call.objects.filter(cohort__in=held).exclude(state=Call.State.ARCHIVED).select_related("cohort")
    for call in rows.order_by("-created_at")[:5]:
        yield cards.Card(
            title=call.title,
            eyebrow=_("Call"),
            url=reverse("applications:call_manage", args=[call.slug]),
            body=_("This call is %(state)s.") % {"state": call.get_state_display()},
            action=_("See the call"),
            weight=15,
        )


def register() -> None:
    nav.register(menu)
    cards.register(applicant_cards)
    cards.register(coordinator_cards)
