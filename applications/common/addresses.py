"""Full addresses of pages, for email."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def full_address(name: str, *args: Any) -> str:
    """The full address of page ``name`` of this app; the site's own when the page does not exist here."""
    try:
        return settings.SITE_URL + reverse(f"applications:{name}", args=args)
    except NoReverseMatch:
        return settings.SITE_URL + "/"
