"""Which of this machine's processes is the server of a data folder, and whether it still lives."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path

children: dict[str, subprocess.Popen[bytes]] = {}  # ours: kept to be reaped, for a zombie looks alive to a lock file


def of_postgres(data: Path) -> int | None:
    return _live(data / "postmaster.pid", data)


def of_valkey(data: Path) -> int | None:
    return _live(data / "server.pid", data)


def _live(file: Path, data: Path) -> int | None:
    """The process number in a pid file, if that process lives and is the server of this data folder."""
    try:
        pid = int(file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if pid > 0 and _serves(pid, data) else None


def _serves(pid: int, data: Path) -> bool:
    import psutil  # type: ignore[import-untyped]  # comes with the servers' wheels; not needed with real servers

    for child in children.values():
        if child.pid == pid:
            child.poll()
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return False  # another user's process: not one of ours


def tell(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def gone(pid: int, data: Path, seconds: float) -> bool:
    """Wait until a server has ended, at most so many seconds."""
    end = time.monotonic() + seconds
    while _serves(pid, data):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
