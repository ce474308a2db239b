"""Dates and times in words, with the zone named. Used by the tags `when` and `when_range`, by mail and by forms."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

Zone = str | dt.tzinfo | None

# Names that people use for the zones of the United States and its neighbours. Others are named by their city.
ZONE_WORDS = {
    "America/Los_Angeles": _("Pacific time"),
    "America/Vancouver": _("Pacific time"),
    "US/Pacific": _("Pacific time"),
    "America/Denver": _("Mountain time"),
    "America/Boise": _("Mountain time"),
    "US/Mountain": _("Mountain time"),
    "America/Phoenix": _("Arizona time"),
    "US/Arizona": _("Arizona time"),
    "America/Chicago": _("Central time"),
    "US/Central": _("Central time"),
    "America/New_York": _("Eastern time"),
    "America/Detroit": _("Eastern time"),
    "US/Eastern": _("Eastern time"),
    "America/Anchorage": _("Alaska time"),
    "US/Alaska": _("Alaska time"),
    "Pacific/Honolulu": _("Hawaii time"),
    "US/Hawaii": _("Hawaii time"),
    "America/Puerto_Rico": _("Atlantic time"),
    "America/Halifax": _("Atlantic time"),
    "Pacific/Guam": _("Guam time"),
    "UTC": pgettext_lazy("the time zone", "UTC"),
    "Etc/UTC": pgettext_lazy("the time zone", "UTC"),
}


def zone_of(zone: Zone) -> dt.tzinfo:
    """A time zone from a zone, its name, or None for the reader's own. Unknown names raise ZoneInfoNotFoundError."""
    if zone is None or zone == "":
        return timezone.get_current_timezone()
    return zoneinfo.ZoneInfo(zone) if isinstance(zone, str) else zone


def zone_words(zone: Zone) -> str:
    """What people call ``zone``: "Pacific time", "Arizona time", "Sao Paulo time"."""
    found = zone_of(zone)
    key = getattr(found, "key", None) or str(found)
    if key in ZONE_WORDS:
        return str(ZONE_WORDS[key])
    return gettext("%(city)s time") % {"city": key.rpartition("/")[2].replace("_", " ")}


def local(moment: dt.datetime, zone: Zone) -> dt.datetime:
    """``moment`` on the clocks of ``zone``. A moment without a zone is taken to be on those clocks already."""
    found = zone_of(zone)
    return moment.replace(tzinfo=found) if timezone.is_naive(moment) else moment.astimezone(found)


def day_words(day: dt.date, *, weekday: bool = True, year: bool = True) -> str:
    """ "Thursday 12 February 2026", or "jueves 12 de febrero de 2026" for a reader of Spanish."""
    if (get_language() or "en").startswith("es"):
        pattern = ("l " if weekday else "") + r"j \d\e F" + (r" \d\e Y" if year else "")
    else:
        pattern = ("l " if weekday else "") + "j F" + (" Y" if year else "")
    return formats.date_format(day, pattern)


def clock_words(moment: dt.datetime) -> str:
    """Hours and minutes, 24-hour clock: "10:00"."""
    return moment.strftime("%H:%M")


def _twice(moment: dt.datetime) -> str:
    """In the hour that happens twice when clocks go back, say which of the two is meant; else nothing."""
    if moment.replace(fold=0).utcoffset() <= moment.replace(fold=1).utcoffset():  # type: ignore[operator]
        return ""
    return gettext("after the clocks change") if moment.fold else gettext("before the clocks change")


def _in_zone(moment: dt.datetime, zone: Zone) -> str:
    extra = _twice(moment)
    return f"({zone_words(zone)}, {extra})" if extra else f"({zone_words(zone)})"


def when_words(moment: dt.datetime | dt.date | None, zone: Zone = None) -> str:
    """ "Thursday 12 February 2026, 10:00 (Pacific time)"; a date alone has no time and no zone; None is empty.

    In the hour that clocks repeat in autumn the words say which of the two hours is meant.
    """
    if moment is None:
        return ""
    if not isinstance(moment, dt.datetime):
        return day_words(moment)
    here = local(moment, zone)
    return f"{day_words(here)}, {clock_words(here)} {_in_zone(here, zone)}"


def range_words(start: dt.datetime | None, end: dt.datetime | None, zone: Zone = None) -> str:
    """ "Thursday 12 February 2026, 10:00–12:00 (Pacific time)"; both days are named when they differ."""
    if start is None or end is None:
        return when_words(start or end, zone)
    a, b = local(start, zone), local(end, zone)
    if a.date() == b.date():
        return f"{day_words(a)}, {clock_words(a)}–{clock_words(b)} {_in_zone(a, zone)}"
    first, last = f"{day_words(a)}, {clock_words(a)}", f"{day_words(b)}, {clock_words(b)} {_in_zone(a, zone)}"
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}
