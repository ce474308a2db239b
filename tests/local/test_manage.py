"""`manage.py` is Django's own: with real servers it knows nothing of the embedded ones, without them it uses those."""

from __future__ import annotations

import os
import subprocess
import sys

from cohort.local.checks import PRODUCTION
from cohort.local.places import BASE

WHAT_WAS_IMPORTED = """
import runpy, sys
sys.argv = ["manage.py", "version"]
try:
    runpy.run_path("manage.py", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
print(sorted(name for name in sys.modules if name.startswith("cohort.local")))
"""


def imported(**env: str) -> str:
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(
        [sys.executable, "-c", WHAT_WAS_IMPORTED], cwd=BASE, env=kept | env, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


def test_with_real_servers_the_embedded_ones_are_never_imported() -> None:
    assert "cohort.local.servers" in imported() or "cohort.local.commands" in imported()
    assert imported(**PRODUCTION) == "[]"


def test_without_packages_it_says_where_to_start() -> None:
    bare = [sys._base_executable, "-I", "manage.py", "check"]  # type: ignore[attr-defined]
    done = subprocess.run(bare, cwd=BASE, capture_output=True, text=True)
    assert done.returncode == 1
    assert "start.py" in done.stderr
    assert "Traceback" not in done.stderr
