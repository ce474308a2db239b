"""Tell every open screen that the room has changed.

Publishing is a convenience: a screen that misses it asks again within twenty seconds.
"""

from __future__ import annotations

import json
import logging
from functools import cache
from uuid import UUID

import redis
from django.conf import settings

from cohort.server.valkey import Pause, once
from sessions.common.announce import room_changed
from sessions.live import snapshots
from sessions.models import Session

log = logging.getLogger(__name__)
PREFIX = "cohort:live:"
_pause = Pause()


def channel(session_id: UUID | str) -> str:
    return f"{PREFIX}{session_id}"


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_LIVE_URL, **once())


def publish(*, session_id: UUID, **_rest: object) -> None:
    """Read the session as it is now and publish it to every web process."""
    if _pause:
        return
    session = Session.objects.select_related("cohort").filter(pk=session_id).first()
    if session is None:
        return
    live = snapshots.read(session)
    room = snapshots.room(live)
    # The desk's part is added to a copy; nothing has to be taken away to make the room's.
    message = {"room": json.dumps(room), "desk": json.dumps(snapshots.desk(live, room))}
    try:
        _client().publish(channel(session_id), json.dumps(message))
    except redis.RedisError as error:
        _pause.begin()
        log.warning("The room's news was not sent (%s); screens will ask for it", type(error).__name__)


def register() -> None:
    room_changed.connect(publish, dispatch_uid="sessions.live.publish")
