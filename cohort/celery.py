"""The Celery application of the workers, and of everything that asks them.

What repeats stands in the module ``schedule`` of each app; see :mod:`cohort.beat`.
"""

from __future__ import annotations

import logging
import os

from celery import Celery

from cohort import schedule
from cohort.server import limits
from cohort.server.valkey import Pause

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")

log = logging.getLogger(__name__)
app = Celery("cohort")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.add_defaults(lambda: {"beat_schedule": schedule.of_all_apps()})

_pause = Pause()


def hint(task: str, *arguments: object, expires: float | None = None) -> bool:
    """Ask a worker for the task named ``task`` now; False when the broker does not take it within a second.

    For work whose rows beat finds later all the same: whoever presses a button never waits for the broker.
    """
    options = {
        **(app.conf.broker_transport_options or {}),
        "max_retries": 0,
        "socket_connect_timeout": limits.VALKEY_SECONDS,
        "socket_timeout": limits.VALKEY_SECONDS,
    }
    if _pause:
        return False
    try:
        # A connection of its own that gives up: Celery's usual one would keep the caller waiting for six seconds.
        with app.connection_for_write(connect_timeout=limits.VALKEY_SECONDS, transport_options=options) as link:
            app.send_task(task, arguments, connection=link, retry=False, expires=expires, ignore_result=True)
    except Exception as error:
        _pause.begin()
        log.warning("The broker did not take %s (%s); it will be found again", task, type(error).__name__)
        return False
    return True
