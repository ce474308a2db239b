"""Beat's scheduler, which also says that it lives and looks after the workers. Loads none of the apps."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from typing import Any

from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import connection

from cohort.outbox.monitoring import health
from cohort.outbox.monitoring.heartbeat import EVERY, beat_quietly

log = logging.getLogger(__name__)
TOLD_AGAIN = 3600.0  # seconds; whoever writes the mail looks as well, so this only spares the machine


class BeatScheduler(PersistentScheduler):
    """Celery's own scheduler, which also says that it lives: from ``tick``, so a stuck loop falls silent."""

    _beat_at = _told_at = float("-inf")

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() - self._beat_at >= EVERY:
            self._beat_at = time.monotonic()
            beat_quietly("beat")
            self._look_around()
        # Sleep no longer than the next sign of life.
        return min(super().tick(*args, **kwargs), EVERY)

    def _look_around(self) -> None:
        """Have the operators told of what has fallen silent, by a program that knows how mail is written."""
        if not settings.OPERATORS or time.monotonic() - self._told_at < TOLD_AGAIN:
            return
        try:
            if silent := health.silent():
                self._told_at = time.monotonic()
                subprocess.Popen([sys.executable, "manage.py", "tell_operators", *silent], cwd=settings.BASE_DIR)
        except Exception as error:
            log.error("The watch failed: %s", type(error).__name__)
        finally:
            connection.close()
