"""The states of a session: one table, one door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.people import states
from cohort.people.models import User
from cohort.people.states import NotPossible
from sessions.models import Session

State = Session.State

_STAMP = {State.PUBLISHED: "published_at", State.ENDED: "ended_at", State.CANCELLED: "cancelled_at"}
#: Steps after which it is as if the state before had never been.
_TAKES_BACK = {State.PUBLISHED: (State.DRAFT,), State.CANCELLED: (State.PUBLISHED,)}


def move_session(
    session: Session, to: str, *, actor: User | None, at: datetime | None = None, **details: Any
) -> Session:
    """Move ``session`` to state ``to``, inside the caller's transaction, and write it down.

    The change is one conditional UPDATE, so of two people who press at once only one succeeds.

    :raises NotPossible: the state table has no such step from where the session is now.
    """
    before = session.state
    if not states.may_move(session, to):
        raise NotPossible(
            _("This session is %(state)s; that cannot be done now.") % {"state": session.get_state_display()}
        )
    values: dict[str, Any] = {}
    if to in _TAKES_BACK.get(State(before), ()):
        values[_STAMP[State(before)]] = None
    stamp = _STAMP.get(State(to))
    if stamp and not (to == State.PUBLISHED and session.published_at):
        values[stamp] = at or timezone.now()
    return states.move(
        session,
        to,
        actor=actor,
        refusal=_("Somebody changed this session a moment ago. Look again before you go on."),
        verb=f"session.{to}",
        cohort=session.cohort,
        details={"before": before, **details},
        **values,
    )
