"""How often one request asks for a call's form, settings and placeholders: counted, not timed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from django.conf import settings

from applications.common import call_forms, placeholders
from applications.form_definition import asking
from applications.records.exports import columns

ROOT = f"{settings.BASE_DIR}/"
COUNTED = {
    function.__code__: function.__name__
    for function in (
        call_forms.form_for_call,
        call_forms.settings_of,
        placeholders.facts_for,
        asking.wanting,
        columns.asked,
    )
}


@dataclass(frozen=True)
class Work:
    """What was done: how often each counted function was entered, and how much of this project altogether."""

    entered: dict[str, int]
    files: int
    calls: int


def work_of(act: Callable[[], Any]) -> Work:
    """Do ``act`` in this thread and count what it enters.

    ``form_of`` answers from the process's memory without entering a function of ours, so its own count is taken.
    """
    entered: Counter[str] = Counter()
    files: Counter[str] = Counter()

    def entering(frame: FrameType, event: str, argument: object) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(ROOT) and not name.startswith((f"{ROOT}tests/", f"{ROOT}.venv/")):
            files[name] += 1
            if frame.f_code in COUNTED:
                entered[COUNTED[frame.f_code]] += 1

    before, outside = call_forms.form_of.cache_info(), sys.getprofile()
    sys.setprofile(entering)
    try:
        act()
    finally:
        sys.setprofile(outside)
    after = call_forms.form_of.cache_info()
    entered["form_of"] = after.hits + after.misses - before.hits - before.misses
    return Work({name: n for name, n in sorted(entered.items()) if n}, len(files), sum(files.values()))
