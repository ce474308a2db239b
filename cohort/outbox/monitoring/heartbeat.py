"""Signs of life. Each part of the machinery writes one row; :mod:`cohort.outbox.monitoring.health` reads them."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.db import close_old_connections, connection
from django.utils import timezone

log = logging.getLogger(__name__)
EVERY = 20  # seconds


def beat(name: str) -> None:
    """Write that ``name`` lives now (one statement)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_heartbeat (name, at) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at",
            [name, timezone.now()],
        )


def beat_quietly(name: str) -> None:
    """Write a heartbeat from a process that must go on when the database is away."""
    try:
        close_old_connections()
        beat(name)
    except Exception as error:
        log.warning("No heartbeat for %s: %s", name, type(error).__name__)
    finally:
        connection.close()


def _look_around() -> None:
    """Whoever is alive looks after the others, and writes to the operators when one has fallen silent."""
    from cohort.outbox.monitoring import alerts

    try:
        alerts.watch()
    finally:
        connection.close()


class Pulse(threading.Thread):
    """Writes one heartbeat every 20 seconds until told to stop."""

    def __init__(self, name: str, seconds: float = EVERY) -> None:
        super().__init__(name=f"pulse-{name}", daemon=True)
        self.of, self.seconds, self.over = name, seconds, threading.Event()

    def run(self) -> None:
        while True:
            beat_quietly(self.of)
            _look_around()
            if self.over.wait(self.seconds):
                return

    def stop(self) -> None:
        self.over.set()
        self.join(timeout=5)


_pulse: Pulse | None = None


def _worker_ready(**_kwargs: Any) -> None:
    global _pulse
    if _pulse is None or not _pulse.is_alive():
        _pulse = Pulse("worker")
        _pulse.start()


def _worker_shutdown(**_kwargs: Any) -> None:
    global _pulse
    if _pulse is not None:
        _pulse.stop()
        _pulse = None


def connect() -> None:
    """Have Celery workers start and stop their pulse. Safe to call twice."""
    worker_ready.connect(_worker_ready, dispatch_uid="outbox-pulse", weak=False)
    worker_shutdown.connect(_worker_shutdown, dispatch_uid="outbox-pulse", weak=False)
