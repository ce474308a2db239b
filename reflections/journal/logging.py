"""Keeps the ids of journal records out of what is logged about requests."""

from __future__ import annotations

import logging
import re

_RECORD = re.compile(r"(/journal/api/records/)[A-Za-z0-9_-]{22}")
LOGGERS = ("django.request", "django.security.csrf", "django.server", "granian.access", "_granian")


class HideRecordIds(logging.Filter):
    """Writes ``…`` in the place of a record id. Never drops a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _RECORD.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


def install() -> None:
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, HideRecordIds) for one in logger.filters):
            logger.addFilter(HideRecordIds())
