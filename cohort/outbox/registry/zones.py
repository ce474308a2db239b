"""The time zone that a message's hour is decided in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from cohort.outbox.models import Message
from cohort.outbox.registry import wall_time


def zone_of(message: Message) -> ZoneInfo:
    """The recipient's own zone, else the cohort's; never the server's."""
    return wall_time.zone_named(
        message.recipient.time_zone if message.recipient else "",
        message.cohort.time_zone if message.cohort else "",
        message.time_zone,
    )
