"""Planning a session: create, change, publish, call off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.outbox import api as outbox_api
from cohort.people import history
from cohort.people.models import Cohort, User
from cohort.people.states import NotPossible
from sessions.agenda import queries as agenda_queries
from sessions.attendance.expected import expect_everyone
from sessions.common import states, undo
from sessions.common.locking import lock
from sessions.common.states import State
from sessions.messages import during
from sessions.models import Objective, Session

#: A change of one of these makes a new calendar sequence and a message to everybody (RFC 5546, 2.1.4).
TOLD = ("starts_at", "ends_at", "place", "link")
MOMENTS = ("starts_at", "ends_at")
#: Edits within this time become one message.
MERGE = timedelta(minutes=10)


@transaction.atomic
def create_session(*, cohort: Cohort, by: User, objectives: Sequence[str] = (), **fields: Any) -> Session:
    """A new draft. ``fields`` are those of :class:`Session` that people fill in."""
    session = Session.objects.create(cohort=cohort, **fields)
    _set_objectives(session, objectives)
    history.record("session.created", session, actor=by, cohort=cohort)
    return session


@transaction.atomic
def change_session(*, session: Session, by: User, objectives: Sequence[str] | None = None, **fields: Any) -> Session:
    """Change what is planned. Members of a published session hear of a new time, place or link ten minutes later,
    unless it is as they know it again by then, or the invitation has not left yet and says it all.

    :raises NotPossible: it has begun, ended or been called off.
    """
    session = lock(session)
    if not session.editable:
        raise NotPossible(
            _("This session is %(state)s; its plan stays as it is.") % {"state": session.get_state_display()}
        )
    changed = [name for name, value in fields.items() if getattr(session, name) != value]
    known = _known(session)
    for name in changed:
        setattr(session, name, fields[name])
    if session.state == State.PUBLISHED and not session.result.strip():
        raise NotPossible(_("A published session needs its result line."))
    told = session.state == State.PUBLISHED and any(name in TOLD for name in changed)
    if told:
        next_sequence(session)
        invited = not undo.invitations(session).held
        news = invited and _remembered(session) != known
        session.told_before = known if news else None
    if changed:
        session.save(update_fields=[*changed, "sequence", "changed_at", "told_before"])
        history.record("session.changed", session, actor=by, cohort=session.cohort, fields=sorted(changed))
    if objectives is not None:
        _set_objectives(session, objectives)
    if told and news:
        during.tell_change(session, due_at=timezone.now() + MERGE)
    elif told:
        outbox_api.cancel(prefix=f"changed:{session.pk}:", reason="newer_change")
    return session


def _remembered(session: Session) -> dict[str, str]:
    """What members are told of, as it is now, in words that a row can hold."""
    return {
        name: value.astimezone(UTC).isoformat() if name in MOMENTS else value
        for name in TOLD
        for value in [getattr(session, name)]
    }


def _known(session: Session) -> dict[str, str]:
    """Time, place and link as members know them: of before the first change whose message has not left yet."""
    if session.told_before and undo.about_now(session, "session_changed").held:
        return dict(session.told_before)
    return _remembered(session)


def next_sequence(session: Session) -> None:
    """Calendars that read this session again take it for newer than what they have (RFC 5546, 2.1.4)."""
    session.sequence += 1
    session.changed_at = timezone.now()


def _set_objectives(session: Session, texts: Sequence[str]) -> None:
    """Keep objectives by place, so that blocks which serve the second one still do when it is reworded."""
    known = list(session.objectives.all())
    wanted = [text.strip() for text in texts if text.strip()][:5]
    for position, text in enumerate(wanted, start=1):
        if position <= len(known):
            if known[position - 1].text != text:
                known[position - 1].text = text
                known[position - 1].save(update_fields=["text"])
        else:
            Objective.objects.create(session=session, position=position, text=text)
    for extra in known[len(wanted) :]:
        extra.delete()


@transaction.atomic
def publish(*, session: Session, by: User) -> Session:
    """Show the session to its members, expect everyone, and queue the invitations, which leave in five minutes.

    :raises NotPossible: something that publishing needs is missing, or it has begun to lie in the past.
    """
    session = lock(session)
    agenda = agenda_queries.agenda_of(session)
    if not agenda.publishable:
        raise NotPossible(_("Something is still missing. The list beside the agenda says what."))
    if session.starts_at <= timezone.now():
        raise NotPossible(_("The start is in the past. Change the date first."))
    states.move_session(session, State.PUBLISHED, actor=by)
    expect_everyone(session)
    during.invite(session)
    return session


@transaction.atomic
def call_off(*, session: Session, by: User) -> Session:
    """Call the session off: everyone hears in five minutes, or at once when it starts within the hour.

    :raises NotPossible: it is not published, or has begun.
    """
    session = lock(session)
    if not undo.about_now(session, "session_changed").held:
        session.told_before = None  # everybody knows
    states.move_session(session, State.CANCELLED, actor=by)
    next_sequence(session)
    session.save(update_fields=["sequence", "changed_at", "told_before"])
    invited = not undo.invitations(session).held
    outbox_api.cancel(refs={"session": str(session.pk)}, reason="called_off")
    if invited:  # else nobody has heard of it yet
        during.tell_called_off(session)
    return session


@transaction.atomic
def delete_draft(*, session: Session, by: User) -> None:
    """Throw a draft away. Nobody but the planners ever knew of it.

    :raises NotPossible: it is no longer a draft.
    """
    session = lock(session)
    if session.state != State.DRAFT:
        raise NotPossible(_("Only a draft can be thrown away. Call the session off instead."))
    history.record("session.draft_deleted", session, actor=by, cohort=session.cohort)
    session.delete()
