"""What `start.py` does once the packages are there, and `manage.py` without servers of its own."""

from __future__ import annotations

import os
import sys

from cohort.local import places
from cohort.local.binaries import CannotStart

NO_SERVERS = {"help", "--help", "-h", "version", "--version", "collectstatic", "compilemessages", "makemessages"}
#: What the tests are not told. They choose their own folder before the settings are read; see conftest.py. And what is
#: compiled is kept, as in start.py: a run starts dozens of processes, and each would compile all of the project.
UNTOLD = {"DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"}
HELP = """Cohort's own commands:
  demo          everything on this machine, with invented people (PORT, HOST, COHORT_STATE)
  run           the same, empty
  tests [...]   the test suite; words after it go to pytest
  lint          style, types, imports, migrations, deployment settings
"""


def execute(arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    command = arguments[0] if arguments else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")
    if command in ("demo", "run"):
        from cohort.local import runner

        return runner.main(command)
    if command == "tests":
        sys.stdout.flush()
        os.chdir(places.BASE)
        os.execve(
            sys.executable,
            [sys.executable, "-m", "pytest", *_in_parallel(arguments[1:]), *arguments[1:]],
            {key: value for key, value in os.environ.items() if key not in UNTOLD},
        )
    if command == "lint":
        from cohort.local import checks

        return checks.main()
    return django(["start.py", *arguments])


def _in_parallel(words: list[str]) -> list[str]:
    """What lets the whole suite use every core; a chosen part runs in one process, which is easier to follow.

    A marker chooses no part, but for ``-m unit``: those tests take less time than it takes to start processes.
    Half as many processes again as cores: tests of servers and of pages spend a third of their time waiting.
    """
    chosen = any(word.startswith(("-n", "-k")) or os.path.exists(word.partition("::")[0]) for word in words)
    chosen = chosen or "unit" in words
    cores = min(os.cpu_count() or 1, 4)
    return [] if chosen or cores < 2 else ["-n", str(cores * 3 // 2), "--dist", "loadfile", "--no-loadscope-reorder"]


def django(words: list[str]) -> int:
    """A Django command, ``words`` as in ``sys.argv``. The local servers run while it does, unless it needs none."""
    from django.core.management import execute_from_command_line

    command = words[1] if len(words) > 1 else "help"
    if command in NO_SERVERS:
        if words[0] == "start.py" and words[1:] in ([], ["help"], ["--help"], ["-h"]):
            sys.stdout.write(HELP)
        execute_from_command_line(words)
        return 0
    from cohort.local import servers

    try:
        with servers.attached():
            execute_from_command_line(words)
    except CannotStart as error:
        sys.stderr.write(f"\n{error}\n\n")
        return 1
    return 0
