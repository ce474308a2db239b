"""The stream of a room's news (server-sent events), for any number of screens on one Redis connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from cohort.people.models import Role, User
from cohort.server.threads import pages
from sessions.common import access
from sessions.live import snapshots
from sessions.live.broadcast import hub
from sessions.live.publish import channel

KEEPALIVE = 15.0  # seconds; proxies close connections that are silent for longer
RETRY = 3000  # milliseconds after which a browser connects again


def stream(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Full state at once, then every change. Facilitators ask with ``?desk=1`` and get their additions.

    Rights are checked once, before the first byte, by a thread that then makes other pages: a stream lasts for hours
    and holds neither a thread nor a connection to the database.
    """
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)  # a server that cannot stream; the screen asks now and then instead
    user = request.user
    if isinstance(user, AnonymousUser):
        return HttpResponse(status=401)
    wants_desk = "desk" in request.GET
    _first(user, pk, wants_desk)  # 404 and 403 come from here, as ordinary pages
    return StreamingHttpResponse(
        _news(user, pk, wants_desk),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )


def _first(user: User, pk: UUID, wants_desk: bool) -> str:
    """The state as it is now, for somebody who may read it."""
    roles = (Role.FACILITATOR,) if wants_desk else (Role.FACILITATOR, Role.PARTICIPANT)
    session, _roles = access.session_for(user, pk, *roles)
    live = snapshots.read(session)
    return json.dumps(snapshots.desk(live) if wants_desk else snapshots.room(live))


async def _news(user: User, pk: UUID, wants_desk: bool) -> AsyncIterator[bytes]:
    """Join first and read the state after, so that nothing falls between."""
    here, name = hub(), channel(pk)
    queue = await here.join(name)
    try:
        first = await asyncio.wrap_future(pages.submit(_first, user, pk, wants_desk))
        yield f"retry: {RETRY}\n\n".encode() + _event(first)
        while True:
            try:
                message = await asyncio.wait_for(queue.get(), KEEPALIVE)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            yield _event(json.loads(message)["desk" if wants_desk else "room"])
    finally:
        here.leave(name, queue)


def _event(data: str) -> bytes:
    return f"event: state\ndata: {data}\n\n".encode()
