"""What applying shows in the menu and on the home page."""

from __future__ import annotations


def register() -> None:
    """Filled below."""
