"""Open, answer, seal and release a survey. The only code that writes or reads answer sheets."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import SystemRandom
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.outbox import api as outbox_api
from cohort.outbox.registry import kinds, wall_time
from cohort.people import history, states
from cohort.people.access import members
from cohort.people.models import Membership, Role, User
from cohort.people.states import NotPossible
from sessions.common.announce import announce
from sessions.models import Attendance, HeardNote, SealedAnswer, Session, Survey, SurveyAnswer, SurveyTicket
from sessions.surveys import questions, small_numbers

FEWEST_INVITED = 6
OPEN_DAYS = 3
CLOSING_HOUR = time(17)
KEEP_TICKETS = timedelta(days=1)


class AlreadyAnswered(NotPossible):
    """This person's answers are in. Answers cannot be told apart, so they cannot be changed."""


def closing_time(session: Session, now: datetime) -> datetime:
    """17:00 in the cohort's zone on the third day after the session ends (or after now, when that is later)."""
    zone = session.cohort.zone
    last = max(session.over_at, now).astimezone(zone).date() + timedelta(days=OPEN_DAYS)
    return wall_time.at(last, CLOSING_HOUR, zone)


@transaction.atomic
def open_survey(*, session: Session, by: User | None) -> Survey:
    """Open the survey of a session, for everyone who is there. Opening twice changes nothing.

    :raises NotPossible: the session has not started, or fewer than six people are there: then the group is so small
        that answers could be guessed, and a spoken round serves better.
    """
    session = Session.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=session.pk)
    existing = Survey.objects.filter(session=session).first()
    if existing:
        return existing
    if session.state not in (Session.State.RUNNING, Session.State.ENDED):
        raise NotPossible(_("The survey opens in the room, once the session has started."))
    there = list(session.attendance.there().values_list("membership_id", flat=True))
    if len(there) < FEWEST_INVITED:
        raise NotPossible(
            _(
                "Fewer than six people are checked in. In so small a group answers can be guessed, so there is no "
                "survey: go round and ask each person for one thing to keep and one to change."
            )
        )
    now = timezone.now()
    survey = Survey.objects.create(
        session=session,
        objectives=list(session.objectives.values_list("text", flat=True)[: questions.MOST_OBJECTIVES]),
        closes_at=closing_time(session, now),
        opened_at=now,
    )
    SurveyTicket.objects.bulk_create([SurveyTicket(survey=survey, membership_id=pk) for pk in there])
    announce(session)  # the projector shows the code at once
    history.record("survey.opened", survey, actor=by, cohort=session.cohort, invited=len(there))
    return survey


@transaction.atomic
def answer(*, survey: Survey, membership: Membership, payload: dict[str, Any]) -> None:
    """Take one sheet. The ticket says only *that* it was answered; the sheet says only *what*.

    :raises AlreadyAnswered: this person's sheet is in.
    :raises NotPossible: the survey is closed, or this person was not there.
    """
    # a lock that many may hold at once, so that answers do not queue but a close waits for them
    current = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if current.state != Survey.State.OPEN or timezone.now() >= current.closes_at:
        raise NotPossible(_("This survey is closed. Thank you for wanting to answer."))
    if not SurveyTicket.objects.filter(survey=current, membership=membership, answered=False).update(answered=True):
        if SurveyTicket.objects.filter(survey=current, membership=membership).exists():
            raise AlreadyAnswered(_("Your answers are in. Nobody can tell which are yours, so they cannot be changed."))
        if not Attendance.objects.there().filter(session=current.session_id, membership=membership).exists():
            raise NotPossible(_("This survey is for people who were in the session."))
        SurveyTicket.objects.create(survey=current, membership=membership, answered=True)
    SurveyAnswer.objects.create(survey=current, payload=payload)


@transaction.atomic
def close(*, survey: Survey, by: User | None, at: datetime | None = None) -> Survey:
    """Close, seal and release once. Closing twice changes nothing.

    Sheets are copied in random order and the originals removed, so that no order is left that could match tickets.
    With fewer than the threshold the sheets wait for a later session of the cohort that also had too few.
    """
    survey = Survey.objects.select_for_update(of=("self",)).select_related("session__cohort").get(pk=survey.pk)
    if survey.state != Survey.State.OPEN:
        return survey
    sheets = list(SurveyAnswer.objects.filter(survey=survey).values_list("payload", flat=True))
    SystemRandom().shuffle(sheets)
    SealedAnswer.objects.bulk_create([SealedAnswer(survey=survey, payload=payload) for payload in sheets])
    SurveyAnswer.objects.filter(survey=survey).delete()
    closed: dict[str, Any] = {
        "closed_at": at or timezone.now(),
        "invited": SurveyTicket.objects.filter(survey=survey).count(),
        "answered": len(sheets),
    }
    found = small_numbers.results(questions.items(survey.objectives), sheets, threshold=survey.threshold)
    if found is not None:
        states.move(survey, Survey.State.RELEASED, recorded=False, results=found.as_json(), **closed)
    else:
        states.move(survey, Survey.State.HELD, recorded=False, **closed)
        _try_pool(survey)
    history.record(
        "survey.closed",
        survey,
        actor=by,
        cohort=survey.session.cohort,
        state=str(survey.state),
        invited=survey.invited,
    )
    _tell_facilitators(survey)
    return survey


def _try_pool(survey: Survey) -> None:
    """Read held sessions of the cohort together once they hold enough sheets between them."""
    held = list(
        Survey.objects.select_for_update(of=("self",))
        .filter(session__cohort_id=survey.session.cohort_id, state=Survey.State.HELD)
        .exclude(pk=survey.pk)
    )
    if not held:
        return
    sheets = list(SealedAnswer.objects.filter(survey__in=[survey, *held]).values_list("payload", flat=True))
    # objectives differ from session to session, so a pooled reading leaves them out
    found = small_numbers.results(questions.items([]), sheets, threshold=max(s.threshold for s in [survey, *held]))
    if found is None:
        return
    states.move(survey, Survey.State.RELEASED, recorded=False, results=found.as_json())
    states.move_all(Survey.objects.filter(pk__in=[s.pk for s in held]), Survey.State.POOLED, pooled_into=survey)


def _tell_facilitators(survey: Survey) -> None:
    cohort = survey.session.cohort
    outbox_api.queue_many(
        kind="survey_ready",
        messages=[
            kinds.Planned(
                key=f"survey_ready:{survey.session_id}:{m.pk}",
                recipient=m.user,
                cohort=cohort,
                refs={"survey": str(survey.pk)},
                due_at=timezone.now(),
                not_after=timezone.now() + timedelta(days=14),
            )
            for m in members(cohort, Role.FACILITATOR)
        ],
    )


def close_due(now: datetime) -> int:
    """Close every survey whose time is over, and forget tickets a day after their survey was sealed."""
    due = list(Survey.objects.filter(state=Survey.State.OPEN, closes_at__lte=now))
    for survey in due:
        close(survey=survey, by=None, at=now)
    SurveyTicket.objects.filter(survey__closed_at__lte=now - KEEP_TICKETS).delete()
    return len(due)


def open_due(now: datetime) -> int:
    """Open the survey of sessions that ended without one, so that nobody has to remember."""
    ended = Session.objects.filter(
        state=Session.State.ENDED, survey=None, ended_at__gte=now - timedelta(days=OPEN_DAYS)
    ).select_related("cohort")
    opened = 0
    for session in ended:
        try:
            open_survey(session=session, by=None)
            opened += 1
        except NotPossible:
            continue
    return opened


@transaction.atomic
def hide_comment(*, survey: Survey, place: int, by: User, hidden: bool = True) -> None:
    """Hide one comment that names someone (or show it again). Its words are never edited; hidden ones are counted."""
    survey = Survey.objects.select_for_update(of=("self",)).select_related("session__cohort").get(pk=survey.pk)
    if not 0 <= place < len(survey.results.get("comments", [])):
        raise NotPossible(_("There is no such comment."))
    places = set(survey.hidden_comments)
    places = places | {place} if hidden else places - {place}
    survey.hidden_comments = sorted(places)
    survey.save(update_fields=["hidden_comments"])
    history.record(
        "survey.comment_hidden" if hidden else "survey.comment_shown",
        survey,
        actor=by,
        cohort=survey.session.cohort,
        place=place,
    )


@transaction.atomic
def publish_note(*, survey: Survey, heard: str, will: str, will_not: str, by: User) -> HeardNote:
    """Tell the group what was heard; saying it again replaces the words and tells nobody twice.

    :raises NotPossible: the survey is still open.
    """
    survey = Survey.objects.select_related("session__cohort").get(pk=survey.pk)
    if survey.state == Survey.State.OPEN:
        raise NotPossible(_("Wait until the survey has closed."))
    note, made = HeardNote.objects.update_or_create(
        survey=survey, defaults={"heard": heard, "will": will, "will_not": will_not, "written_by": by}
    )
    cohort = survey.session.cohort
    history.record("survey.note_published" if made else "survey.note_changed", note, actor=by, cohort=cohort)
    if made:
        outbox_api.queue_many(
            kind="we_heard_you",
            messages=[
                kinds.Planned(
                    key=f"heard:{survey.session_id}:{m.pk}:1",
                    recipient=m.user,
                    cohort=cohort,
                    refs={"note": str(note.pk)},
                    due_at=timezone.now(),
                    not_after=timezone.now() + timedelta(days=7),
                )
                for m in members(cohort, Role.PARTICIPANT)
            ],
        )
    return note
