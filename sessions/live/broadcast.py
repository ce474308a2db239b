"""One Redis subscription per web process, fanned out to the streams that this process serves.

Each stream has a short queue; when a slow reader's is full the oldest news falls out, because only the
newest state matters. Pub/sub delivers at most once, so a stream always begins with the full state and
screens ask again on their own now and then.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import redis.asyncio
from django.conf import settings

from sessions.live.publish import PREFIX

log = logging.getLogger(__name__)
QUEUE_LENGTH = 8
RETRY_AFTER = 1.0  # seconds


class Hub:
    """The streams of one event loop, by channel."""

    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[bytes]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._ready: asyncio.Event = asyncio.Event()

    async def join(self, channel: str) -> asyncio.Queue[bytes]:
        """A queue of what is published to ``channel`` from now on. Waits until the subscription stands."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LENGTH)
        self._queues.setdefault(channel, set()).add(queue)
        if self._task is None or self._task.done():
            self._ready.clear()
            self._task = asyncio.get_running_loop().create_task(self._listen())
        try:
            await asyncio.wait_for(self._ready.wait(), 2)
        except TimeoutError:
            log.warning("No news from Redis yet; this screen will ask on its own")
        except BaseException:  # the screen left meanwhile
            self.leave(channel, queue)
            raise
        return queue

    def leave(self, channel: str, queue: asyncio.Queue[bytes]) -> None:
        """Stop filling ``queue``; the subscription ends with the last stream."""
        queues = self._queues.get(channel)
        if queues is not None:
            queues.discard(queue)
            if not queues:
                del self._queues[channel]
        if not self._queues and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _listen(self) -> None:
        while True:
            client = redis.asyncio.Redis.from_url(settings.REDIS_LIVE_URL)
            try:
                async with client.pubsub() as subscription:
                    await subscription.psubscribe(f"{PREFIX}*")
                    self._ready.set()
                    async for message in subscription.listen():
                        if message["type"] == "pmessage":
                            self._give(message)
            except (redis.RedisError, OSError) as error:
                log.warning("Lost the room's news (%s); trying again", type(error).__name__)
                self._ready.clear()
                await asyncio.sleep(RETRY_AFTER)
            finally:
                await client.aclose()

    def _give(self, message: dict[str, Any]) -> None:
        for queue in self._queues.get(message["channel"].decode(), ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(message["data"])


_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop: one per web process, since a process has one loop."""
    loop = id(asyncio.get_running_loop())
    if loop not in _hubs:
        _hubs.clear()  # a loop that is gone took its tasks along
        _hubs[loop] = Hub()
    return _hubs[loop]
