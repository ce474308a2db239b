"""The registers that the apps fill when Django starts, so that what a test adds or takes away is gone after it."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator
from typing import Any

from cohort.registers import Register

APPS = ("applications", "cohort", "reflections", "sessions")


@functools.cache
def registers() -> list[Register[Any]]:
    """Every register, each once. Django has imported the apps with their registers before the first test."""
    modules = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in APPS]
    found = {id(thing): thing for module in modules for thing in vars(module).values() if isinstance(thing, Register)}
    return list(found.values())


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Give every register back what it held before this block."""
    with contextlib.ExitStack() as stack:
        for register in registers():
            stack.enter_context(register.opened())
        yield
