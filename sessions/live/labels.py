"""Words for what the live room offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.live.retiming import How, Option


def option(found: Option, titles: Mapping[str, str], before: Mapping[str, int]) -> dict[str, Any]:
    """One way to end in time: a heading, what changes line by line, and what it asks of the room."""
    changes = [
        _("%(title)s: %(before)s → %(after)s minutes") % {"title": titles[key], "before": before[key], "after": minutes}
        for key, minutes in found.minutes
        if minutes != before[key]
    ]
    changes += [_("Left for another session: %(title)s") % {"title": titles[key]} for key in found.left_out]
    heading = {
        How.AS_PLANNED: _("Keep the plan"),
        How.SHORTEN: _("Shorten what can give"),
        How.LEAVE_OUT: _("Leave something for another session"),
        How.END_LATER: _("End later"),
    }[found.how]
    note = ""
    if found.later:
        note = ngettext(
            "Ends %(n)s minute later. Ask the room first.", "Ends %(n)s minutes later. Ask the room first.", found.later
        ) % {"n": found.later}
    elif found.spare:
        note = ngettext("%(n)s minute to spare.", "%(n)s minutes to spare.", found.spare) % {"n": found.spare}
    return {"heading": heading, "changes": changes, "note": note}
