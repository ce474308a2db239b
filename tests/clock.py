"""A clock that a test sets. Everything of ours asks ``timezone.now()``; defaults of model fields keep the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock

from django.core import mail
from django.utils import timezone

from cohort.outbox.delivery import planner, sender


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Inside, it is ``moment``."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


def post(moment: datetime, about: str = "") -> list[tuple[str, str]]:
    """Plan and send as beat would have done at ``moment``: who got mail with which subject, sorted.

    ``about``: only mail with these words in its subject.
    """
    before = len(mail.outbox)
    with clock_at(moment):
        planner.plan_all(moment)
        sender.send_due(moment)
    found = ((one.to[0].partition("<")[2].rstrip(">") or one.to[0], one.subject) for one in mail.outbox[before:])
    return sorted(pair for pair in found if about in pair[1])
