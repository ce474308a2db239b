"""Which language a person reads: what they chose last, on every device and in every mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import translation

from cohort.people.models import User

CODES = frozenset(code for code, _name in settings.LANGUAGES)


def current() -> str:
    """The language of the words now, as one of :data:`CODES`."""
    code = (translation.get_language() or "en").partition("-")[0]
    return code if code in CODES else "en"


def choose(*, user: User, code: str) -> None:
    """Keep a choice, so that pages on other devices and all mail follow it. Other codes change nothing."""
    if code in CODES and code != user.language:
        User.objects.filter(pk=user.pk).update(language=code)
        user.language = code


def speak(request: HttpRequest, user: Any) -> None:
    """Show this page in the language that a signed-in reader chose; visitors keep that of their browser."""
    code = getattr(user, "language", "")
    if code in CODES and code != current():
        translation.activate(code)
        request.LANGUAGE_CODE = code  # type: ignore[attr-defined]


def _take_along(sender: object, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Who chose a language as a visitor and signs in then keeps it."""
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "") if request is not None else ""
    choose(user=user, code=code)


def register() -> None:
    user_logged_in.connect(_take_along, dispatch_uid="cohort.people.languages")
