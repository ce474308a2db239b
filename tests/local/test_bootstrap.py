"""`start.py` on a bare machine: it makes its environment, once, whole, and without the network afterwards."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from cohort.local import places

LOCKS = ("production", "local", "test")
SAYS = """
import sys
def execute(arguments):
    import marker
    print("ran", arguments, marker.VERSION, "in", sys.prefix)
    return 0
"""


@pytest.fixture
def manage() -> ModuleType:
    spec = importlib.util.spec_from_file_location("start_under_test", places.BASE / "start.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wheel(folder: Path, version: str) -> str:
    """A real wheel with one module, `marker`. Returns its line for a lock."""
    path = folder / f"marker-{version}-py3-none-any.whl"
    info = f"marker-{version}.dist-info"
    files = {
        "marker.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: marker\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for name, text in files.items()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return f"marker=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Checkout:
    """A small checkout with the real `start.py`, locks of one package, and a folder instead of the network."""

    def __init__(self, top: Path) -> None:
        self.top, self.wheels = top / "checkout", top / "wheels"
        self.wheels.mkdir()
        (self.top / "cohort" / "local").mkdir(parents=True)
        (self.top / "requirements").mkdir()
        shutil.copy(places.BASE / "start.py", self.top)
        (self.top / "cohort" / "local" / "commands.py").write_text(SAYS)
        self.lock("1.0")

    def lock(self, version: str, *, levels: tuple[str, ...] = LOCKS) -> None:
        line = wheel(self.wheels, version)
        for level in levels:
            (self.top / "requirements" / f"{level}.lock").write_text(f"# {level}\n{line}")

    def env(self, *, network: bool = True) -> dict[str, str]:
        away = ("PIP_", "DATABASE_URL", "VIRTUAL_ENV")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(away)}
        return kept | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels if network else self.top / "nothing")}

    def start(self, *words: str, network: bool = True) -> subprocess.Popen[str]:
        # The base Python: inside an environment `start.py` would rightly use that one.
        python = getattr(sys, "_base_executable", sys.executable)
        return subprocess.Popen(
            [python, str(self.top / "start.py"), *words],
            env=self.env(network=network),
            cwd="/",
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str, network: bool = True) -> tuple[int, str, str]:
        process = self.start(*words, network=network)
        out, err = process.communicate(timeout=120)
        return process.returncode, out.strip(), err.strip()

    def ran(self, word: str, version: str = "1.0") -> tuple[int, str]:
        return 0, f"ran ['{word}'] {version} in {self.top / '.venv'}"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.stack
def test_the_life_of_an_environment(checkout: Checkout) -> None:
    # Two first starts at once: one installs, the other waits, both run.
    both = [checkout.start("demo"), checkout.start("demo")]
    said = [(process.communicate(timeout=120), process.returncode) for process in both]
    assert [(code, out.strip()) for (out, _), code in said] == [checkout.ran("demo")] * 2
    assert sum("Installing the packages" in err for (_, err), _ in said) == 1

    # Later starts need no network and say nothing.
    assert checkout.run("demo", network=False) == (*checkout.ran("demo"), "")

    # The tests need the larger lock; what satisfies it satisfies the demo.
    code, out, err = checkout.run("tests")
    assert (code, out) == checkout.ran("tests")
    assert "Installing" in err
    assert checkout.run("demo", network=False) == (*checkout.ran("demo"), "")

    # A new lock is installed in place.
    checkout.lock("2.0")
    code, out, err = checkout.run("demo")
    assert (code, out) == checkout.ran("demo", "2.0")
    assert "Installing" in err

    # An installation cut short is made anew, also when a half package looks whole.
    site = next((checkout.top / ".venv" / "lib").glob("python*/site-packages"))
    (site / "marker.py").unlink()
    (checkout.top / ".venv" / "stamp.json").rename(checkout.top / ".venv" / "installing")
    code, out, err = checkout.run("demo")
    assert (code, out) == checkout.ran("demo", "2.0")
    assert "Installing" in err

    # So is one whose Python has gone.
    (checkout.top / ".venv" / "bin" / "python").unlink()
    assert checkout.run("demo")[:2] == checkout.ran("demo", "2.0")


@pytest.mark.stack
def test_a_wrong_hash_and_a_missing_network_stop_with_a_word(checkout: Checkout) -> None:
    good = (checkout.top / "requirements" / "local.lock").read_text()
    code, out, err = checkout.run("demo", network=False)
    assert (code, out) == (1, "")
    assert "The first start needs the network" in err
    (checkout.top / "requirements" / "local.lock").write_text(good.replace("sha256:", "sha256:00")[:-3] + "\n")
    code, out, err = checkout.run("demo")
    assert (code, out) == (1, "")
    assert "could not be installed" in err
    (checkout.top / "requirements" / "local.lock").write_text(good)
    assert checkout.run("demo")[:2] == checkout.ran("demo")


def test_an_environment_with_the_packages_is_used(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "VENV", "/nowhere")
    monkeypatch.setattr(manage, "with_lock", lambda action: pytest.fail("it would install"))
    monkeypatch.setattr(manage.os, "execv", lambda *words: pytest.fail("it would start again"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://real")
    manage.ensure_environment("local")


def test_the_marks_of_a_level_are_of_its_lock(manage: ModuleType) -> None:
    """A mark that no lock installs would have every environment made anew; one of a smaller lock tells nothing."""
    before: set[str] = set()
    for level in LOCKS:
        lock = (Path(manage.BASE) / "requirements" / f"{level}.lock").read_text(encoding="utf-8")
        held = set(re.findall(r"^([a-z0-9-]+)==", lock, flags=re.MULTILINE))
        assert set(manage.NEEDS[level]) <= held - before, level
        assert manage.has_packages(level), level
        before = held


def test_an_environment_from_an_older_lock_is_not_taken(
    manage: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What came with this version decides: a package that an older environment lacks, or a program without a module."""
    for level, lacking in (("production", "django-pgtrigger"), ("test", "djangofmt")):
        info = tmp_path / level
        for name in {mark for step in LOCKS for mark in manage.NEEDS[step]} - {lacking}:
            folder = info / f"{name.replace('-', '_')}-1.0.dist-info"
            folder.mkdir(parents=True)
            (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        with monkeypatch.context() as patch:
            patch.setattr(manage.sys, "path", [str(info)])
            assert not manage.has_packages(level)


def test_an_environment_made_by_hand_is_never_changed(
    manage: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on a real server: `.venv` with production packages only, and no stamp."""
    monkeypatch.setattr(manage, "VENV", str(tmp_path))
    monkeypatch.setattr(manage.sys, "prefix", str(tmp_path))
    monkeypatch.setattr(manage, "NEEDS", manage.NEEDS | {"local": ["no_such_package"]})
    monkeypatch.setattr(manage, "with_lock", lambda action: pytest.fail("it would install"))
    monkeypatch.setattr(manage.os, "execv", lambda *words: pytest.fail("it would start again"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    manage.ensure_environment("local")
    monkeypatch.setenv("DATABASE_URL", "postgresql://real")
    manage.ensure_environment("local")


def test_an_environment_without_the_packages_is_left_alone(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(manage, "NEEDS", {level: ["no_such_package"] for level in LOCKS})
    monkeypatch.setattr(manage, "VENV", "/nowhere")
    monkeypatch.setattr(manage, "with_lock", lambda action: started.append("install"))
    monkeypatch.setattr(manage.os, "execv", lambda program, words: started.append(program))
    manage.ensure_environment("local")
    assert started == ["install", "/nowhere/bin/python"]


def test_an_old_python_is_told_so(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "OLDEST", (3, 99))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SystemExit, match=r"Cohort needs Python 3.11 or newer. This is Python 3"):
        manage.require_python()


def test_a_python_without_pip_and_ensurepip_is_told_so(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "run", lambda command: (1, "No module named pip"))
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        manage.pip("/nowhere/bin/python")


def pins(level: str) -> dict[str, str]:
    text = (places.BASE / "requirements" / f"{level}.lock").read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ \\]+)", text, re.MULTILINE))


def test_each_lock_holds_the_smaller_one_in_the_same_versions() -> None:
    production, local, test = (pins(level) for level in LOCKS)
    assert len(production) > 40
    assert production.items() < local.items() < test.items()


@pytest.mark.parametrize("level", LOCKS)
def test_a_lock_names_hashes_and_no_place(level: str) -> None:
    text = (places.BASE / "requirements" / f"{level}.lock").read_text()
    assert re.findall(r"https?:|index|find-links|file:|/", "\n".join(text.splitlines()[2:])) == []
    blocks = re.findall(r"^[A-Za-z].*(?:\n    .*)*", text, re.MULTILINE)
    assert len(blocks) == len(pins(level))
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_every_direct_requirement_is_pinned_as_locked() -> None:
    for level in LOCKS:
        text = (places.BASE / "requirements" / f"{level}.in").read_text()
        lines = [line for line in text.splitlines() if line and not line.startswith(("#", "-r"))]
        wanted = [re.fullmatch(r"([A-Za-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", line) for line in lines]
        assert None not in wanted
        assert {m[1].lower(): m[2] for m in wanted if m}.items() <= pins(level).items()
