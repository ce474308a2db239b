"""An SMTP server (aiosmtpd) for tests and the benchmark: takes mail, or fails the way real servers do."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """``answers`` maps a command (MAIL, RCPT, DATA, END) to the reply instead of yes.

    ``slow``: seconds between taking a mail and saying so. ``count``: mails taken; ``mails``: who to and what, while
    ``keep``; ``talks``: connections so far.
    """

    def __init__(self, *, keep: bool = True) -> None:
        self.answers: dict[str, str] = {}
        self.slow, self.keep = 0.0, keep
        self.mails: list[tuple[str, bytes]] = []
        self.count = self.talks = self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Sink:
        self._thread.start()
        self._server = self._run(self._listen())
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_error: Any) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._talk, "127.0.0.1", 0)

    async def _close(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _talk(self) -> SMTP:
        self.talks += 1
        return _Talk(self, hostname="sink", loop=self._loop)

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if "END" in self.answers:
            return self.answers["END"]
        self.count += 1
        if self.keep:
            self.mails.append((envelope.rcpt_tos[0], envelope.original_content or b""))
        await asyncio.sleep(self.slow)
        return "250 taken"


class _Talk(SMTP):
    """One connection; it can also refuse before the mail itself comes."""

    event_handler: Sink

    async def smtp_DATA(self, arg: str) -> None:
        if "DATA" in self.event_handler.answers:
            await self.push(self.event_handler.answers["DATA"])
        else:
            await super().smtp_DATA(arg)
