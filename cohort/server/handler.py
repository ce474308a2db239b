"""Django behind ASGI: the event loop reads and writes, a fixed number of threads makes the pages.

Django's own handler gives each request a thread, and so a database connection, of its own. Here a request waits for one
of a few threads that stay, and so do their connections. Whoever is slow to send or to read holds none of them: bodies
are read before a thread is asked for, pages are whole before they are sent, files come from threads of their own, and
streams need no thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from io import BytesIO
from typing import IO, Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections, connections
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from cohort.server import limits, threads
from cohort.server.threads import Threads

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

SMALL = 1024 * 1024  # bytes up to which a file is read whole by the thread of its page
BUSY = (
    "Many people are here at this moment. Please try again in a few seconds.\n"
    "En este momento hay muchas personas aquí. Vuelva a intentarlo en unos segundos.\n"
)


class TooLarge(Exception):  # noqa: N818 -- what it is
    """The body is longer than ``WEB_BODY_BYTES``."""


class Handler(ASGIHandler):  # type: ignore[misc]
    """Serve Django's synchronous middleware and views from a few threads.

    ``pages``, ``files`` and ``health`` are the threads for each; ``waiting`` requests may wait for one.
    """

    def __init__(
        self,
        *,
        pages: Threads = threads.pages,
        files: Threads = threads.files,
        health: Threads = threads.health,
        waiting: int = limits.WEB_WAITING,
    ) -> None:
        self.load_middleware(is_async=False)
        self.pages, self.files, self.health, self.most_waiting = pages, files, health, waiting
        self.streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served, not {scope['type']}")
        try:
            body = await self._body(scope, receive)
            try:
                response = await self._page(scope, body, receive)
            finally:
                body.close()
        except RequestAborted:
            return
        except TooLarge:
            response = HttpResponse("The request is too large.\n", content_type="text/plain", status=413)
        except TimeoutError:
            response = HttpResponse("The request did not arrive in time.\n", content_type="text/plain", status=408)
        await self._send(response, receive, send)

    async def _body(self, scope: Scope, receive: Receive) -> IO[bytes]:
        """The whole body, in memory or on disk.

        :raises TimeoutError: it did not come in time.
        :raises TooLarge: it is longer than any form.
        """
        if scope["method"] in ("GET", "HEAD"):
            names = [name for name, _value in scope["headers"]]
            if b"content-length" not in names and b"transfer-encoding" not in names:
                return BytesIO()

        size = 0

        async def in_time() -> Mapping[str, Any]:
            nonlocal size
            message = await asyncio.wait_for(receive(), limits.WEB_BODY_SECONDS)
            size += len(message.get("body", b""))
            if size > limits.WEB_BODY_BYTES:
                raise TooLarge
            return message

        async with asyncio.timeout(limits.WEB_BODY_WHOLE_SECONDS):
            return await self.read_body(in_time)  # type: ignore[no-any-return]

    async def _page(self, scope: Scope, body: IO[bytes], receive: Receive) -> HttpResponseBase:
        """The answer, made in a thread.

        :raises RequestAborted: the visitor left before its turn.
        """
        at_work = self.health if scope["path"].startswith("/healthz") else self.pages
        if at_work.waiting >= self.most_waiting:
            return busy()
        job = at_work.submit(self.make, scope, body)
        made = asyncio.wrap_future(job)
        if at_work.waiting:
            left = asyncio.ensure_future(_left(receive))
            both: set[asyncio.Future[Any]] = {made, left}
            await asyncio.wait(both, timeout=limits.WEB_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            gone = left.done()
            left.cancel()
            if not made.done() and job.cancel():  # not begun: no thread works for nobody, nobody waits for long
                if gone:
                    raise RequestAborted
                return busy()
        return await made

    def make(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """In a thread: from the request to a response that does not need the thread any more."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response: Any = refused if request is None else self.get_response(request)
        response._handler_class = self.__class__
        if isinstance(response, FileResponse) and _is_small(response):
            response = _whole(response)
        if response.streaming:
            close_old_connections()
        else:
            response.close()  # with the signal that a request is over
        return response  # type: ignore[no-any-return]

    async def _send(self, response: Any, receive: Receive, send: Send) -> None:
        if not response.streaming:
            await self.send_response(response, send)
        elif not response.is_async and self.files.waiting >= limits.WEB_FILES_WAITING:
            response.close()
            await self.send_response(busy(), send)
        elif not response.is_async:
            response.streaming_content = _pieces(iter(response.streaming_content), self.files)
            await self._stream(response, receive, send)
        elif self.streams < limits.WEB_STREAMS:
            self.streams += 1
            try:
                await self._stream(response, receive, send)
            finally:
                self.streams -= 1
        else:
            response.close()
            await self.send_response(busy(), send)

    async def _stream(self, response: StreamingHttpResponse, receive: Receive, send: Send) -> None:
        """Send what comes, until it ends or the reader leaves."""
        left = asyncio.ensure_future(_left(receive))
        sent = asyncio.ensure_future(self.send_response(response, send))
        try:
            await asyncio.wait({left, sent}, return_when=asyncio.FIRST_COMPLETED)
            if sent.done():
                sent.result()
        finally:
            left.cancel()
            sent.cancel()
            await asyncio.gather(left, sent, return_exceptions=True)
            response.close()


async def _left(receive: Receive) -> None:
    """Return when the visitor has gone. A body that nobody read comes before."""
    while (await receive())["type"] != "http.disconnect":
        pass


def busy() -> HttpResponse:
    """The answer when more people came than can wait."""
    return HttpResponse(BUSY, content_type="text/plain; charset=utf-8", status=503, headers={"Retry-After": "5"})


def _is_small(response: FileResponse) -> bool:
    """Whether a file is read at once; "not changed" and the like have no file."""
    return response.status_code in (304, 405) or int(response.headers.get("Content-Length", SMALL + 1)) <= SMALL


def _whole(response: FileResponse) -> HttpResponse:
    """A small file as an ordinary answer."""
    try:
        return HttpResponse(b"".join(response), status=response.status_code, headers=dict(response.headers))
    finally:
        response.close()


async def _pieces(pieces: Iterator[bytes], files: Threads) -> AsyncIterator[bytes]:
    """``pieces``, each made in one and the same thread for files, at most four ahead of the reader."""
    ready: asyncio.Queue[bytes | None] = asyncio.Queue(4)
    loop, left = asyncio.get_running_loop(), threading.Event()

    def put(piece: bytes | None) -> None:
        asyncio.run_coroutine_threadsafe(ready.put(piece), loop).result(limits.WEB_BODY_SECONDS)

    def make() -> None:
        try:
            for piece in pieces:
                if left.is_set():
                    return
                put(piece)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
            connections.close_all()
            if not left.is_set():
                put(None)

    work = files.submit(make)
    try:
        while (piece := await ready.get()) is not None:
            yield piece
        await asyncio.wrap_future(work)
    finally:
        left.set()
        work.cancel()
