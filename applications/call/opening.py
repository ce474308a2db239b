"""What must be settled before a call opens. Rooms above register what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from applications.models import Call
from cohort.registers import Register

Check = Callable[[Call], Iterable[Any]]
#: What rooms above ask for, in the order in which they registered it.
CHECKS: Register[Check] = Register("checks before a call opens")


def missing(call: Call) -> list[Any]:
    """What still has to be chosen, as rows that the page of the call can show; empty when the call may open."""
    return [gap for check in CHECKS for gap in check(call)]
