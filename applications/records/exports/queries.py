"""Who took out what of a call."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from applications.models import Call
from applications.records.exports.purposes import PURPOSES
from cohort.people import history
from cohort.people.models import User


@dataclass(frozen=True)
class Taken:
    """One export: when, by whom, which purpose, in which form, how many rows."""

    at: dt.datetime
    who: str
    what: Any
    form: str
    rows: int


def taken_out(call: Call, most: int = 50) -> list[Taken]:
    """The newest exports of a call (two statements)."""
    entries = list(history.of(call).filter(verb="call.exported").order_by("-id")[:most])
    people = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in={e.actor_id for e in entries})}
    found = []
    for entry in entries:
        said = entry.details
        purpose = PURPOSES.get(str(said.get("purpose")))
        found.append(
            Taken(
                at=entry.at,
                who=people.get(entry.actor_id, "") if entry.actor_id else "",
                what=purpose.name if purpose else said.get("purpose"),
                form=str(said.get("format", "")).upper(),
                rows=int(said.get("rows") or 0),
            )
        )
    return found
