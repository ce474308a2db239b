"""Pages in a few threads: how many, what they share, and who gets none."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path
from django.utils import timezone, translation

from cohort.server import limits
from cohort.server.handler import Handler
from cohort.server.threads import Threads

LEAK: contextvars.ContextVar[str] = contextvars.ContextVar("leak", default="nothing")
seen: dict[str, Any] = {}
go = threading.Event()


def slow(request: HttpRequest) -> HttpResponse:
    with seen["lock"]:
        seen["now"] += 1
        seen["most"] = max(seen["most"], seen["now"])
        seen["begun"] += 1
    go.wait(10)
    with seen["lock"]:
        seen["now"] -= 1
    return HttpResponse(threading.current_thread().name)


def leak(request: HttpRequest) -> HttpResponse:
    found = f"{LEAK.get()} {translation.get_language()} {timezone.get_current_timezone_name()}"
    LEAK.set("of the one before")
    translation.activate("es")
    timezone.activate("Asia/Tokyo")
    return HttpResponse(found)


def file(request: HttpRequest) -> StreamingHttpResponse:
    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            yield threading.current_thread().name.encode() + b"\n"

    return StreamingHttpResponse(pieces())


def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def events() -> Any:
        try:
            while True:
                yield threading.current_thread().name.encode()
                await asyncio.sleep(0.01)
        finally:
            seen["ended"] = True

    return StreamingHttpResponse(events(), content_type="text/event-stream")


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


def same(request: HttpRequest, status: int) -> FileResponse:
    """As WhiteNoise answers for a file that the browser has."""

    def nothing() -> Iterator[bytes]:
        seen["file thread used"] = threading.current_thread().name.startswith("file")
        return iter(())

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return nothing()

    return FileResponse(Pieces(), status=status)


urlpatterns = [
    path("same/<int:status>/", same),
    path("slow/", slow),
    path("leak/", leak),
    path("file/", file),
    path("stream/", stream),
    path("echo/", echo),
    path("healthz/", echo),
]


@pytest.fixture(autouse=True)
def _plain() -> Iterator[None]:
    """Only these views, and no middleware that would look for a reader."""
    go.clear()
    seen.update(lock=threading.Lock(), now=0, most=0, begun=0, ended=False, **{"file thread used": False})
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
        yield
    go.set()


def handler(number: int = 2, waiting: int = 100) -> Handler:
    return Handler(
        pages=Threads("page", number), files=Threads("file", 1), health=Threads("health", 1), waiting=waiting
    )


class Visitor:
    """One request to a handler, without a server between."""

    def __init__(self, address: str, body: list[bytes] | None = None, method: str = "GET") -> None:
        headers = [(b"host", b"localhost")]
        if body is not None:
            headers.append((b"content-length", str(sum(map(len, body))).encode()))
        self.scope = {
            "type": "http",
            "method": method,
            "path": address,
            "query_string": b"",
            "headers": headers,
            "server": ("localhost", 80),
        }
        self.left = asyncio.Event()
        self.parts, self.sent = list(body or []), bytearray()
        self.status = 0
        self.first = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self.parts:
            part = self.parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(self.parts)}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.sent += message.get("body", b"")
            self.first.set()

    async def ask(self, serving: Handler) -> tuple[int, str]:
        await serving(self.scope, self.receive, self.send)
        return self.status, self.sent.decode()


def run(body: Callable[[], Awaitable[Any]]) -> Any:
    """In a loop of its own in a thread of its own: the browser tests have one in the main thread."""
    found: list[Any] = []

    async def all_() -> Any:
        return await body()

    thread = threading.Thread(target=lambda: found.append(asyncio.run(all_())))
    thread.start()
    thread.join(30)
    assert found, "did not end"
    return found[0]


def test_never_more_pages_at_once_than_threads_and_all_are_answered() -> None:
    async def body() -> list[tuple[int, str]]:
        serving = handler(3)
        asked = [asyncio.create_task(Visitor("/slow/").ask(serving)) for _ in range(50)]
        while seen["begun"] < 3:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert seen["begun"] == 3
        go.set()
        return list(await asyncio.gather(*asked))

    answers = run(body)
    assert [status for status, _name in answers] == [200] * 50
    assert len({name for _status, name in answers}) <= 3
    assert seen["most"] == 3


def test_who_finds_a_full_queue_is_told_so_at_once_in_both_languages() -> None:
    async def body() -> tuple[tuple[int, str], tuple[int, str]]:
        serving = handler(1, waiting=1)
        first, second = (asyncio.create_task(Visitor("/slow/").ask(serving)) for _ in range(2))
        while seen["begun"] < 1 or serving.pages.waiting < 1:
            await asyncio.sleep(0.01)
        refused = await Visitor("/slow/").ask(serving)
        health = await Visitor("/healthz/").ask(serving)  # has a thread of its own
        go.set()
        await asyncio.gather(first, second)
        return refused, health

    (status, words), (health, _page) = run(body)
    assert (status, health) == (503, 200)
    assert "try again" in words
    assert "Vuelva" in words


def test_no_thread_works_for_somebody_who_left_while_waiting() -> None:
    async def body() -> int:
        serving = handler(1)
        first = asyncio.create_task(Visitor("/slow/").ask(serving))
        while seen["begun"] < 1:
            await asyncio.sleep(0.01)
        second = Visitor("/slow/")
        waiting = asyncio.create_task(second.ask(serving))
        await asyncio.sleep(0.05)
        second.left.set()
        await waiting
        go.set()
        await first
        return second.status

    assert run(body) == 0
    assert seen["begun"] == 1


def test_a_thread_keeps_nothing_of_the_request_before() -> None:
    async def body() -> list[str]:
        serving = handler(1)
        return [(await Visitor("/leak/").ask(serving))[1] for _ in range(3)]

    first, *others = run(body)
    assert first == "nothing en-us UTC"
    assert others == [first, first]


def test_a_file_comes_from_one_thread_for_files_and_an_event_from_none() -> None:
    async def body() -> tuple[str, bytes, int]:
        serving = handler(1)
        _status, names = await Visitor("/file/").ask(serving)
        listener = Visitor("/stream/")
        listening = asyncio.create_task(listener.ask(serving))
        await listener.first.wait()
        free = serving.pages.waiting == 0 and (await Visitor("/leak/").ask(serving))[0]
        listener.left.set()
        await listening
        return names, bytes(listener.sent), int(free)

    names, events, free = run(body)
    assert names.split() == ["file_0"] * 3
    assert events
    assert b"page" not in events
    assert b"file" not in events
    assert free == 200
    assert seen["ended"]


def test_streams_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WEB_STREAMS", 1)

    async def body() -> tuple[int, int]:
        serving = handler(1)
        first = Visitor("/stream/")
        listening = asyncio.create_task(first.ask(serving))
        await first.first.wait()
        refused = await Visitor("/stream/").ask(serving)
        first.left.set()
        await listening
        last = Visitor("/stream/")
        again = asyncio.create_task(last.ask(serving))
        await last.first.wait()
        last.left.set()
        await again
        return refused[0], last.status

    assert run(body) == (503, 200)


def test_a_body_is_read_before_a_thread_is_asked_for_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WEB_BODY_SECONDS", 0.05)

    async def body() -> tuple[tuple[int, str], tuple[int, str]]:
        serving = handler(1)
        whole = await Visitor("/echo/", [b"ab", b"cde"], "POST").ask(serving)
        half = Visitor("/echo/", [b"ab", b"cde"], "POST")
        first = await half.receive()

        async def stuck() -> dict[str, Any]:
            if not half.first.is_set() and not seen.get("given"):
                seen["given"] = True
                return first
            await asyncio.sleep(30)
            raise AssertionError

        await serving(half.scope, stuck, half.send)
        return whole, (half.status, "")

    whole, half = run(body)
    assert whole == (200, "5")
    assert half[0] == 408


def test_a_body_has_a_largest_size_and_a_longest_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WEB_BODY_BYTES", 5)
    monkeypatch.setattr(limits, "WEB_BODY_WHOLE_SECONDS", 0.2)

    async def body() -> tuple[int, int, int]:
        serving = handler(1)
        fits = (await Visitor("/echo/", [b"ab", b"cde"], "POST").ask(serving))[0]
        larger = (await Visitor("/echo/", [b"ab", b"cde", b"f"], "POST").ask(serving))[0]
        dripping = Visitor("/echo/", [], "POST")

        async def drip() -> dict[str, Any]:
            await asyncio.sleep(0.02)
            return {"type": "http.request", "body": b"", "more_body": True}

        await serving(dripping.scope, drip, dripping.send)
        return fits, larger, dripping.status

    assert run(body) == (200, 413, 408)


def test_not_changed_needs_no_thread_for_files() -> None:
    async def body() -> list[int]:
        serving = handler(1)
        return [(await Visitor(f"/same/{status}/").ask(serving))[0] for status in (304, 405)]

    assert run(body) == [304, 405]
    assert seen["file thread used"] is False


def test_files_that_wait_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WEB_FILES_WAITING", 0)

    async def body() -> int:
        return (await Visitor("/file/").ask(handler(1)))[0]

    assert run(body) == 503
