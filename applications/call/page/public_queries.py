"""All that the public call page shows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import get_language

from applications.call import queries
from applications.call.page import queries as page_queries
from applications.common import call_forms, placeholders
from applications.common.call_translations import in_words
from applications.models import Call


def page_context(call: Call, now: dt.datetime, lines: page_queries.Lines | None = None) -> dict[str, Any]:
    """The context of the call page (five statements at most).

    :param lines: lines that are not saved yet, for a look at them.
    """
    lines = page_queries.lines(call) if lines is None else lines
    facts = placeholders.facts_for(call)
    cohort = {name: in_words(getattr(call.cohort, name), {}, "") for name in ("domain", "community", "practice")}
    return {
        "call": call,
        "cohort": call.cohort,
        "zone": call.cohort.zone,
        "door": queries.door(call, now),
        "facts": facts,
        "timeline": queries.timeline(call, now, [(row.on, row.title) for row in lines["date"] if row.on]),
        "rubric": call_forms.rubric_for_call(call),
        "lines": lines,
        "about": cohort,
        "identity_chooses": call_forms.identity_that_chooses(
            call, call_forms.form_for_call(call, get_language() or "en")
        ),
    }
