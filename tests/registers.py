"""The registers that the apps fill when Django starts, so that what a test adds or takes away is gone after it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

#: Module and name of each register: a list or a dictionary that changes in place.
REGISTERS = (
    ("cohort.outbox.feeds", "_providers"),
    ("cohort.outbox.kinds", "_kinds"),
    ("cohort.outbox.kinds", "_ties"),
    ("cohort.outbox.moments", "_sources"),
    ("cohort.outbox.news", "_providers"),
    ("cohort.people.demo", "_loaders"),
    ("cohort.people.facts", "_loaders"),
    ("cohort.ui.cards", "_providers"),
    ("cohort.ui.nav", "_providers"),
    ("cohort.ui.prompts", "_providers"),
    ("cohort.ui.rescue", "_rescuers"),
    ("sessions.hooks", "_ended"),
)


def registers() -> list[Any]:
    """Every register, as it is filled now."""
    return [getattr(sys.modules[module], name) for module, name in REGISTERS]


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Give every register back what it held before this block."""
    before = [(register, register.copy()) for register in registers()]
    try:
        yield
    finally:
        for register, held in before:
            if register != held or list(register) != list(held):
                register.clear()
                if isinstance(register, dict):
                    register.update(held)
                else:
                    register.extend(held)
