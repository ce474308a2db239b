"""The Celery application with a clock that runs fast: what beat starts each minute or five, each second.

``celery -A tests.outbox.quick_beat beat`` and ``… worker``, for tests of what happens over minutes.
"""

from __future__ import annotations

import django

django.setup()

from cohort.celery import app  # noqa: E402 - apps declare their rhythm when Django starts

QUICK = ("outbox.send", "outbox.plan")
app.conf.beat_schedule = {
    name: {**entry, "schedule": 1.0, "options": {"expires": 5}}
    for name, entry in app.conf.beat_schedule.items()
    if name in QUICK
}
app.conf.beat_max_loop_interval = 1
