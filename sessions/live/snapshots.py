"""What the live room tells its readers.

There are two builders on purpose. :func:`room` reads only :data:`PUBLIC` columns, so a facilitator's note cannot
reach a participant or the projector: it is never fetched. :func:`desk` adds what facilitators may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from sessions.attendance import queries as attendance_queries
from sessions.live import queries, retiming
from sessions.live import state as live_state
from sessions.live.state import RunItem, RunPhase, State
from sessions.models import Agreement, Block, Decider, Grouping, Prompt, Reader, Run, RunEvent, Session, Survey

#: The columns of a block that anybody in the room may read. ``facilitator_notes`` must never be one of them.
PUBLIC = (
    "id",
    "title",
    "participant_text",
    "group",
    "decides",
    "protected",
    "credit",
    "lead__user__name",
    "lead__user__preferred_name",
)


@dataclass(frozen=True)
class Live:
    """A session's room, read once: the run (None before the room is open), the folded state, and the moment.

    ``tables`` changes with every draw and every seat; ``survey`` is the code of the open survey, or empty.
    """

    session: Session
    run: Run | None
    state: State
    now: datetime
    tables: str = ""
    survey: str = ""

    @property
    def version(self) -> str:
        """Changes whenever something that everybody sees changes; the passing of time alone does not change it."""
        opened = self.run.pk if self.run else "-"
        return f"{opened}.{self.state.position}.{self.session.state}.{self.tables}.{self.survey}"


def read(session: Session, now: datetime | None = None) -> Live:
    """The live state (four statements)."""
    run = Run.objects.filter(session=session).first()
    draw = session.draws.filter(in_use=True).annotate(people=Count("seats")).values_list("pk", "people").first()
    survey = Survey.objects.filter(session=session, state=Survey.State.OPEN).values_list("code", flat=True).first()
    return Live(
        session,
        run,
        folded(run) if run else State(),
        now or timezone.now(),
        tables="{}:{}".format(*draw) if draw else "",
        survey=survey or "",
    )


def folded(run: Run) -> State:
    """The fold of a run's events (one statement)."""
    rows = RunEvent.objects.filter(run=run).order_by("position").values_list("position", "kind", "at", "data")
    return live_state.fold(live_state.Event(*row) for row in rows)


def _public_blocks(ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    return {str(row["id"]): row for row in Block.objects.filter(pk__in=list(ids)).values(*PUBLIC)}


def _lead(row: dict[str, Any]) -> str:
    return row["lead__user__preferred_name"] or row["lead__user__name"] or ""


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def room(live: Live) -> dict[str, Any]:
    """What everybody in the room may know (four statements at most). Times are ISO 8601 with a zone."""
    state, now, session = live.state, live.now, live.session
    item = state.item
    coming = state.coming
    ids = [each.id for each in ((item, *coming) if item else coming)]
    blocks = _public_blocks(ids)
    block = None
    if item is not None:
        row = blocks[item.id]
        prompts = Prompt.objects.filter(block_id=item.id).order_by("position")
        block = {
            "id": item.id,
            "title": row["title"],
            "text": row["participant_text"],
            "group": str(Grouping(row["group"]).label),
            "decides": str(Decider(row["decides"]).label),
            "credit": row["credit"],
            "minutes": item.minutes,
            "prompts": [
                {"id": str(prompt.pk), "text": prompt.text, "reader": str(Reader(prompt.default_reader).label)}
                for prompt in prompts
            ],
        }
    rest = []
    clock = now + timedelta(seconds=max(state.seconds_left(now), 0.0))
    for each in coming if state.phase is not RunPhase.READY else ():
        row = blocks[each.id]
        rest.append(
            {
                "id": each.id,
                "title": row["title"],
                "minutes": each.minutes,
                "starts_at": clock.isoformat(),
                "protected": each.protected,
                "lead": _lead(row),
            }
        )
        clock += timedelta(seconds=max(each.minutes * 60 - state.seconds_had(each), 0.0))
    agreement = None
    if state.agreement:
        found = Agreement.objects.filter(pk=state.agreement, cohort_id=session.cohort_id).first()
        agreement = {"name": found.name, "words": found.words} if found else None
    return {
        "version": live.version,
        "position": state.position,
        "phase": str(state.phase),
        "open": live.run is not None,
        "server_now": now.isoformat(),
        "block": block,
        "block_id": item.id if item else None,
        "block_started_at": _moment(state.since),
        "block_ends_at": _moment(state.block_ends_at(now)) if state.phase is RunPhase.GOING else None,
        "seconds_left": round(state.seconds_left(now)),
        "planned_end": _moment(state.planned_end(now)) if state.locked_end else None,
        "agreed_end": _moment(state.locked_end),
        "ahead_by": state.ahead_by(now),
        "next": rest[0] if rest else None,
        "coming": rest,
        "silent": state.silent,
        "agreement": agreement,
    }


def desk(live: Live, base: dict[str, Any] | None = None) -> dict[str, Any]:
    """What facilitators see: :func:`room` with their notes, who is here, and whether somebody asked to pause.

    ``base``: the room's part, when it has been made already; it is left as it is.
    """
    payload = dict(base or room(live))
    there, expected = attendance_queries.headcount(live.session)
    waiting = queries.pauses_waiting(live.run)
    payload["version"] = f"{live.version}.{there}.{expected}.{waiting}"
    notes = Block.objects.filter(pk=payload["block_id"]).values_list("facilitator_notes", "compress").first()
    payload["desk"] = {
        "notes": notes[0] if notes else "",
        "compress": notes[1] if notes else "",
        "there": there,
        "expected": expected,
        "pauses_waiting": waiting,
    }
    return payload


def options(live: Live) -> list[retiming.Option]:
    """Ways to end in time, when the rest does not fit any more. Nothing when it does."""
    state = live.state
    if state.item is None or state.ahead_by(live.now) >= 0:
        return []
    return retiming.options([_still_needed(state, each) for each in state.coming], state.room(live.now))


def minutes_had(state: State, item: RunItem) -> int:
    """Whole minutes that a block to come has had already, at most all but one of its minutes."""
    return min(int(state.seconds_had(item) // 60), item.minutes - 1)


def _still_needed(state: State, item: RunItem) -> retiming.Part:
    """A block to come, as re-timing sees it: only what it still needs."""
    had = minutes_had(state, item)
    planned = item.minutes - had
    least, most = max(item.minimum - had, 1), max(item.maximum - had, 1)
    return retiming.Part(
        item.id, planned, min(least, planned), max(most, planned), item.sponge, item.protected, item.priority
    )


def etag(live: Live, *, desk: bool) -> str:
    """The version of what :func:`room` or :func:`desk` would say, without building it."""
    version = live.version
    if desk:
        there, expected = attendance_queries.headcount(live.session)
        version += f".{there}.{expected}.{queries.pauses_waiting(live.run)}"
    return f'"{version}"'
