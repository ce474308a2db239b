"""What a process has done before its first request, and what beat leaves alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from cohort import schedule
from cohort.celery import app

WEB = """
import json, sys
from io import BytesIO
from cohort.asgi import application
from django.template import base
compiled, whole = [], base.Template.compile_nodelist

def count(self):
    compiled.append(str(self.origin))
    return whole(self)

base.Template.compile_nodelist = count
before, found = set(sys.modules), {}
for language in ("en", "es"):
    headers = [(b"host", b"localhost"), (b"accept-language", language.encode())]
    scope = {"type": "http", "method": "GET", "path": "/accounts/login/", "query_string": b"", "headers": headers}
    found[language] = application.make(scope, BytesIO()).status_code
ours = ("cohort", "applications", "sessions", "reflections", "allauth", "crispy_forms")
print(json.dumps({
    "status": found,
    "compiled": compiled,
    "imported": sorted(name for name in set(sys.modules) - before if name.startswith(ours)),
}))
"""
BEAT = """
import json, sys
from cohort import beat
from cohort.outbox.monitoring import scheduler
beat.app.loader.init_worker()  # as the command does
print(json.dumps({
    "schedule": sorted(beat.app.conf.beat_schedule),
    "models": sorted(name for name in sys.modules if name.endswith(".models") and not name.startswith("django.")),
    "tasks": sorted(name for name in sys.modules if name.endswith(".tasks") and not name.startswith("asyncio")),
}))
"""


def said(program: str, **env: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "cohort.settings", **env},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.db
def test_the_first_request_compiles_no_template_and_imports_nothing() -> None:
    found = said(WEB)
    assert found["status"] == {"en": 200, "es": 200}
    assert found["compiled"] == []
    assert found["imported"] == []


@pytest.mark.db
def test_beat_knows_all_that_repeats_and_loads_none_of_the_apps() -> None:
    found = said(BEAT)
    assert found["schedule"] == sorted(app.conf.beat_schedule)
    assert (found["models"], found["tasks"]) == ([], [])


def test_workers_know_every_task_that_beat_starts() -> None:
    app.loader.import_default_modules()
    repeating = schedule.of_all_apps()
    assert set(repeating) - set(app.tasks) == set()
    assert {"outbox.send", "outbox.plan", "sessions.tend_surveys", "applications.finish_releases"} <= set(repeating)
    assert all(entry["options"]["expires"] <= entry["schedule"] for entry in repeating.values())
