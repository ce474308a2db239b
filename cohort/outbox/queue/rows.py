"""The only code that adds message rows and changes their state."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from cohort.outbox.models import Message, State
from cohort.outbox.registry.kinds import MessageKind, Planned
from cohort.people import states

_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_:.+-]{0,79}$")

#: One statement for any number of rows. A key that exists already is left alone, except that
#: a row whose cause came back lives again, and a waiting row follows its cause to a new time.
_INSERT = """
INSERT INTO outbox_message AS old (id, key, kind, klass, recipient_id, email, cohort_id, refs, due_at, next_at,
    not_after, time_zone, weekends, any_hour, from_plan, state, reason, attempts, message_id, created_at)
SELECT r.id, r.key, r.kind, r.klass, r.recipient, r.email, r.cohort, r.refs, r.due_at, r.due_at,
    r.not_after, r.time_zone, r.weekends, r.any_hour, r.from_plan,
    CASE WHEN late.r THEN 'skipped' ELSE 'planned' END, CASE WHEN late.r THEN 'joined_later' ELSE '' END,
    0, r.message_id, %(now)s
FROM unnest(%(id)s::uuid[], %(key)s::text[], %(kind)s::text[], %(klass)s::text[], %(recipient)s::uuid[],
    %(email)s::text[], %(cohort)s::uuid[], %(refs)s::jsonb[], %(due_at)s::timestamptz[], %(not_after)s::timestamptz[],
    %(time_zone)s::text[], %(weekends)s::bool[], %(any_hour)s::bool[], %(from_plan)s::bool[], %(since)s::timestamptz[],
    %(message_id)s::text[], %(late_joiners)s::bool[])
  AS r(id, key, kind, klass, recipient, email, cohort, refs, due_at, not_after, time_zone, weekends, any_hour,
    from_plan, since, message_id, late_joiners)
CROSS JOIN LATERAL (
  SELECT NOT r.late_joiners AND coalesce(r.due_at < greatest(r.since, (
    SELECT min(m.joined_at) FROM people_membership m
    WHERE m.user_id = r.recipient AND m.cohort_id = r.cohort AND m.ended_at IS NULL)), false) AS r
) late
ON CONFLICT (key) DO UPDATE SET
    due_at = EXCLUDED.due_at, next_at = EXCLUDED.due_at, not_after = EXCLUDED.not_after,
    time_zone = EXCLUDED.time_zone, weekends = EXCLUDED.weekends, any_hour = EXCLUDED.any_hour,
    state = EXCLUDED.state, reason = EXCLUDED.reason
WHERE (old.state = 'cancelled' AND old.reason <> 'stopped_by_hand')
   OR (old.state = 'skipped' AND old.reason = 'joined_later' AND EXCLUDED.state = 'planned')
   OR (old.state = 'planned' AND old.from_plan
       AND (old.due_at, old.not_after) IS DISTINCT FROM (EXCLUDED.due_at, EXCLUDED.not_after))
RETURNING old.key
"""


def check_refs(refs: Mapping[str, str | int]) -> dict[str, str | int]:
    """``refs`` as they are, when each is an id, a number or a code.

    :raises ValueError: a value looks like words. Rows hold ids only, so that nothing private is ever stored here.
    """
    for name, value in refs.items():
        if not isinstance(value, int) and not (isinstance(value, str) and _ID.match(value)):
            raise ValueError(f"refs[{name!r}] must be an id or a number")
    return dict(refs)


def mail_domain() -> str:
    """The right-hand side of Message-IDs and calendar ids: where our mail comes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "cohort.invalid"


def add(
    rows: Iterable[tuple[MessageKind, Planned]],
    *,
    from_plan: bool,
    late_joiners: bool = False,
    now: datetime | None = None,
) -> list[str]:
    """Insert rows in one statement, inside the caller's transaction.

    :return: keys that were added, came back, or moved to a new time.
    """
    domain = mail_domain()
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            "id",
            "key",
            "kind",
            "klass",
            "recipient",
            "email",
            "cohort",
            "refs",
            "due_at",
            "not_after",
            "time_zone",
            "weekends",
            "any_hour",
            "from_plan",
            "since",
            "message_id",
            "late_joiners",
        )
    }
    seen: set[str] = set()
    for kind, item in rows:
        if item.key in seen:  # one statement may not touch a row twice
            continue
        if not item.key or len(item.key) > 200:
            raise ValueError(f"{kind.name}: a key has 1 to 200 characters")
        if item.recipient is not None and item.email:
            raise ValueError(f"{kind.name}: recipient or email, not both")
        if item.due_at.tzinfo is None or (item.not_after is not None and item.not_after.tzinfo is None):
            raise ValueError(f"{kind.name}: times must be aware")
        seen.add(item.key)
        one = uuid.uuid4()
        values = {
            "id": one,
            "key": item.key,
            "kind": kind.name,
            "klass": kind.klass,
            "recipient": item.recipient.pk if item.recipient else None,
            "email": item.email.strip().lower(),
            "cohort": item.cohort.pk if item.cohort else None,
            "refs": json.dumps(check_refs(item.refs)),
            "due_at": item.due_at,
            "not_after": item.not_after,
            "time_zone": (item.recipient.time_zone if item.recipient else "")
            or (item.cohort.time_zone if item.cohort else ""),
            "weekends": item.weekends,
            "any_hour": item.any_hour or kind.any_hour,
            "from_plan": from_plan,
            "since": item.since,
            "message_id": f"<{one}@{domain}>",
            "late_joiners": late_joiners or kind.late_joiners,
        }
        for name, value in values.items():
            columns[name].append(value)
    if not columns["id"]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {**columns, "now": now or timezone.now()})
        return [key for (key,) in cursor.fetchall()]


def move(rows: Q, *, before: State, after: State, **fields: Any) -> int:
    """Change the state of the rows that match ``rows`` and still are in ``before``, in one statement.

    :return: how many changed; fewer than expected when somebody else was faster.
    :raises ValueError: the table of transitions does not allow it.
    """
    if after not in Message.MOVES[before]:
        raise ValueError(f"A message cannot go from {before} to {after}")
    return states.move_all(Message.objects.filter(rows, state=before), after, **fields)
