"""What surveys show on the home page: one tap for a participant, the next step for a facilitator."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from cohort.people.models import Membership, Role, User
from cohort.people.states import NotPossible
from cohort.ui import cards
from sessions.models import Session, Survey, SurveyTicket
from sessions.surveys import actions


def home_cards(user: User) -> Iterable[cards.Card]:
    """Two statements at most."""
    if not user.is_authenticated:
        return
    tickets = SurveyTicket.objects.filter(
        membership__user=user, membership__ended_at=None, answered=False, survey__state=Survey.State.OPEN
    ).select_related("survey__session")
    for ticket in tickets:
        yield cards.Card(
            title=_("How was “%(title)s”?") % {"title": ticket.survey.session.title},
            body=_("Seven short questions, two minutes. Answers carry no name."),
            url=reverse("program_sessions:survey", args=[ticket.survey.code]),
            action=_("Open the survey"),
            weight=5,
            now=True,
        )
    hosting = Membership.objects.current().filter(user=user, role=Role.FACILITATOR).values("cohort_id")
    unanswered = (
        Survey.objects.filter(session__cohort__in=hosting, state=Survey.State.RELEASED, note=None)
        .select_related("session")
        .order_by("-closed_at")[:1]
    )
    for survey in unanswered:
        yield cards.Card(
            title=_("Tell the group what you heard"),
            body=_("The results of “%(title)s” are in. The group waits for a few sentences from you.")
            % {"title": survey.session.title},
            url=reverse("program_sessions:survey_results", args=[survey.session_id]),
            action=_("Read and answer"),
            weight=20,
        )


def open_at_the_end(session: Session) -> None:
    """The survey opens with the end of the session at the latest; a very small group talks instead."""
    try:
        actions.open_survey(session=session, by=None)
    except NotPossible:
        pass


def register() -> None:
    """Called from the app's ``ready``."""
    from cohort.people import demo
    from sessions.live import signals as live_signals
    from sessions.surveys import demo as survey_demo
    from sessions.surveys import messages

    cards.register(home_cards)
    messages.register()
    demo.register(29, "surveys", survey_demo.load)
    live_signals.when_ended(open_at_the_end)
