"""All repeating work, from the module ``schedule`` of each app that has one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings


def of_all_apps() -> dict[str, dict[str, Any]]:
    """Celery's schedule: task → when it starts. Loads no app.

    A message that could not be picked up before the next one is due expires, so nothing piles up while the broker or
    the workers are away.

    :raises ValueError: two apps name the same task.
    """
    found: dict[str, dict[str, Any]] = {}
    for app in settings.INSTALLED_APPS:
        package = app.rpartition(".apps.")[0] or app
        if not (settings.BASE_DIR / package.replace(".", "/") / "schedule.py").exists():
            continue  # looked for as a file, because to look for a module would load what is around it
        for task, seconds in import_module(f"{package}.schedule").EVERY.items():
            if task in found:
                raise ValueError(f"{task} stands in the schedule of two apps")
            found[task] = {"task": task, "schedule": float(seconds), "options": {"expires": float(seconds)}}
    return found
