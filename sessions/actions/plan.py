"""Planning a session: create, change, publish, call off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.outbox import actions as outbox
from cohort.people import history
from cohort.people.models import Cohort, User
from sessions import messages, queries, states
from sessions.models import Attendance, Objective, Session
from sessions.states import NotPossible, State

#: A change of one of these makes a new calendar sequence and a message to everybody (RFC 5546, 2.1.4).
TOLD = ("starts_at", "ends_at", "place", "link")
#: Edits within this time become one message.
MERGE = timedelta(minutes=10)


def lock(session: Session) -> Session:
    """The session read again and locked, so that two facilitators' edits come one after the other."""
    return Session.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=session.pk)


@transaction.atomic
def create_session(*, cohort: Cohort, by: User, objectives: Sequence[str] = (), **fields: Any) -> Session:
    """A new draft. ``fields`` are those of :class:`Session` that people fill in."""
    session = Session.objects.create(cohort=cohort, **fields)
    _set_objectives(session, objectives)
    history.record("session.created", session, actor=by, cohort=cohort)
    return session


@transaction.atomic
def change_session(*, session: Session, by: User, objectives: Sequence[str] | None = None, **fields: Any) -> Session:
    """Change what is planned. Members of a published session hear of a new time, place or link ten minutes later.

    :raises NotPossible: it has begun, ended or been called off.
    """
    session = lock(session)
    if not session.editable:
        raise NotPossible(
            _("This session is %(state)s; its plan stays as it is.") % {"state": session.get_state_display()}
        )
    changed = [name for name, value in fields.items() if getattr(session, name) != value]
    for name in changed:
        setattr(session, name, fields[name])
    if session.state == State.PUBLISHED and not session.result.strip():
        raise NotPossible(_("A published session needs its result line."))
    told = session.state == State.PUBLISHED and any(name in TOLD for name in changed)
    if told:
        session.sequence += 1
        session.changed_at = timezone.now()
        changed += ["sequence", "changed_at"]
    if changed:
        session.save(update_fields=changed)
        history.record("session.changed", session, actor=by, cohort=session.cohort, fields=sorted(changed))
    if objectives is not None:
        _set_objectives(session, objectives)
    if told:
        messages.tell_change(session, due_at=timezone.now() + MERGE)
    return session


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
    """Show the session to its members, expect everyone, and queue the invitations.

    :raises NotPossible: something that publishing needs is missing, or it has begun to lie in the past.
    """
    session = lock(session)
    agenda = queries.agenda_of(session)
    if not agenda.publishable:
        raise NotPossible(_("Something is still missing. The list beside the agenda says what."))
    if session.starts_at <= timezone.now():
        raise NotPossible(_("The start is in the past. Change the date first."))
    states.transition(session, State.PUBLISHED, actor=by)
    expect_everyone(session)
    messages.invite(session)
    return session


def expect_everyone(session: Session) -> None:
    """An attendance row, not marked yet, for each current participant who has none."""
    Attendance.objects.bulk_create(
        [Attendance(session=session, membership=member) for member in queries.participants(session)],
        ignore_conflicts=True,
    )


@transaction.atomic
def call_off(*, session: Session, by: User) -> Session:
    """Call the session off: everyone hears at once, and calendars take it out.

    :raises NotPossible: it is not published, or has begun.
    """
    session = lock(session)
    states.transition(session, State.CANCELLED, actor=by)
    session.sequence += 1
    session.save(update_fields=["sequence"])
    outbox.cancel(refs={"session": str(session.pk)}, reason="called_off")
    messages.tell_called_off(session)
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
