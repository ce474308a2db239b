"""All that the public call page shows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import get_language

from applications.models import Call
from applications.queries import calls, page
from applications.queries.spoken import in_words


def page_context(call: Call, now: dt.datetime, lines: page.Lines | None = None) -> dict[str, Any]:
    """The context of the call page (five statements at most).

    :param lines: lines that are not saved yet, for a look at them.
    """
    lines = page.lines(call) if lines is None else lines
    facts = calls.facts_for(call)
    cohort = {name: in_words(getattr(call.cohort, name), {}, "") for name in ("domain", "community", "practice")}
    return {
        "call": call,
        "cohort": call.cohort,
        "zone": call.cohort.zone,
        "door": calls.door(call, now),
        "facts": facts,
        "timeline": calls.timeline(call, now, [(row.on, row.title) for row in lines["date"] if row.on]),
        "rubric": calls.rubric_for_call(call),
        "lines": lines,
        "about": cohort,
        "identity_chooses": calls.identity_that_chooses(call, calls.form_for_call(call, get_language() or "en")),
    }
