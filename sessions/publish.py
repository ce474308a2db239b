"""Tell every open screen that the room has changed, once the change is stored.

Publishing is a convenience: a screen that misses it asks again within twenty seconds.
"""

from __future__ import annotations

import json
import logging
from functools import cache, partial
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction

from sessions.models import Session

log = logging.getLogger(__name__)
PREFIX = "cohort:live:"


def channel(session_id: UUID | str) -> str:
    return f"{PREFIX}{session_id}"


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_LIVE_URL, socket_timeout=2, socket_connect_timeout=2)


def announce(session: Session) -> None:
    """Publish the new state of ``session`` when this transaction commits; once, however often it is called."""
    waiting = {
        func.args[0] for _sids, func, _robust in _on_commit() if isinstance(func, partial) and func.func is _send
    }
    if session.pk not in waiting:
        transaction.on_commit(partial(_send, session.pk), robust=True)


def _on_commit() -> list:  # type: ignore[type-arg]
    return transaction.get_connection().run_on_commit


def _send(session_id: UUID) -> None:
    from sessions import payloads

    session = Session.objects.select_related("cohort").filter(pk=session_id).first()
    if session is None:
        return
    live = payloads.read(session)
    room = payloads.room(live)
    # The desk's part is added to a copy; nothing has to be taken away to make the room's.
    message = {"room": json.dumps(room), "desk": json.dumps(payloads.desk(live, room))}
    try:
        _client().publish(channel(session_id), json.dumps(message))
    except redis.RedisError as error:
        log.warning("The room's news was not sent (%s); screens will ask for it", type(error).__name__)
