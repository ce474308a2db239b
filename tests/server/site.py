"""A web process as in production on servers of its own, whose servers can be frozen, killed and started again."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from cohort.local import places
from tests.local.stack import environment, free_port, own_state, processes

HOLD = places.BASE / "tests" / "local" / "hold.py"
SLOW = 120.0  # seconds for a busy machine
PASSWORD = "cohort-demo-2026"  # of everybody in the demo


@dataclass
class Site:
    """A state folder with the demo in it, its servers, and one web process."""

    state: Path
    port: int
    web: subprocess.Popen[bytes]
    holders: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def servers(self, name: str) -> list[psutil.Process]:
        """The processes of ``postgres`` or ``valkey-server``, each with those it started."""
        found = []
        for process in processes(self.state):
            if process.name() == name:
                found += [process, *process.children(recursive=True)]
        return found

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """All processes of a server stand still, as on a machine that hangs."""
        still = self.servers(name)
        for process in still:
            process.suspend()
        try:
            yield
        finally:
            for process in still:
                with contextlib.suppress(psutil.Error):
                    process.resume()

    @contextlib.contextmanager
    def dead(self, name: str) -> Iterator[None]:
        """A server is killed, and afterwards started again."""
        gone = self.servers(name)
        for process in gone:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(gone, timeout=10)
        try:
            yield
        finally:
            self.holders.append(hold(self.state))

    def wait_until_healthy(self, *parts: str) -> None:
        """Wait until health says that ``parts`` are there."""
        end = time.monotonic() + SLOW
        while True:
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                found = json.loads(Browser(self.port).get("/healthz").content)
                if all(found[part] == "ok" for part in parts):
                    return
            assert time.monotonic() < end, "not healthy again"
            time.sleep(0.05)


@dataclass
class Answer:
    status_code: int
    content: bytes
    location: str = ""

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Browser:
    """Somebody who keeps cookies and sends the token that forms need."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, SimpleCookie()

    def generic(
        self,
        method: str,
        path: str,
        data: bytes | str = b"",
        content_type: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        words = {"Host": f"localhost:{self.port}", **(headers or {})}
        if self.cookies:
            words["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        if content_type:
            words["Content-Type"] = content_type
        if method != "GET":
            words["X-CSRFToken"] = self.cookies["csrftoken"].value if "csrftoken" in self.cookies else ""
            words["Referer"] = f"http://localhost:{self.port}{path}"
        try:
            body = data.encode() if isinstance(data, str) else data
            connection.request(method, path, body=body or None, headers=words)
            answer = connection.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    self.cookies.load(value)
            return Answer(answer.status, answer.read(), answer.getheader("Location", ""))
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.generic("GET", path)

    def post(self, path: str, fields: dict[str, Any]) -> Answer:
        return self.generic("POST", path, urlencode(fields, doseq=True), "application/x-www-form-urlencoded")

    def sign_in(self, email: str) -> Answer:
        self.get("/accounts/login/")
        return self.post("/accounts/login/", {"login": email, "password": PASSWORD})


def hold(state: Path) -> subprocess.Popen[bytes]:
    """Have the servers of a state folder run while the process that is returned lives."""
    program = subprocess.Popen(
        [sys.executable, str(HOLD)],
        env=environment(state, PYTHONPATH=str(places.BASE)),
        cwd=places.BASE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stdout.readline().startswith(b"ready")
    return program


def manage(state: Path, *words: str) -> str:
    """Run a command of manage.py in a state folder; its output."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        env=environment(state),
        cwd=places.BASE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SLOW,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def running(**env: str) -> Iterator[Site]:
    """A site with the demo in it, until the block ends."""
    with own_state() as state:
        holder = hold(state)
        for words in (["migrate", "-v", "0"], ["load_facts", "-v", "0"], ["load_demo"]):
            manage(state, *words)
        port = free_port()
        more = {"PORT": str(port), "HOST": "127.0.0.1", "WEB_WORKERS": "1", "WEB_STOP_SECONDS": "2", **env}
        web = subprocess.Popen(
            [sys.executable, "-m", "cohort.server"],
            env=environment(state, LOG_LEVEL="critical", COHORT_STACK_HELD=str(state), **more),
            cwd=places.BASE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        site = Site(state, port, web, [holder])
        try:
            site.wait_until_healthy("database", "broker")
            yield site
        finally:
            web.terminate()
            for one in site.holders:
                one.kill()
