"""Start, share, watch and stop the embedded PostgreSQL and Valkey.

Several processes may use one stack at once: the demo, a shell, a second
terminal. Each holds a shared lock on a file while it does (`attached`); whoever
leaves last stops the servers. The kernel drops the locks of a process that is
killed, so there is no count to go wrong. Servers that nobody holds any more
(everything was killed) go on running and are adopted by the next start.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cohort.local import binaries, folders, pids, places, ready
from cohort.local.binaries import CLEAN_ENV, CannotStart

HELD = "COHORT_STACK_HELD"  # set for children of a process that holds the stack already
SLOWEST_START = 60.0  # seconds; recovery after a crash of a loaded machine may take a while
LARGEST_LOG = 5_000_000  # bytes


def wanted() -> tuple[bool, bool]:
    """Which servers to run here: (PostgreSQL, Valkey). None where the environment names real ones."""
    database = not os.environ.get("DATABASE_URL")
    return database, database and not os.environ.get("REDIS_URL")


@contextlib.contextmanager
def attached(*, durable: bool = True, give_up: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Have the servers running inside this block; the last process to leave stops them.

    ``durable``: False trades safety after a power cut for speed (tests). It
    counts only for servers this call starts. ``give_up`` is asked while
    waiting for them; True ends the wait. Raises CannotStart.
    """
    if not any(wanted()) or os.environ.get(HELD) == str(places.state_dir()):
        yield
        return
    state = places.make_state_dir()
    with _lock_file(state / "start.lock") as gate, _lock_file(state / "users.lock") as users:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            _start(durable=durable, give_up=give_up)
        except BaseException:
            _leave(users)  # one server may run while the other did not start
            raise
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(gate, fcntl.LOCK_EX)
            _leave(users)


def _lock_file(path: Path) -> contextlib.AbstractContextManager[Any]:
    try:
        return open(path, "a")
    except PermissionError:
        whose = folders.owner(path if path.exists() else path.parent)
        raise CannotStart(
            f"The state folder {path.parent} belongs to {whose}. Start as {whose}, "
            "or choose another folder: COHORT_STATE=/some/folder."
        ) from None


def _leave(users: Any) -> None:
    """Let go; stop the servers when no other process holds them. The gate is held by the caller."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
    else:
        stop()


def watch(*, durable: bool = True, give_up: Callable[[], bool] = lambda: False) -> list[str]:
    """Start again whichever server has died; for the process that holds the stack. Returns the names of those started.

    ``give_up`` is asked while waiting; True ends the wait.
    """
    if not any(wanted()):
        return []
    for child in pids.children.values():
        child.poll()
    postgres, valkey = wanted()
    fine = not postgres or ready.postgres_answers(places.run_dir())
    if fine and (not valkey or ready.valkey_answers(_vk_socket())):
        return []
    with _lock_file(places.state_dir() / "start.lock") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        return _start(durable=durable, give_up=give_up)


def stop(home: Path | None = None) -> None:
    """Stop both servers of a folder: gently, then firmly. Under five seconds; nothing is lost either way."""
    home = home or places.home_dir()
    valkey, postgres = pids.of_valkey(home / "valkey"), pids.of_postgres(home / "pg")
    if valkey:
        pids.tell(valkey, signal.SIGTERM)  # writes what it holds and leaves
    if postgres:
        pids.tell(postgres, signal.SIGINT)  # PostgreSQL's “fast”: end sessions, write everything, leave
    for pid, mark, hard in ((valkey, home / "valkey", signal.SIGKILL), (postgres, home / "pg", signal.SIGQUIT)):
        if pid and not pids.gone(pid, mark, 3.0):
            pids.tell(pid, hard)
            pids.gone(pid, mark, 1.5)


# ---------------------------------------------------------------- starting


@dataclass(frozen=True)
class _Setting:
    """Where and as whom the servers run."""

    home: Path
    run: Path
    state: Path
    identity: dict[str, Any]  # keywords for subprocess
    uid: int


def _setting() -> _Setting:
    state, home, run = places.make_state_dir(), places.home_dir(), places.run_dir()
    identity: dict[str, Any] = {}
    uid = os.geteuid()
    if uid == 0:
        try:
            entry = pwd.getpwnam(places.SERVER_USER)
        except KeyError:
            raise CannotStart(
                f"PostgreSQL refuses to run as root, and there is no user “{places.SERVER_USER}” here to run it. "
                "Start as an ordinary user, or set DATABASE_URL and REDIS_URL."
            ) from None
        identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        uid = entry.pw_uid
    if home != state:
        folders.move_in(state, home, stop)
    folders.own(run, uid)
    return _Setting(home, run, state, identity, uid)


def _start(*, durable: bool, give_up: Callable[[], bool] = lambda: False) -> list[str]:
    """Start what is wanted and does not run. The gate is held by the caller. Returns the names of those started."""
    postgres, valkey = wanted()
    setting = _setting()
    waits: list[tuple[str, Callable[[], bool], Callable[[], None] | None]] = []
    if valkey and not ready.valkey_answers(_vk_socket()):
        launch = None if pids.of_valkey(setting.home / "valkey") else _valkey_launcher(setting, durable)
        waits.append(("Valkey", lambda: ready.valkey_answers(_vk_socket()), launch))
    if postgres and not ready.postgres_answers(places.run_dir()):
        data = setting.home / "pg"
        launch = None if pids.of_postgres(data) else _postgres_launcher(setting, durable)
        waits.append(("PostgreSQL", lambda: ready.postgres_answers(places.run_dir()), launch))
    for _, _, launch in waits:
        if launch:
            launch()
    for name, answers, launch in waits:
        _wait(name, answers, launch, setting.state, give_up)
    if postgres and not ready.database_exists(places.run_dir()):
        ready.create_database(places.run_dir())
    return [name for name, _, _ in waits]


def _wait(
    name: str, ready: Callable[[], bool], launch: Callable[[], None] | None, state: Path, give_up: Callable[[], bool]
) -> None:
    """Wait until a server answers.

    One that ends at once is tried again twice: after a kill -9 the remains of
    the old one may hold its memory for a moment longer.
    """
    began, tries = time.monotonic(), 1
    log = _log(state, name)
    while not ready():
        if give_up():
            return
        child = pids.children.get(name)
        ended = launch is not None and child is not None and child.poll() is not None
        if ended and launch and tries < 3:
            tries += 1
            time.sleep(0.7)
            launch()
        elif ended or time.monotonic() - began > SLOWEST_START:
            raise CannotStart(f"{name} did not start. The last lines of {log}:\n{_tail(log)}")
        time.sleep(0.02)


def _postgres_launcher(setting: _Setting, durable: bool) -> Callable[[], None]:
    data = setting.home / "pg"
    folders.refuse_foreign(data, setting.uid)
    found = binaries.postgres(data)
    if setting.identity and not binaries.runs_as(found.bin / "postgres", setting.identity):
        found = binaries.copy_postgres(found, _programs(setting))
    if not (data / "PG_VERSION").exists():
        _initialize(setting, found, data, durable)
    options = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": "32MB",
        # A container's /dev/shm is often tiny; parallel queries are what would fill it.
        "max_parallel_workers_per_gather": "0",
        "max_parallel_maintenance_workers": "0",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_logical_replication_workers": "0",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
    }
    if found.major >= 18:
        options["io_method"] = "sync"  # three processes less; nothing to gain from them here
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command = [found.bin / "postgres", "-D", data, "-k", setting.run, *(f"--{k}={v}" for k, v in options.items())]

    def launch() -> None:
        if not pids.of_postgres(data) and not ready.postgres_answers(places.run_dir()):
            # Stale, also when the number now belongs to another program. Never removed while anything answers:
            # PostgreSQL shuts itself down when its own pid file vanishes.
            (data / "postmaster.pid").unlink(missing_ok=True)
            (setting.run / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        pids.children["PostgreSQL"] = _spawn(command, "PostgreSQL", setting, "/")

    return launch


def _initialize(setting: _Setting, found: binaries.Postgres, data: Path, durable: bool) -> None:
    """Make the data folder. It gets its name when it is whole, so an interrupted start leaves nothing half made."""
    draft = data.with_name(".pg.draft")
    shutil.rmtree(draft, ignore_errors=True)
    folders.own(draft, setting.uid)
    # Order by code point everywhere: the same on every machine, and no ICU is needed.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if found.major >= 17 else []
    made = subprocess.run(
        [
            found.bin / "initdb",
            "-D",
            draft,
            "-U",
            places.PG_USER,
            "--auth=trust",  # the socket lies in a folder that only its owner may enter
            "--encoding=UTF8",
            "--locale=C",
            *locale,
            *([] if durable else ["--no-sync"]),
            *(["--no-instructions"] if found.major >= 14 else []),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=CLEAN_ENV,
        cwd="/",
        **setting.identity,
    )
    if made.returncode:
        raise CannotStart(f"initdb could not make a new database:\n{made.stdout.strip()}")
    if data.is_dir() and not any(data.iterdir()):
        data.rmdir()
    draft.rename(data)


def _valkey_launcher(setting: _Setting, durable: bool) -> Callable[[], None]:
    data, socket = setting.home / "valkey", setting.run / "valkey.sock"
    folders.own(data, setting.uid)
    program = binaries.valkey()
    if setting.identity and not binaries.runs_as(program, setting.identity):
        program = binaries.copy_program(program, _programs(setting))
    options = {
        "port": "0",
        "unixsocket": socket,
        "unixsocketperm": "700",
        "dir": data,
        "pidfile": data / "server.pid",
        "save": "",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "daemonize": "no",
        "logfile": "",
        "maxmemory-policy": "noeviction",
        "set-proc-title": "no",  # the command line is how we know it again
    }
    command = [program, *(word for key, value in options.items() for word in (f"--{key}", value))]

    def launch() -> None:
        socket.unlink(missing_ok=True)
        pids.children["Valkey"] = _spawn(command, "Valkey", setting, data)

    return launch


def _spawn(command: list[Any], name: str, setting: _Setting, cwd: Path | str) -> subprocess.Popen[bytes]:
    log = _log(setting.state, name)
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LARGEST_LOG:
            log.rename(log.with_suffix(".log.1"))
    # Private: errors quote statements, with what people wrote.
    private = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(private, "ab") as sink:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=CLEAN_ENV,
            cwd=cwd,
            start_new_session=True,  # Ctrl-C in the terminal is for us, not for the servers
            **setting.identity,
        )


def _log(state: Path, name: str) -> Path:
    return state / f"{name.lower()}.log"


# ---------------------------------------------------------------- folders


def _programs(setting: _Setting) -> Path:
    """The folder for copied programs: root's, readable by all."""
    folder = setting.home / "bin"
    folders.own(folder, 0, mode=0o755)
    return folder


def _tail(log: Path, lines: int = 8) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(there is no log)"


# ---------------------------------------------------------------- processes


def _vk_socket() -> Path:
    return places.redis_socket()
