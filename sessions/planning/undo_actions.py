"""A second thought: publishing, a change and calling off can be taken back until the first mail about it leaves."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cohort.outbox import api as outbox_api
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible
from sessions.common import locking, states, undo
from sessions.common.states import State
from sessions.messages import during
from sessions.models import Attendance, Session
from sessions.planning import actions


@transaction.atomic
def take_back(*, session: Session, by: User, step: str) -> Session:
    """Undo the last ``step`` (``publish``, ``change`` or ``call-off``), and call its mail off.

    :raises NotPossible: a message about it has left, five minutes are over, or somebody else was faster.
    """
    session = locking.lock(session)
    found = undo.of(session)
    if found is None or found.step != step or found.until is None:
        raise NotPossible(_("It is too late to take this back: the messages are on their way."))
    {"publish": _publishing, "change": _change, "call-off": _calling_off}[found.step](session, by)
    return session


def _call_off(session: Session, kind: str, count: int) -> None:
    """Call every message of ``kind`` about this session off; all ``count`` of them, or nothing changes."""
    refs = {"session": str(session.pk)}
    if outbox_api.cancel(kind=kind, refs=refs, reason="called_back") < count:
        raise NotPossible(_("It is too late to take this back: the messages are on their way."))


def _publishing(session: Session, by: User) -> None:
    """A draft again, for facilitators only."""
    _call_off(session, "session_invitation", undo.invitations(session).total)
    states.move_session(session, State.DRAFT, actor=by)
    Attendance.objects.filter(session=session, state=Attendance.State.EXPECTED).delete()
    outbox_api.cancel(refs={"session": str(session.pk)}, reason="called_back")  # reminders that were planned meanwhile


def _change(session: Session, by: User) -> None:
    """Time, place and link as members know them. Other edits stay."""
    known: dict[str, Any] = dict(session.told_before or {})
    for name in actions.MOMENTS:
        known[name] = parse_datetime(known[name])
    if known["starts_at"] <= timezone.now():
        raise NotPossible(_("The time before this change has passed. Choose a new one."))
    _call_off(session, "session_changed", undo.about_now(session, "session_changed").total)
    for name, value in known.items():
        setattr(session, name, value)
    actions.next_sequence(session)
    session.told_before = None
    session.save(update_fields=[*actions.TOLD, "sequence", "changed_at", "told_before"])
    history.record("session.change_taken_back", session, actor=by, cohort=session.cohort)


def _calling_off(session: Session, by: User) -> None:
    """Planned again. What waited to be told before waits again; the planner brings the reminders back."""
    _call_off(session, "session_cancelled", undo.about_now(session, "session_cancelled").total)
    states.move_session(session, State.PUBLISHED, actor=by)
    actions.next_sequence(session)
    session.save(update_fields=["sequence", "changed_at"])
    during.invite(session)
    if session.told_before:
        during.tell_change(session, due_at=timezone.now() + actions.MERGE)
