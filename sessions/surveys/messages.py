"""Message kinds 15 to 19: the survey link, two reminders at most, results, and closing the loop.

Reminders are blind: the planner and the sender alone read who has not answered, and no page shows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohort.outbox.registry import audience, kinds, wall_time
from cohort.people.models import Membership, Role
from sessions.messages import samples as messages_samples
from sessions.models import HeardNote, Session, Survey, SurveyTicket
from sessions.surveys import access

AFTER_END = timedelta(minutes=20)
NUDGE_AT = time(10)
NUDGE_STOPS = timedelta(hours=2)


def _waiting() -> Iterable[SurveyTicket]:
    return (
        SurveyTicket.objects.filter(answered=False, survey__state=Survey.State.OPEN, membership__ended_at=None)
        .select_related("survey__session__cohort", "membership__user")
        .order_by("survey_id")
        .iterator(chunk_size=500)
    )


def plan_links(now: datetime) -> Iterable[kinds.Planned]:
    """Twenty minutes after the end, to those who were there and have not answered."""
    for ticket in _waiting():
        survey, session = ticket.survey, ticket.survey.session
        if session.state != Session.State.ENDED:
            continue
        yield kinds.Planned(
            key=f"survey_open:{session.pk}:{ticket.membership_id}",
            recipient=ticket.membership.user,
            cohort=session.cohort,
            refs={"survey": str(survey.pk), "membership": str(ticket.membership_id)},
            due_at=session.over_at + AFTER_END,
            not_after=survey.closes_at,
            weekends=True,
        )


def nudge_times(survey: Survey, zone: Any) -> list[tuple[int, datetime]]:
    """10:00 on the day after the session and on the last day, in the recipient's zone."""
    first = survey.session.over_at.astimezone(zone).date() + timedelta(days=1)
    last = survey.closes_at.astimezone(zone).date()
    days = [first] if first >= last else [first, last]
    return [(n, wall_time.at(day, NUDGE_AT, zone)) for n, day in enumerate(days, 1)]


def plan_nudges(now: datetime) -> Iterable[kinds.Planned]:
    for ticket in _waiting():
        survey, session = ticket.survey, ticket.survey.session
        zone = wall_time.zone_named(ticket.membership.user.time_zone, session.cohort.time_zone)
        for n, due in nudge_times(survey, zone):
            if now - timedelta(hours=12) <= due <= now + kinds.HORIZON:
                yield kinds.Planned(
                    key=f"survey_nudge:{session.pk}:{ticket.membership_id}:{n}",
                    recipient=ticket.membership.user,
                    cohort=session.cohort,
                    refs={"survey": str(survey.pk), "membership": str(ticket.membership_id)},
                    due_at=due,
                    not_after=survey.closes_at - NUDGE_STOPS,
                )


def still_asked(message: Any) -> str | None:
    """Only while the survey is open and this person has not answered. The reason never says which it was."""
    open_ticket = SurveyTicket.objects.filter(
        survey_id=message.refs["survey"],
        membership_id=message.refs["membership"],
        answered=False,
        survey__state=Survey.State.OPEN,
    )
    return None if open_ticket.exists() else "not needed"


def link_context(message: Any) -> dict[str, Any]:
    survey = Survey.objects.select_related("session__cohort").get(pk=message.refs["survey"])
    membership = Membership.objects.get(pk=message.refs["membership"])
    url = reverse("program_sessions:survey_link", args=[access.link_token(survey, membership)])
    return {"survey": survey, "session": survey.session, "url": settings.SITE_URL + url}


def ready_context(message: Any) -> dict[str, Any]:
    survey = Survey.objects.select_related("session__cohort").get(pk=message.refs["survey"])
    url = reverse("program_sessions:survey_results", args=[survey.session_id])
    return {"survey": survey, "session": survey.session, "url": settings.SITE_URL + url}


def plan_loop(now: datetime) -> Iterable[kinds.Planned]:
    """Five days after the release, and two days before the next session, while nothing was told to the group."""
    open_loops = Survey.objects.filter(state=Survey.State.RELEASED, note=None, closed_at__gte=now - timedelta(days=60))
    following = (
        Session.objects.planned()
        .filter(cohort=OuterRef("session__cohort"), starts_at__gt=OuterRef("session__starts_at"))
        .exclude(state=Session.State.CANCELLED)
        .order_by("starts_at")
    )
    found = (
        open_loops.select_related("session__cohort")
        .annotate(next_at=Subquery(following.values("starts_at")[:1]))
        .order_by("session__cohort_id", "pk")
        .iterator(chunk_size=audience.CHUNK)
    )
    cohorts = open_loops.values("session__cohort_id")
    for survey, member in audience.beside(found, lambda one: one.session.cohort_id, cohorts, Role.FACILITATOR):
        assert survey.closed_at is not None
        moments = [(1, survey.closed_at + timedelta(days=5))]
        if survey.next_at:
            moments.append((2, survey.next_at - timedelta(days=2)))
        for n, due in moments:
            if now - timedelta(hours=12) <= due <= now + kinds.HORIZON:
                yield kinds.Planned(
                    key=f"loop:{survey.session_id}:{member.pk}:{n}",
                    recipient=member.user,
                    cohort=survey.session.cohort,
                    refs={"survey": str(survey.pk)},
                    due_at=due,
                    not_after=survey.next_at or due + timedelta(days=7),
                )


def loop_open(message: Any) -> str | None:
    return "not needed" if HeardNote.objects.filter(survey_id=message.refs["survey"]).exists() else None


def heard_context(message: Any) -> dict[str, Any]:
    note = HeardNote.objects.select_related("survey__session__cohort").get(pk=message.refs["note"])
    url = reverse("program_sessions:survey_heard", args=[note.survey.session_id])
    return {"session": note.survey.session, "url": settings.SITE_URL + url}


_kind = partial(kinds.MessageKind, example=messages_samples.about_survey, on_unknown="drop")
#: To those who were there and have not answered.
_asked = partial(_kind, klass="B", context=link_context, still_needed=still_asked, topic="survey", members_only=True)
_BASE = "sessions/surveys/mail/"

KINDS = (
    _asked(
        name="survey_open",
        title=_("Survey after a session"),
        template=_BASE + "survey_open",
        plan=plan_links,
        about=_("Twenty minutes after a session, if you were there and have not answered yet."),
        when=_("End + 20 minutes"),
        expires=_("when the survey closes"),
    ),
    _asked(
        name="survey_nudge",
        title=_("Reminder of the survey"),
        template=_BASE + "survey_nudge",
        plan=plan_nudges,
        about=_("The next morning and on the last day, if you have not answered. Never more than two."),
        when=_("Next day 10:00 and last day 10:00"),
        expires=_("two hours before the survey closes"),
    ),
    _kind(
        name="survey_ready",
        klass="F",
        title=_("Survey results are ready"),
        template=_BASE + "survey_ready",
        about=_("When the survey of a session you lead has closed."),
        context=ready_context,
        on_unknown="resend",
        when=_("At release"),
        expires=_("after 14 days"),
    ),
    _kind(
        name="survey_loop",
        klass="F",
        title=_("Tell the group what you heard"),
        template=_BASE + "survey_loop",
        about=_("If the group has not heard from you about a survey yet."),
        context=ready_context,
        still_needed=loop_open,
        plan=plan_loop,
        members_only=True,
        when=_("Five days after release; two days before the next session"),
        expires=_("when the next session starts"),
    ),
    _kind(
        name="we_heard_you",
        klass="B",
        title=_("What the facilitators heard"),
        template=_BASE + "we_heard_you",
        about=_("When the facilitators answer to what the group said in a survey."),
        context=heard_context,
        members_only=True,
        when=_("When the note is published"),
        expires=_("after 7 days"),
    ),
)


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)
