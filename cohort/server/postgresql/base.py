"""Django's backend for PostgreSQL with connections that do not wait for a server that is gone.

A statement may take as long as it needs while the server answers others. When a connection has been silent for
:data:`SILENCE` seconds, another one asks whether the server still answers; if it does not, what waits is given up and
nothing new is begun until it does. Without that a frozen server holds every thread for ever: no time limit of
PostgreSQL's own helps where PostgreSQL does not run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import errors

from cohort.server import limits

SILENCE = 1.5  # seconds without a byte from the server until it is asked
ASK_AGAIN = 0.5  # seconds between two questions to a server that is away


class Watch:
    """Whether one server answers. All connections of this process to it share what one of them has found."""

    def __init__(self) -> None:
        self.away = threading.Event()
        self._asking = threading.Lock()
        self._answered = 0.0

    def answers(self, parameters: dict[str, Any]) -> bool:
        """Ask now, unless somebody has asked within the last second. Starts to ask again and again when it is away."""
        with self._asking:
            if self.away.is_set():
                return False
            if time.monotonic() - self._answered < 1:
                return True
            if _asked_twice(parameters):
                self._answered = time.monotonic()
                return True
            self.away.set()
            try:
                threading.Thread(target=self._wait, args=(parameters,), name="database-away", daemon=True).start()
            except RuntimeError:  # no thread to be had: nobody would ever say that it is back
                self.away.clear()
        return False

    def _wait(self, parameters: dict[str, Any]) -> None:
        while not _asked(parameters):
            time.sleep(ASK_AGAIN)
        self.away.clear()


def _asked(parameters: dict[str, Any]) -> bool:
    """Whether the server says anything to a new connection; "too many clients" is an answer too."""
    try:
        psycopg.connect(**{**parameters, "connect_timeout": limits.DATABASE_SECONDS}).close()
    except psycopg.OperationalError as error:
        return "FATAL" in str(error) and "starting up" not in str(error)
    except Exception:  # no file or memory left here: whoever waits must not be forgotten
        return False
    return True


def _asked_twice(parameters: dict[str, Any]) -> bool:
    """As :func:`_asked`; a refusal that came at once may be a moment's trouble of the network, so it is asked again."""
    began = time.monotonic()
    if _asked(parameters):
        return True
    if time.monotonic() - began > ASK_AGAIN:
        return False
    time.sleep(ASK_AGAIN)
    return _asked(parameters)


_watches: dict[str, Watch] = {}


def watch_of(parameters: dict[str, Any]) -> Watch:
    """The watch of the server that these parameters lead to."""
    return _watches.setdefault(f"{parameters.get('host')}:{parameters.get('port')}", Watch())


def gone() -> psycopg.OperationalError:
    return psycopg.OperationalError("the database server does not answer")


class Connection(psycopg.Connection[Any]):
    """A connection that gives up waiting when its server is gone."""

    watch: Watch
    parameters: dict[str, Any]

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Connection:  # type: ignore[override]
        """As psycopg's, but at once refused while the server is known to be away.

        :raises psycopg.OperationalError: there is no server, or it does not answer in time.
        """
        parameters = {key: kwargs[key] for key in kwargs.keys() - {"context", "cursor_factory", "prepare_threshold"}}
        watch = watch_of(parameters)
        if watch.away.is_set():
            raise gone()
        try:
            made = super().connect(*args, **kwargs)
        except errors.ConnectionTimeout:
            watch.answers(parameters)
            raise
        made.watch, made.parameters = watch, parameters
        return made

    def wait(self, generator: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Run one exchange with the server.

        :raises psycopg.OperationalError: the server is silent to others as well; this connection is closed.
        """
        if getattr(self, "watch", None) is None:  # still connecting
            return super().wait(generator, *args, **kwargs)
        try:
            return super().wait(self._patiently(generator), *args, **kwargs)
        except _Silent:
            self.close()
            raise gone() from None

    def _patiently(self, generator: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """``generator``, ended when nothing comes and the server answers nobody."""
        try:
            wanted = next(generator)
            heard = time.monotonic()
            while True:
                ready = yield wanted
                if ready:
                    heard = time.monotonic()
                elif self.watch.away.is_set():
                    raise _Silent
                elif time.monotonic() - heard > SILENCE:
                    if not self.watch.answers(self.parameters):
                        raise _Silent
                    heard = time.monotonic()
                wanted = generator.send(ready)
        except StopIteration as end:
            return end.value


class _Silent(Exception):  # noqa: N818 -- a signal inside this module
    """The server answers nobody."""


class _Driver:
    """The module ``psycopg``, whose connections are ours."""

    connect = Connection.connect

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """Django's own, with :class:`Connection`."""

    Database = _Driver()  # type: ignore[assignment]
