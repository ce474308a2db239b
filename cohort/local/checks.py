"""The checks beside the tests, in one go: `start.py lint`. All of them run, so one report shows everything."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field

from cohort.local import places, servers

# Production settings with nothing real in them: `check --deploy` reads them and connects to nothing.
PRODUCTION = {
    "DEBUG": "0",
    "HTTPS": "1",
    "SECRET_KEY": "check-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "DATABASE_URL": "postgresql://cohort@db.invalid/cohort",
    "REDIS_URL": "redis://broker.invalid",
    "SITE_URL": "https://cohort.invalid",
    "ALLOWED_HOSTS": "cohort.invalid",
    "EMAIL_URL": "smtp://mail.invalid",
}


@dataclass(frozen=True)
class Check:
    """One check: a name to show, the words after `python`, and what differs in its environment."""

    name: str
    words: list[str]
    env: dict[str, str] = field(default_factory=dict)


CHECKS = [
    Check("format", ["-m", "ruff", "format", "--check", "."]),
    Check("template format", ["-m", "cohort.local.template_check"]),
    Check("style", ["-m", "ruff", "check", "."]),
    Check("types", ["-m", "mypy"]),
    Check("imports", ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]),
    Check("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
    Check("journal program", ["manage.py", "journal_manifest", "--check"]),
    Check("deployment", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
]


def main() -> int:
    """Run all checks; returns 0 when all pass, else 1."""
    failed = []
    with servers.attached():  # makemigrations compares with the database's history
        held = {servers.HELD: str(places.state_dir())} if any(servers.wanted()) else {}
        for check in CHECKS:
            began = time.monotonic()
            sys.stdout.write(f"\n== {check.name}\n")
            sys.stdout.flush()
            env = {**os.environ, **held, **check.env}
            code = subprocess.call([sys.executable, *check.words], cwd=places.BASE, env=env)
            if code:
                failed.append(check.name)
            sys.stdout.write(f"== {check.name}: {'failed' if code else 'ok'} ({time.monotonic() - began:.1f} s)\n")
    sys.stdout.write("\nAll checks pass.\n" if not failed else f"\nFailed: {', '.join(failed)}.\n")
    return 1 if failed else 0
