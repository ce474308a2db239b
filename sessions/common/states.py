"""The states of a session: one table, one door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.people import history
from cohort.people.models import User
from sessions.models import Session

State = Session.State

TRANSITIONS: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.PUBLISHED}),
    # back to a draft: taken back before anybody was told
    State.PUBLISHED: frozenset({State.RUNNING, State.CANCELLED, State.DRAFT}),
    State.RUNNING: frozenset({State.ENDED, State.PUBLISHED}),  # back to published: the room was closed unused
    State.ENDED: frozenset(),
    State.CANCELLED: frozenset({State.PUBLISHED}),  # taken back before anybody was told
}
_STAMP = {State.PUBLISHED: "published_at", State.ENDED: "ended_at", State.CANCELLED: "cancelled_at"}
#: Steps after which it is as if the state before had never been.
_TAKES_BACK = {State.PUBLISHED: (State.DRAFT,), State.CANCELLED: (State.PUBLISHED,)}


class NotPossible(Exception):  # noqa: N818  words for the person who asked, not a fault
    """The action cannot be done now; the message says why, in words for the reader."""


def transition(session: Session, to: str, *, actor: User | None, at: datetime | None = None, **details: Any) -> Session:
    """Move ``session`` to state ``to``, inside the caller's transaction, and write it down.

    The change is one conditional UPDATE, so of two people who press at once only one succeeds.

    :raises NotPossible: the state table has no such step from where the session is now.
    """
    before = session.state
    if to not in TRANSITIONS[before]:
        raise NotPossible(
            _("This session is %(state)s; that cannot be done now.") % {"state": session.get_state_display()}
        )
    values: dict[str, Any] = {"state": to}
    if to in _TAKES_BACK.get(State(before), ()):
        values[_STAMP[State(before)]] = None
    stamp = _STAMP.get(State(to))
    if stamp and not (to == State.PUBLISHED and session.published_at):
        values[stamp] = at or timezone.now()
    if not Session.objects.filter(pk=session.pk, state=before).update(**values):
        raise NotPossible(_("Somebody changed this session a moment ago. Look again before you go on."))
    for name, value in values.items():
        setattr(session, name, value)
    history.record(f"session.{to}", session, actor=actor, cohort=session.cohort, before=before, **details)
    return session
