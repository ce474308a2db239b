"""The demo's call page, questions and partners."""

from __future__ import annotations


def register() -> None:
    """Filled below."""
