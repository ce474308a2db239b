"""The live room: open it, press buttons, ask to pause. Every press is one event in a row under the run's lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.outbox import api as outbox_api
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible
from sessions.agreements import queries as agreements_queries
from sessions.attendance.expected import expect_everyone
from sessions.common import states
from sessions.common.announce import announce
from sessions.common.locking import lock
from sessions.common.states import State
from sessions.live import signals, snapshots
from sessions.live import state as live_state
from sessions.live.state import Event, MoveError, RunItem
from sessions.models import Activity, Block, PauseRequest, Prompt, Run, RunEvent, Session
from sessions.planning.block_actions import from_activity

#: A session that starts this close to plan keeps its agreed end; one that starts at another time keeps its length.
NEAR = timedelta(minutes=60)

Kind = RunEvent.Kind


@transaction.atomic
def open_room(*, session: Session, by: User) -> Run:
    """Open the room: people can check in, screens show a welcome. Opening an open room changes nothing.

    :raises NotPossible: the session is not published.
    """
    session = lock(session)
    run = Run.objects.filter(session=session).first()
    if session.state == State.RUNNING and run is not None:
        return run
    states.move_session(session, State.RUNNING, actor=by)
    run = Run.objects.create(session=session, opened_by=by)
    expect_everyone(session)
    announce(session)
    return run


@transaction.atomic
def close_room(*, session: Session, by: User) -> None:
    """Close a room in which nothing has begun, as if it had not been opened. Check-ins stay.

    :raises NotPossible: the session has begun.
    """
    session = lock(session)
    run = Run.objects.select_for_update().filter(session=session).first()
    if run is None or run.position:
        raise NotPossible(_("The session has begun. End it instead."))
    states.move_session(session, State.PUBLISHED, actor=by)
    run.delete()
    announce(session)


def press(*, session: Session, by: User, kind: str, expected: int, at: datetime | None = None, **data: Any) -> bool:
    """Add one event if the room still stands where the person who pressed saw it.

    :param expected: position of the newest event on the presser's screen. When two facilitators press *next*
        within two seconds, both expect the same position, and only the first one moves the room.
    :return: True when this press counted; False when somebody else's had come first.
    :raises NotPossible: the press makes no sense now.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(session=session).first()
        if run is None:
            raise NotPossible(_("The room is not open."))
        if run.position != expected:
            return False
        now = at or timezone.now()
        session = lock(session)
        state = snapshots.folded(run)
        details = _details(session, kind, data, now)
        event = Event(run.position + 1, kind, now, details)
        try:
            live_state.apply(state, event)
        except MoveError as error:
            raise NotPossible(_why(str(error))) from error
        RunEvent.objects.create(run=run, position=event.position, kind=kind, at=now, actor=by, data=details)
        Run.objects.filter(pk=run.pk).update(position=event.position)
        if kind == Kind.END:
            _ended(session, by, now)
        announce(session)
    return True


def _details(session: Session, kind: str, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What the event keeps: ids and numbers, enough to fold it again without looking anything up."""
    if kind == Kind.START:
        near = abs(now - session.starts_at) <= NEAR
        ends_at = session.ends_at if near else now + (session.ends_at - session.starts_at)
        blocks = session.blocks.filter(position__isnull=False).order_by("position")
        return {"items": [snapshot(block).as_data() for block in blocks], "ends_at": ends_at.isoformat()}
    if kind == Kind.INSERT:
        block = _inserted(session, data["activity"], data.get("minutes"))
        return {"item": snapshot(block).as_data(), "now": bool(data.get("now"))}
    if kind == Kind.RETURN_TO_AGREEMENT:
        wanted = str(data.get("agreement") or "")
        known = {str(agreement.pk) for agreement in agreements_queries.agreements_in_force(session.cohort_id)}
        if wanted and wanted not in known:
            raise NotPossible(_("This agreement is no longer in force."))
        return {"agreement": wanted}
    return data


def snapshot(block: Block) -> RunItem:
    return RunItem(
        str(block.pk),
        block.minutes,
        block.min_minutes,
        block.max_minutes,
        block.sponge,
        block.protected,
        block.priority,
    )


def _inserted(session: Session, activity: Activity, minutes: int | None) -> Block:
    """A library activity put into a running session. It has no place in the planned agenda, only in the run."""
    block, prompts = from_activity(activity, session, None)
    block.inserted_live = True
    if minutes:
        block.minutes = minutes
        block.min_minutes, block.max_minutes = min(block.min_minutes, minutes), max(block.max_minutes, minutes)
    block.save()
    Prompt.objects.bulk_create(prompts)
    return block


def _ended(session: Session, by: User, now: datetime) -> None:
    states.move_session(session, State.ENDED, actor=by, at=now)
    outbox_api.cancel(refs={"session": str(session.pk)}, reason="session_over")
    signals.ended(session)


@transaction.atomic
def retime(*, session: Session, by: User, expected: int, choice: int, fingerprint: str) -> bool:
    """Take on one of the offered ways to end in time.

    :param choice: which one, from 0, of the list that :func:`sessions.live.snapshots.options` gave.
    :param fingerprint: what that option was (:func:`fingerprint_of`), so that an option which changed since
        the page was shown is not taken by accident.
    :raises NotPossible: the options are different by now.
    """
    live = snapshots.read(session)
    if live.state.position != expected:
        return False
    found = snapshots.options(live)
    if choice >= len(found) or fingerprint_of(found[choice]) != fingerprint:
        raise NotPossible(_("Time has moved on and the options have changed. Choose again."))
    option = found[choice]
    had = {item.id: snapshots.minutes_had(live.state, item) for item in live.state.coming}
    minutes = {key: still_needed + had[key] for key, still_needed in option.minutes}
    data: dict[str, Any] = {"minutes": minutes, "left_out": list(option.left_out)}
    if option.later and live.state.locked_end:
        data["ends_at"] = (live.state.locked_end + timedelta(minutes=option.later)).isoformat()
    return press(session=session, by=by, kind=Kind.RETIME, expected=expected, **data)


def fingerprint_of(option: Any) -> str:
    """Which option this is, whatever the exact minute: how, and what is left out."""
    return f"{option.how}:{','.join(option.left_out)}"


@transaction.atomic
def ask_to_pause(*, session: Session) -> None:
    """Tell the facilitators that somebody would like to pause. Who it was is not known to this function.

    :raises NotPossible: the room is not open.
    """
    run = Run.objects.filter(session=session, session__state=State.RUNNING).first()
    if run is None:
        raise NotPossible(_("The room is not open."))
    PauseRequest.objects.create(run=run, at=timezone.now().replace(second=0, microsecond=0))
    announce(session)


@transaction.atomic
def pause_seen(*, session: Session, by: User) -> None:
    """A facilitator has seen the requests to pause."""
    seen = PauseRequest.objects.filter(run__session=session, seen_at__isnull=True).update(seen_at=timezone.now())
    if seen:
        history.record("run.pause_seen", session, actor=by, cohort=session.cohort, requests=seen)
        announce(session)


_REASONS = {
    "last_block": lambda: _("This is the last block. End the session when it is over."),
    "first_block": lambda: _("This is the first block."),
    "protected": lambda: _("This block is protected: it is not shortened or left out."),
    "not_coming": lambda: _("The agenda has changed. Look again before you choose."),
    "no_blocks": lambda: _("The agenda is empty."),
    "minutes": lambda: _("Give between 1 and 60 minutes, and leave the block at least one."),
}


def _why(code: str) -> str:
    reason = _REASONS.get(code)
    return reason() if reason else _("That cannot be done at this moment of the session.")
