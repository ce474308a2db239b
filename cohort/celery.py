"""The Celery application, and the one place where repeating work is declared.

An app that needs something done on a rhythm calls :func:`every` from its
``AppConfig.ready()``; the ground floor never names the apps above it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from celery import Celery

from cohort.registers import Register

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")

app = Celery("cohort")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@dataclass(frozen=True)
class Beat:
    """One task on a rhythm; ``name`` stands in the schedule."""

    name: str
    task: str
    seconds: float


BEATS: Register[Beat] = Register("rhythms", key=lambda beat: beat.name)


def every(seconds: float, task: str, *, name: str | None = None) -> None:
    """Have beat start the task named ``task`` every ``seconds`` seconds.

    A message that could not be picked up before the next one is due expires,
    so nothing piles up while the broker or the workers are away.

    :raises ValueError: something else has this name.
    """
    BEATS.register(Beat(name or task, task, seconds))
    app.conf.beat_schedule = {
        beat.name: {"task": beat.task, "schedule": beat.seconds, "options": {"expires": beat.seconds}} for beat in BEATS
    }
