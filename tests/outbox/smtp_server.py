"""A small SMTP server for tests and the benchmark: takes mail, or fails the way real servers do."""

from __future__ import annotations

import socketserver
import threading
import time
from typing import Any


class Sink(socketserver.ThreadingTCPServer):
    """``answers`` maps a command (MAIL, RCPT, DATA, END) to the reply instead of yes; ``slow`` waits before END."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, *, keep: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.answers: dict[str, bytes] = {}
        self.slow, self.keep = 0.0, keep
        self.mails: list[tuple[str, bytes]] = []
        self.count = 0
        self.lock = threading.Lock()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> Sink:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.shutdown()
        self.server_close()


class _Talk(socketserver.StreamRequestHandler):
    server: Sink
    disable_nagle_algorithm = True

    def say(self, command: str, usual: bytes) -> bool:
        reply = self.server.answers.get(command, usual)
        self.wfile.write(reply + b"\r\n")
        return reply[:1] in b"23"

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        to = ""
        while line := self.rfile.readline():
            command = line[:4].upper().decode()
            if command == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            if command == "RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                self.say("RCPT", b"250 ok")
            elif command == "DATA":
                if self.say("DATA", b"354 go on"):
                    self.take(to)
            else:
                self.say(command, b"250 ok")

    def take(self, to: str) -> None:
        content = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            content += line
        time.sleep(self.server.slow)
        if self.say("END", b"250 taken"):
            with self.server.lock:
                self.server.count += 1
                if self.server.keep:
                    self.server.mails.append((to, content))
