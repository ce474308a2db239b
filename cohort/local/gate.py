"""The web application behind a gate: loaded at once, serving only when the database is ready.

The runner starts the web server at the same moment as the work on the database,
so that loading Django overlaps with it, and opens the gate afterwards.
"""

from __future__ import annotations

import contextlib
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")
django.setup(set_prefix=False)

from cohort.server import warmup  # noqa: E402 -- needs the apps

GATE = "COHORT_GATE"  # number of the file to wait on: it ends when the gate opens, and stays open for later workers


def wait(number: str) -> None:
    """Return when the other side has closed the pipe with this number."""
    with contextlib.suppress(OSError):
        os.read(int(number), 1)


application = warmup.application(lambda: wait(os.environ.get(GATE, "-1")), at_once=False)

__all__ = ["application"]
