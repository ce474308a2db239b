"""Where things lie: a function of the state folder, the user and the permissions on the way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cohort.local import places


def test_the_state_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COHORT_STATE", str(tmp_path / "s"))
    assert places.state_dir() == tmp_path / "s"
    monkeypatch.delenv("COHORT_STATE")
    assert places.state_dir() == places.BASE / ".local"


def test_a_new_state_folder_has_its_mode_whatever_the_umask(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COHORT_STATE", str(tmp_path / "between" / "s"))
    before = os.umask(0o077)
    try:
        state = places.make_state_dir()
    finally:
        os.umask(before)
    assert stat.S_IMODE(state.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    assert stat.S_IMODE(state.parent.stat().st_mode) == 0o755


def test_a_folder_that_exists_keeps_its_mode(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    monkeypatch.setenv("COHORT_STATE", str(tmp_path))
    places.make_state_dir()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_the_address_does_not_depend_on_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHORT_STATE", "/srv/" + "x" * 120)
    first = places.database_url()
    monkeypatch.setenv("TMPDIR", "/var/tmp")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    assert places.database_url() == first
    assert len(os.fsencode(places.run_dir() / ".s.PGSQL.5432.lock")) <= places.LONGEST_SOCKET


@pytest.mark.parametrize(
    ("mode", "ids", "enters"),
    [
        (0o711, (65534, 65534), True),
        (0o700, (65534, 65534), False),
        (0o710, (65534, 65534), False),
    ],
)
def test_who_may_enter(tmp_path_factory: pytest.TempPathFactory, mode: int, ids: tuple[int, int], enters: bool) -> None:
    folder = Path("/tmp") / f"cohort-test-{os.getpid()}-{mode:o}"
    folder.mkdir(mode=0o700)
    try:
        folder.chmod(mode)
        assert places.enterable(folder / "not" / "there", ids) is enters
        assert places.enterable(folder, (os.geteuid(), os.getegid())) is True
    finally:
        folder.rmdir()


def test_the_key_is_made_once_and_is_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COHORT_STATE", str(tmp_path / "s"))
    key = places.secret_key()
    assert len(key) > 50
    assert places.secret_key() == key
    assert stat.S_IMODE((tmp_path / "s" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["secret_key"]
