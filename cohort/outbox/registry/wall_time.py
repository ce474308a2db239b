"""Local wall time: what a clock on the wall shows, turned into a moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Used when neither person nor cohort names a zone (an address outside any cohort).
FALLBACK = ZoneInfo("UTC")
QUIET_FROM, QUIET_UNTIL = time(20), time(8)


def at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The moment when clocks in ``zone`` show ``wall`` on ``day``.

    An hour that the clock change skips gives the next minute that exists; an hour that comes twice gives the first.
    """
    naive = datetime.combine(day, wall.replace(tzinfo=None, fold=0))
    local = naive.replace(tzinfo=zone)
    back = local.astimezone(ZoneInfo("UTC")).astimezone(zone)
    if back.replace(tzinfo=None) == naive:
        return local
    # Skipped: step minute by minute to the first wall time that exists (a gap is an hour, rarely more).
    step = naive.replace(second=0, microsecond=0)
    for _ in range(26 * 60):
        step += timedelta(minutes=1)
        local = step.replace(tzinfo=zone)
        if local.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) == step:
            return local
    raise ValueError(f"No such time in {zone.key}: {naive}")  # pragma: no cover - no zone has such a gap


def zone_named(*names: str | None) -> ZoneInfo:
    """The first of ``names`` that is a time zone; UTC when none is."""
    for name in names:
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return FALLBACK


def next_kind_hour(moment: datetime, zone: ZoneInfo, *, weekdays_only: bool = False) -> datetime:
    """``moment`` itself when it is outside quiet hours (20:00 to 08:00 in ``zone``), else the end of them.

    With ``weekdays_only`` Saturdays and Sundays are quiet all day.
    """
    local = moment.astimezone(zone)
    day = local.date()
    quiet = not QUIET_UNTIL <= local.time() < QUIET_FROM
    if not quiet and not (weekdays_only and day.weekday() >= 5):
        return moment
    if local.time() >= QUIET_UNTIL:  # today is over, or is a weekend day
        day += timedelta(days=1)
    while weekdays_only and day.weekday() >= 5:
        day += timedelta(days=1)
    return at(day, QUIET_UNTIL, zone)
