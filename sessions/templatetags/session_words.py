"""Clock faces and small words of session pages: `{% load session_words %}`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.ui import times

register = template.Library()


@register.filter
def clock_face(seconds: float) -> str:
    """Seconds left as minutes and seconds: 760 -> "12:40"; over time: -80 -> "+1:20". live.js says the same."""
    whole = round(abs(seconds))
    face = f"{whole // 60}:{whole % 60:02d}"
    return f"+{face}" if seconds < 0 and whole else face


@register.filter
def clock_words(seconds: float) -> str:
    """The same for a screen reader, in whole minutes."""
    minutes = int(abs(seconds) // 60)
    if seconds < 0:
        return ngettext("%(n)s minute over", "%(n)s minutes over", minutes) % {"n": minutes}
    return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": minutes}


@register.simple_tag
def at_clock(moment: str | datetime | None, zone: times.Zone = None) -> SafeString:
    """Hours and minutes of an ISO moment, as a <time> element."""
    if not moment:
        return SafeString("")
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), times.clock_words(times.local(when, zone)))


@register.filter
def pace(minutes: int) -> str:
    """Ahead or behind, as a sentence."""
    if minutes > 0:
        words = ngettext("You are %(n)s minute ahead.", "You are %(n)s minutes ahead.", minutes)
    elif minutes < 0:
        words = ngettext("You are %(n)s minute behind.", "You are %(n)s minutes behind.", -minutes)
    else:
        return _("You are on time.")
    return words % {"n": abs(minutes)}


@register.filter
def minutes_words(minutes: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


@register.filter
def dashes(text: str) -> list[str]:
    """A text's lines, without empty ones, for a list."""
    return [line.strip() for line in str(text).splitlines() if line.strip()]


@register.simple_tag
def state_mark(session: Any) -> SafeString:
    """The state of a session as a mark."""
    look = {"draft": "todo", "published": "done", "running": "now", "ended": "todo", "cancelled": "bad"}
    return format_html('<span class="state {}">{}</span>', look[session.state], session.get_state_display())
