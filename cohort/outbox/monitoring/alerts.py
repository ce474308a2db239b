"""When the machinery that sends mail is unwell, the people who run the site hear of it: by another way than that one.

The mail goes straight to the mail server, at most once an hour for each name, whoever notices first. Worker and beat
watch each other; when the whole machine is gone, only a watchman outside can tell, so each good run may also ping an
address that raises the alarm when the pings stop (a dead man's switch).
"""

from __future__ import annotations

import logging
import time
import urllib.request
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.utils import timezone

from cohort.outbox import rendering
from cohort.outbox.models import Message
from cohort.outbox.monitoring import health
from cohort.outbox.monitoring.kinds import UNWELL
from cohort.outbox.queue import rows as queue_rows

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
PATIENCE = 10  # seconds for the mail server
#: Parts of the machinery, and faults in it that nobody else would see.
NAMES = ("planner", "sender", "worker", "beat", "template", "plan")
_told: dict[str, float] = {}  # by the monotonic clock; used while the database is away


def _first_this_hour(name: str, now: datetime) -> bool:
    """Whether nobody has told of ``name`` for an hour; from now on somebody has. One statement, so one of many wins."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO outbox_heartbeat AS old (name, at) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE"
                " SET at = EXCLUDED.at WHERE old.at <= %s RETURNING name",
                [f"alarm:{name}", now, now - AGAIN_AFTER],
            )
            return cursor.fetchone() is not None
    except Exception:  # the database may be what is broken: then each process remembers for itself
        last = _told.get(name)
        if last is not None and time.monotonic() - last < AGAIN_AFTER.total_seconds():
            return False
        _told[name] = time.monotonic()
        return True


def tell(name: str, now: datetime | None = None) -> bool:
    """Write to the operators that ``name`` (one of :data:`NAMES`) is unwell, if nobody did within the hour.

    Never raises: an alarm that fails must not break what still works.

    :return: whether a mail left.
    """
    now = now or timezone.now()
    if not settings.OPERATORS or not _first_this_hour(name, now):
        return False
    try:
        mails = [_mail(name, address, now) for address in settings.OPERATORS]
        sent: int = get_connection(timeout=PATIENCE).send_messages(mails) or 0
    except Exception as error:
        log.error("Could not tell the operators that %s is unwell: %s", name, type(error).__name__)
        return False
    return sent > 0


def _mail(name: str, address: str, now: datetime) -> rendering.Mail:
    one = uuid.uuid4()
    row = Message(
        id=one,
        key=f"alert:{name}:{now:%Y%m%d%H}",
        kind=UNWELL.name,
        klass=UNWELL.klass,
        email=address,
        refs={"name": name},
        due_at=now,
        message_id=f"<{one}@{queue_rows.mail_domain()}>",
    )
    return rendering.mail([(row, rendering.render(row, UNWELL))])


def watch(now: datetime | None = None) -> None:
    """Tell the operators of every part that has fallen silent. Never raises."""
    try:
        if settings.OPERATORS:
            for name in health.silent(now):
                tell(name, now)
    except Exception as error:
        log.error("The watch failed: %s", type(error).__name__)


def ping() -> bool:
    """Say to the watchman outside that planner and sender ran. Never raises; no words go along."""
    url = settings.REMINDERS_PING_URL
    if not url.startswith(("https://", "http://")) or {"planner", "sender"} & set(health.silent()):
        return False
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - http or https only, from the settings
            return True
    except Exception as error:
        log.warning("The ping did not arrive: %s", type(error).__name__)
        return False
