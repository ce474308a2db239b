"""Just enough of two protocols to ask a server on a socket whether it is ready. Standard library only."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

from cohort.local.places import PG_DATABASE, PG_USER


def postgres_answers(path: Path) -> str | None:
    """Ask PostgreSQL for a session in our database.

    Returns ``"ready"``, ``"no database"`` (it runs, the database is not made
    yet), or None when it does not run or cannot take sessions yet.
    Protocol: PostgreSQL documentation, chapter “Frontend/Backend Protocol”.
    """
    try:
        with _session(path, PG_DATABASE) as stream:
            error = _until_idle(stream)  # all the way: the greeting is sent before the database is looked up
    except OSError:
        return None
    if error:
        return "no database" if b"C3D000\0" in error else None
    return "ready"


def create_database(path: Path) -> None:
    """Create our database; no harm if another process was faster. Raises OSError when the server refuses."""
    with _session(path, "postgres") as stream:
        _until_idle(stream)
        query = f'CREATE DATABASE "{PG_DATABASE}" OWNER "{PG_USER}"\0'.encode()
        stream.sendall(b"Q" + struct.pack("!I", len(query) + 4) + query)
        error = _until_idle(stream, seconds=30)
    if error and b"C42P04\0" not in error:  # duplicate_database
        raise OSError(f"could not create the database: {error!r}")


def valkey_answers(path: Path) -> bool:
    """Whether Valkey (or Redis) answers a PING with PONG; it does not while it loads its data."""
    try:
        return _command(path, "PING").startswith(b"+PONG")
    except OSError:
        return False


def _session(path: Path, database: str) -> socket.socket:
    stream = _connect(path)
    words = b"\0".join([b"user", PG_USER.encode(), b"database", database.encode(), b"", b""])
    packet = struct.pack("!I", 196608) + words  # protocol 3.0
    stream.sendall(struct.pack("!I", len(packet) + 4) + packet)
    return stream


def _message(stream: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(stream, 5)
    return head[:1], _exactly(stream, struct.unpack("!I", head[1:])[0] - 4)


def _until_idle(stream: socket.socket, seconds: float = 5) -> bytes:
    """Read messages until the server waits for a query or ends the session; returns the error among them, if any."""
    stream.settimeout(seconds)
    error = b""
    while True:
        try:
            kind, body = _message(stream)
        except ConnectionResetError:
            if error:
                return error
            raise
        if kind == b"E":
            error = body
        if kind == b"Z":
            return error


def _exactly(stream: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count:
        more = stream.recv(count - len(read))
        if not more:
            raise ConnectionResetError("the server closed the connection")
        read += more
    return read


def _command(path: Path, *words: str) -> bytes:
    with _connect(path) as stream:
        stream.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))
        return stream.recv(256)


def _connect(path: Path) -> socket.socket:
    stream = socket.socket(socket.AF_UNIX)
    stream.settimeout(3)
    try:
        stream.connect(str(path))
    except BaseException:
        stream.close()
        raise
    return stream
