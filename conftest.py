"""What every test run needs before the first test: servers of its own, and Django set up to use them.

The tests have their own state folder (``test`` inside the usual one), so they
run beside a demo without touching it. That folder has to be known before
Django's settings are read, and pytest-django would read them before this file
if they were named in pyproject.toml; so they are named here.
"""

from __future__ import annotations

import fcntl
import gc
import os
import sys
import uuid
from typing import Any

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cohort.local import places, servers  # found through the line above, also by a bare `pytest`
from cohort.local.binaries import CannotStart

EMBEDDED = any(servers.wanted())
CONTROLLER = "PYTEST_XDIST_WORKER" not in os.environ

if CONTROLLER:
    os.environ["COHORT_TEST_RUN"] = uuid.uuid4().hex  # the same in all processes of this run
if EMBEDDED and CONTROLLER:
    os.environ["COHORT_STATE"] = str(places.state_dir() / "test")
if not CONTROLLER:  # each process of a parallel run empties its own numbered databases of Valkey
    number = 2 * (1 + int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")))
    os.environ["BROKER_DB"], os.environ["CACHE_DB"] = str(number), str(number + 1)

os.environ["DATABASE_KEPT_SECONDS"] = "0"  # else a thread of an earlier test still uses the database at the end
from django.conf import settings  # noqa: E402 -- after the state folder is chosen

if EMBEDDED and settings.configured and getattr(settings, "STATE_DIR", None) != places.state_dir():
    pytest.exit("Unset DJANGO_SETTINGS_MODULE: with it the settings are read before the test servers are chosen.", 4)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")

import django  # noqa: E402

gc.disable()  # until all tests are collected: what is imported stays, and looking through it again and again takes long
django.setup()  # the conftests below import models


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once for the whole run; they stop when it ends, however it ends."""
    if CONTROLLER and getattr(config.option, "numprocesses", None):
        # else pytest-django reads the settings in each process before that process has its own numbers, above
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    if not (EMBEDDED and CONTROLLER) or config.option.collectonly or config.option.markexpr == "unit":
        return
    alone = open(places.make_state_dir() / "tests.lock", "a")  # noqa: SIM115 -- held until the end of the run
    config.add_cleanup(alone.close)
    try:
        fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stderr.write("Another test run uses this folder; waiting. (COHORT_STATE=/other runs beside it.)\n")
        fcntl.flock(alone, fcntl.LOCK_EX)
    stack = servers.attached(durable=False)
    try:
        stack.__enter__()
    except CannotStart as error:
        pytest.exit(str(error), 3)
    config.add_cleanup(lambda: stack.__exit__(None, None, None))


#: What a test needs, the most first. Each test has exactly one of these markers; none is written down but `stack`,
#: and `db` where a test needs the servers without pytest-django's fixtures, or is too long for `-m unit`.
LEVELS = ("stack", "browser", "db", "unit")
DATABASE = frozenset({"db", "transactional_db", "live_server", "django_db_setup"})
BROWSER, LOCAL = "tests/browser/", "tests/local/"
FIRST = "tests/test_every_address.py"  # makes databases that many tests in the browser wait for
PAGES = "tests/browser/test_every_page.py"
LONG = 30  # lines of a test in the browser from which on it is a long walk


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give each test its level. This is before ``-m`` chooses."""
    if not any(item.get_closest_marker(level) for level in LEVELS):
        used = set(getattr(item, "fixturenames", ()))
        if "browser" in used or item.nodeid.startswith(BROWSER):
            item.add_marker("browser")
        else:
            item.add_marker("db" if used & DATABASE or item.get_closest_marker("django_db") else "unit")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole stacks first, pages in the browser last; pytest-randomly has shuffled the files and what is in them.

    Whole stacks wait for processes, so they are done while there is other work. The browser is last because it leaves
    an event loop running in the thread of the tests, and what makes a loop of its own could not run after it. Its long
    walks come before the rest, so that no core waits at the end for one that the other began last.
    """
    rank = dict.fromkeys((item.path for item in items), 1)
    for item in items:
        if item.get_closest_marker("stack"):
            rank[item.path] = 0
        elif item.get_closest_marker("browser"):
            rank[item.path] = 2
        elif item.nodeid.startswith(FIRST):
            rank[item.path] = -1
    items.sort(key=lambda item: (rank[item.path], rank[item.path] == 2 and not _long(item)))


def _long(item: pytest.Item) -> bool:
    """Whether a test in the browser is one of those that take longest, as far as its text tells."""
    code = item.function.__code__  # type: ignore[attr-defined]
    return item.nodeid.startswith(PAGES) or max(line or 0 for *_, line in code.co_lines()) - code.co_firstlineno >= LONG


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays until the end: models, templates, and the tests themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # a page makes more objects than the 700 after which it would look
    gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out whole files, but pages in the browser and whole stacks one test at a time: they are the longest."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            alone = nodeid.startswith((BROWSER, LOCAL))
            return nodeid if alone else str(super()._split_scope(nodeid))

    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_sessionfinish() -> None:
    """The copies of the demo go, also from a server that is not the tests' own."""
    if CONTROLLER:
        from tests.browser import demo_stages

        demo_stages.drop()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say it loudly when pages were not looked at."""
    missed = [r for r in terminalreporter.stats.get("skipped", []) if "Chromium is not installed" in str(r.longrepr)]
    if missed:
        terminalreporter.section(f"{len(missed)} browser tests were SKIPPED", red=True, bold=True)
        terminalreporter.line("Install Chromium (Debian: apt-get install chromium) or set COHORT_CHROMIUM to run them.")
