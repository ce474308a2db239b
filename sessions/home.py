"""What this app shows in the menu, on the home page and as questions for the journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.people import facts
from cohort.people.models import Role, User
from cohort.ui import cards, nav, prompts, times
from sessions.agenda import queries as agenda_queries
from sessions.library.actions import load_activities
from sessions.models import Session

#: The room's card comes to the front this long before the start.
SOON = timedelta(hours=2)
PLANNING = frozenset({Role.FACILITATOR, Role.COORDINATOR})


def menu(request: HttpRequest, roles: frozenset[str]) -> Iterable[nav.Place]:
    if roles & (PLANNING | {Role.PARTICIPANT}):
        yield nav.Place(_("Sessions"), reverse("program_sessions:index"), 20)
    if roles & PLANNING:
        yield nav.Place(_("Library"), reverse("program_sessions:library"), 30)


def home_cards(user: User) -> Iterable[cards.Card]:
    """The next session of each cohort; while a room is open, the way into it (three statements at most)."""
    if not user.is_authenticated:
        return
    now = timezone.now()
    shown: set[object] = set()
    for session, role, is_here in agenda_queries.next_sessions(user, now):
        if session.cohort_id in shown:
            continue
        shown.add(session.cohort_id)
        leads = role == Role.FACILITATOR
        if session.state == Session.State.RUNNING:
            yield _running(session, leads, is_here)
        else:
            yield _coming(session, leads, session.starts_at - now <= SOON)


def _running(session: Session, leads: bool, is_here: bool) -> cards.Card:
    if leads:
        return cards.Card(
            title=_("The room is open"),
            body=session.title,
            eyebrow=_("Now"),
            weight=0,
            now=True,
            url=reverse("program_sessions:live", args=[session.pk]),
            action=_("Go to the room"),
        )
    if is_here:
        return cards.Card(
            title=_("The session is on"),
            body=session.title,
            eyebrow=_("Now"),
            weight=0,
            now=True,
            url=reverse("program_sessions:now", args=[session.pk]),
            action=_("See now and next"),
        )
    return cards.Card(
        title=_("Check in now"),
        body=_("Scan the code on the screen in the room, or type it here."),
        eyebrow=session.title,
        weight=0,
        now=True,
        url=reverse("program_sessions:type_code"),
        action=_("Type the code"),
    )


def _coming(session: Session, leads: bool, soon: bool) -> cards.Card:
    when = times.range_words(session.starts_at, session.ends_at, session.cohort.zone)
    place = session.place or (_("Online") if session.link else "")
    return cards.Card(
        title=session.title,
        body=f"{when}. {place}" if place else when,
        eyebrow=_("Next session"),
        url=reverse("program_sessions:session", args=[session.pk]),
        action=(_("Open the room") if soon else _("Prepare it")) if leads else _("See the agenda"),
        weight=5 if soon else 20,
        now=soon,
    )


def journal_prompts(user: User) -> Iterable[prompts.Prompt]:
    """Private questions of the sessions a participant has been through, the latest session first (one statement)."""
    for prompt in agenda_queries.private_prompts(user):
        yield prompts.Prompt(id=f"session:{prompt.pk}", text=prompt.text, source=prompt.block.session.title, weight=20)


def register() -> None:
    nav.register(menu)
    cards.register(home_cards)
    prompts.register(journal_prompts)
    facts.register("activities", load_activities)
