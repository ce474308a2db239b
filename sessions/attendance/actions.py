"""Checking in, and the register that facilitators keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.people import history, states
from cohort.people.models import Membership, User
from cohort.people.states import NotPossible
from sessions.attendance import queries
from sessions.attendance.expected import expect_everyone
from sessions.common.announce import announce
from sessions.common.locking import lock
from sessions.common.states import State
from sessions.groups import actions as groups_actions
from sessions.models import Attendance, Session


@transaction.atomic
def check_in(*, session: Session, membership: Membership, online: bool = False) -> Attendance:
    """The member says "I am here" on their own phone. Doing it twice changes nothing.

    A facilitator's mark of late or left early stays; somebody who had been excused and came is here.
    When tables have been drawn, a latecomer is given a seat and nobody moves.

    :raises NotPossible: the room is not open, or the register has been closed.
    """
    session = lock(session)
    if session.state != State.RUNNING:
        raise NotPossible(_("The room is not open."))
    if session.register_closed_at:
        raise NotPossible(_("The register is closed. Ask a facilitator to mark you."))
    row, _new = Attendance.objects.select_for_update().get_or_create(session=session, membership=membership)
    now = timezone.now()
    if row.checked_in_at is None or not row.is_there:
        to = row.state
        if row.state in (Attendance.State.EXPECTED, Attendance.State.EXCUSED, Attendance.State.ABSENT):
            to = Attendance.State.REMOTE if online else Attendance.State.PRESENT
        states.move(
            row,
            to,
            actor=membership.user,
            verb="attendance.checked_in",
            cohort=session.cohort,
            details={"session": str(session.pk), "state": to},
            checked_in_at=now,
            marked_at=now,
        )
        if row.state == Attendance.State.PRESENT:
            groups_actions.seat_if_drawn(session=session, membership=membership)
        announce(session)
    return row


@transaction.atomic
def mark(*, session: Session, by: User, marks: Mapping[UUID, str]) -> int:
    """A facilitator marks people. ``marks``: membership id to state. Returns how many marks changed.

    Works after the register is closed too: mistakes can be put right, and the history keeps who did it.

    :raises NotPossible: the session is a draft or was called off.
    """
    session = lock(session)
    if session.state in (State.DRAFT, State.CANCELLED):
        raise NotPossible(_("There is no register for this session."))
    expect_everyone(session)
    rows = {row.membership_id: row for row in session.attendance.select_for_update()}
    changed = [rows[key] for key, state in marks.items() if key in rows and rows[key].state != state]
    now = timezone.now()
    for row in changed:
        history.record(
            "attendance.marked",
            row,
            actor=by,
            cohort=session.cohort,
            session=str(session.pk),
            before=row.state,
            after=marks[row.membership_id],
        )
    for to in {marks[row.membership_id] for row in changed}:
        rows_to = [row.pk for row in changed if marks[row.membership_id] == to]
        states.move_all(Attendance.objects.filter(pk__in=rows_to), to, marked_at=now, marked_by=by)
    if changed:
        announce(session)
    return len(changed)


@transaction.atomic
def close_register(*, session: Session, by: User, mark_rest_absent: bool) -> Session:
    """Close the register: no more check-ins by phone. People not marked become absent only when asked for.

    :raises NotPossible: the session has not begun, or the register is closed already.
    """
    session = lock(session)
    if session.state not in (State.RUNNING, State.ENDED):
        raise NotPossible(_("The register can be closed once the room has been open."))
    if session.register_closed_at:
        raise NotPossible(_("The register is closed already."))
    expect_everyone(session)
    if mark_rest_absent:
        rest = {
            presence.membership.pk: str(Attendance.State.ABSENT)
            for presence in queries.register_of(session)
            if presence.state == Attendance.State.EXPECTED
        }
        mark(session=session, by=by, marks=rest)
    session.register_closed_at = timezone.now()
    session.save(update_fields=["register_closed_at"])
    history.record("register.closed", session, actor=by, cohort=session.cohort, rest_absent=mark_rest_absent)
    return session


@transaction.atomic
def open_register(*, session: Session, by: User) -> Session:
    """Open a closed register again; marks stay as they are."""
    session = lock(session)
    if session.register_closed_at:
        session.register_closed_at = None
        session.save(update_fields=["register_closed_at"])
        history.record("register.opened", session, actor=by, cohort=session.cohort)
    return session


# ---------------------------------------------------------------- catching up


@transaction.atomic
def offer_catching_up(*, session: Session, by: User, words: str, until: date | None) -> Session:
    """What those who were away can read, watch or talk over, and until when. Empty words and no day take it back.

    :raises NotPossible: the session has not taken place.
    """
    session = lock(session)
    if session.state != State.ENDED:
        raise NotPossible(_("This can be written once the session has ended."))
    session.catch_up, session.catch_up_by = words, until
    session.save(update_fields=["catch_up", "catch_up_by"])
    history.record("session.catch_up_offered", session, actor=by, cohort=session.cohort, until=str(until or ""))
    return session


@transaction.atomic
def caught_up(*, session: Session, membership: Membership) -> Attendance:
    """Somebody who was away says that they have caught up. The register says so from then on.

    :raises NotPossible: they were not marked as away.
    """
    row = _away(session, membership)
    return states.move(
        row,
        Attendance.State.MADE_UP,
        actor=membership.user,
        verb="attendance.caught_up",
        cohort=session.cohort,
        details={"session": str(session.pk), "before": row.state},
        marked_at=timezone.now(),
        catch_up_declined_at=None,
    )


@transaction.atomic
def will_not_catch_up(*, session: Session, membership: Membership, undo: bool = False) -> Attendance:
    """Somebody who was away says that they will not catch up, and is not asked again. ``undo`` takes that back.

    :raises NotPossible: they were not marked as away.
    """
    row = _away(session, membership)
    row.catch_up_declined_at = None if undo else timezone.now()
    row.save(update_fields=["catch_up_declined_at"])
    return row


def _away(session: Session, membership: Membership) -> Attendance:
    rows = session.attendance.select_for_update().filter(membership=membership, state__in=Attendance.AWAY)
    row = rows.first()
    if row is None or session.state != State.ENDED:
        raise NotPossible(_("You are not marked as away. There is nothing to catch up."))
    return row
