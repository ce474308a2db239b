"""The threads that make pages and send files. Their number is fixed, so the number of database connections is."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from cohort.server import limits

T = TypeVar("T")


class Threads:
    """``number`` threads called ``name``, and how many calls wait for one of them."""

    def __init__(self, name: str, number: int) -> None:
        self.number, self._at_work, self._counting = number, 0, threading.Lock()
        self._pool = ThreadPoolExecutor(number, thread_name_prefix=name)

    @property
    def waiting(self) -> int:
        """How many calls wait now."""
        return max(0, self._at_work - self.number)

    def submit(self, function: Callable[..., T], *args: object) -> Future[T]:
        """Call ``function(*args)`` in a thread, with no context variable of an earlier call."""
        with self._counting:
            self._at_work += 1
        future = self._pool.submit(contextvars.Context().run, function, *args)
        future.add_done_callback(self._done)
        return future

    def _done(self, _future: object) -> None:
        with self._counting:
            self._at_work -= 1

    def on_each(self, function: Callable[[], object]) -> None:
        """Call ``function`` once in every thread and wait for all. For the time before anything is served."""
        together = threading.Barrier(self.number)

        def once() -> None:
            together.wait()
            function()

        for future in [self.submit(once) for _ in range(self.number)]:
            future.result()


pages = Threads("page", limits.WEB_THREADS)
files = Threads("file", limits.WEB_FILES)
health = Threads("health", 1)  # answers while all others are at work
