"""The demo call and its sixty-four invented applications."""

from __future__ import annotations


def register() -> None:
    """Filled below."""
