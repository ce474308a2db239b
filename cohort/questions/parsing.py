"""Read single pieces of raw data: what does not fit becomes the empty value, never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
CODE = re.compile(r"[A-Za-z0-9_.\-]{1,40}\Z")


def items(raw: object) -> list[Any]:
    return list(raw) if isinstance(raw, list | tuple) else []


def is_name(raw: object) -> bool:
    return isinstance(raw, str) and bool(NAME.match(raw))


def name(raw: object) -> str:
    return raw if isinstance(raw, str) and NAME.match(raw) else ""


def token(raw: object) -> str:
    return raw if isinstance(raw, str) and re.fullmatch(r"[a-z][a-z\- ]{0,40}", raw) else ""


def number(raw: object, low: int, high: int, otherwise: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        return otherwise
    return raw if low <= raw <= high else (high if raw > high else otherwise)


def codes(raw: object) -> frozenset[str]:
    if isinstance(raw, str):
        return frozenset({raw})
    return frozenset(item for item in items(raw) if isinstance(item, str))


def conditions(raw: object) -> tuple[tuple[str, frozenset[str]], ...]:
    if not isinstance(raw, Mapping):
        return ()
    return tuple((key, codes(wanted)) for key, wanted in raw.items() if is_name(key))
