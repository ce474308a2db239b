"""The Celery application, and the one place where repeating work is declared.

An app that needs something done on a rhythm calls :func:`every` from its
``AppConfig.ready()``; the ground floor never names the apps above it.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")

app = Celery("cohort")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def every(seconds: float, task: str, *, name: str | None = None) -> None:
    """Have beat start the task named ``task`` every ``seconds`` seconds.

    A message that could not be picked up before the next one is due expires,
    so nothing piles up while the broker or the workers are away.
    """
    app.conf.beat_schedule = {
        **(app.conf.beat_schedule or {}),
        name or task: {"task": task, "schedule": seconds, "options": {"expires": seconds}},
    }
