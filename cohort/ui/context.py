"""What every page needs around its content."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cohort.ui import nav


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Menu (of the roles that came with the reader) and whether this is a local stack."""

    def menu() -> list[nav.Place]:
        user = getattr(request, "user", None)
        roles: frozenset[str] = frozenset()
        if user is not None and user.is_authenticated:
            roles = user.current_roles()
        return nav.places_for(request, roles)

    return {
        "menu": SimpleLazyObject(menu),
        "languages": settings.LANGUAGES,
        "help_email": getattr(settings, "HELP_EMAIL", "") or parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "local_stack": settings.EMBEDDED,
        "debug_tools": settings.DEBUG,
    }
