"""Where the embedded servers keep their things. Standard library only.

Everything here is a function of ``COHORT_STATE`` (default ``.local`` in the
checkout), the user and the folders on disk, so that any process finds the
servers without asking. Three folders matter:

``state_dir()``
    belongs to the person who types the command: logs, mail files, the signing
    key, lock files.
``home_dir()``
    belongs to the servers: their data. The same folder as ``state_dir()``,
    with one exception. PostgreSQL refuses to run as root, so root runs it as
    ``nobody``; when ``nobody`` may not enter the state folder (a checkout
    under /root), the servers live in a folder of their own elsewhere.
``run_dir()``
    the sockets. Socket addresses hold about 100 bytes, so a long path moves
    to the temporary folder.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import stat
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent.parent
PG_USER = PG_DATABASE = "cohort"
LONGEST_SOCKET = 100  # bytes; sun_path holds 108 with its end mark
SERVER_USER = "nobody"  # who runs the servers when root starts them
ELSEWHERE = "servers-live-in"  # file in the state folder: the servers' folder is not this one


def state_dir() -> Path:
    """The folder that holds logs, mail and keys of this local stack, and its data unless `home_dir` says otherwise."""
    return Path(os.environ.get("COHORT_STATE") or BASE / ".local").resolve()


def make_state_dir() -> Path:
    """The state folder, made if missing.

    For an ordinary user it is private. For root others may pass through it,
    but not list it, because the servers run as another user. Folders made on
    the way get the usual mode whatever the umask says; folders that exist are
    never changed.
    """
    state = state_dir()
    missing = [folder for folder in (state, *state.parents) if not folder.exists()]
    for folder in reversed(missing):
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        folder.chmod((0o711 if os.geteuid() == 0 else 0o700) if folder == state else 0o755)
    return state


def home_dir() -> Path:
    """The folder that holds the servers' data; see the top of this module."""
    state = state_dir()
    if os.geteuid() == 0 and ((state / ELSEWHERE).exists() or not enterable(state, _server_ids())):
        return elsewhere(state)
    return state


def elsewhere(state: Path) -> Path:
    """The servers' own folder for a state folder that their user may not enter."""
    library = Path("/var/lib")
    good = library.is_dir() and os.access(library, os.W_OK) and library.stat().st_mode & 0o023 == 0o001
    return (library if good else Path("/var/tmp")) / f"cohort-{os.geteuid()}-{_mark(state)}"  # noqa: S108 -- checked by its maker


def enterable(folder: Path, ids: tuple[int, int]) -> bool:
    """Whether a user (uid, gid) may pass through a folder and all folders above it; missing ones are passed over."""
    for step in (folder, *folder.parents):
        try:
            entry = step.stat()
        except FileNotFoundError:
            continue
        if entry.st_uid == ids[0]:
            needed = stat.S_IXUSR
        elif entry.st_gid == ids[1]:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not entry.st_mode & needed:
            return False
    return True


def _server_ids() -> tuple[int, int]:
    """User and group number of whoever runs the servers for root."""
    try:
        entry = pwd.getpwnam(SERVER_USER)
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def run_dir() -> Path:
    """The folder of the sockets; under /tmp when the path would be too long.

    Not under $TMPDIR or $XDG_RUNTIME_DIR: those differ between two shells of
    the same person, and both must find the same servers.
    """
    home = home_dir()
    run = home / "run"
    if len(os.fsencode(run / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET:
        return run
    return Path("/tmp") / f"cohort-{os.geteuid()}-{_mark(home)}"  # noqa: S108 -- its maker refuses other people's folders


def database_url() -> str:
    """Address of the embedded PostgreSQL, for Django and psycopg."""
    return f"postgresql://{PG_USER}@/{PG_DATABASE}?host={run_dir()}"


def redis_socket() -> Path:
    """The socket of the embedded Valkey."""
    return run_dir() / "valkey.sock"


def secret_key() -> str:
    """The signing key of this local stack, made once and kept (mode 0600)."""
    path = state_dir() / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        made = secrets.token_urlsafe(48)
        # Written beside and linked into place, so that nobody ever reads half a key.
        draft = make_state_dir() / f".secret_key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(made)
        try:
            os.link(draft, path)
        except FileExistsError:
            return path.read_text()
        finally:
            draft.unlink(missing_ok=True)
        return made
