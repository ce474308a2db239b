"""The servers' folders: made for one user, checked before use, moved when they must. Nothing is ever taken over."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import stat
from collections.abc import Callable, Container
from pathlib import Path

from cohort.local import places
from cohort.local.binaries import CannotStart


def own(folder: Path, uid: int, *, mode: int = 0o700) -> None:
    """Make a folder for one user, or check that the folder there is theirs. Never takes over anything."""
    try:
        folder.mkdir()
    except FileExistsError:
        entry = check_ours(folder, {uid, os.geteuid()})
        if entry.st_uid == uid and stat.S_IMODE(entry.st_mode) == mode:
            return
        if any(folder.iterdir()) and entry.st_uid != uid:
            raise CannotStart(
                f"{folder} belongs to {owner(folder)} and is not empty; remove it or choose another COHORT_STATE."
            ) from None
    os.chmod(folder, mode)
    if uid != os.geteuid():
        os.chown(folder, uid, -1)


def check_ours(folder: Path, uids: Container[int]) -> os.stat_result:
    """Raise CannotStart unless a folder is a real folder of one of these users that nobody else may write to."""
    entry = folder.lstat()
    if not stat.S_ISDIR(entry.st_mode) or entry.st_uid not in uids or entry.st_mode & 0o022:
        raise CannotStart(
            f"{folder} is there already and was not made by Cohort for you (owner: {owner(folder)}). "
            "Remove it if you know it, or choose another folder: COHORT_STATE=/some/folder."
        )
    return entry


def refuse_foreign(data: Path, uid: int) -> None:
    """Raise CannotStart when a data folder is there and belongs to another user."""
    with contextlib.suppress(FileNotFoundError):
        if data.lstat().st_uid != uid:
            raise CannotStart(
                f"The database in {data} belongs to {owner(data)}. Start as {owner(data)}, "
                "or choose another folder: COHORT_STATE=/some/folder."
            )


def owner(path: Path) -> str:
    """The name of who owns a path, for messages."""
    try:
        uid = path.lstat().st_uid
    except OSError:
        return "someone else"
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def move_in(state: Path, home: Path, stop: Callable[[Path], None]) -> None:
    """Make the servers' own folder away from the state folder, and bring data along that lies elsewhere.

    ``stop`` is called with a folder before its data is moved: servers may still run there.
    """
    mark, came_from = state / places.ELSEWHERE, home / "state"
    before = Path(mark.read_text().strip()) if mark.exists() else None
    if before and before != home and not home.exists() and before.is_dir():
        # The state folder was moved: its old address is gone. (Copied: the old one still owns its servers.)
        check_ours(before, (0,))
        recorded = Path((before / "state").read_text().strip())
        if not recorded.exists():
            stop(before)
            before.rename(home)
    own(home, 0, mode=0o711)
    came_from.write_text(f"{state}\n")
    mark.write_text(f"{home}\n")
    for name in ("pg", "valkey"):
        # Data written while the folders above were open to the servers' user; now they are not.
        if (state / name).is_dir() and not (home / name).exists():
            stop(state)
            _bring(state / name, home / name)


def _bring(source: Path, target: Path) -> None:
    """Move a data folder, keeping owners; a copy cut short is started over."""
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft, symlinks=True)
    for old in (source, *source.rglob("*")):
        entry = old.lstat()
        os.lchown(draft / old.relative_to(source), entry.st_uid, entry.st_gid)
    draft.rename(target)
    shutil.rmtree(source)
