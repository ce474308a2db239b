"""The page that runs the journal. It is the same, byte for byte, for everybody: it knows nothing of who asks."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from reflections.journal import manifest

DAY = 86_400


def _policy(request: HttpRequest, import_map: str) -> str:
    """Only our own files of one folder may run, nothing may be sent elsewhere, and no text becomes markup."""
    folder = request.build_absolute_uri(f"{manifest.base_url()}journal/")
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {folder} '{manifest.digest(import_map.encode(), 'sha256')}'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The journal page. It asks for no user, no session and no token, so nothing of them can be in it."""
    import_map = manifest.import_map()
    with translation.override(settings.LANGUAGE_CODE):  # its program speaks this language only, so the page does too
        response = render(
            None,  # type: ignore[arg-type]  # no request, so that no context processor can add anything personal
            "reflections/journal/shell.html",
            {"import_map": import_map, "entry": manifest.modules()[manifest.ENTRY]},
        )
    response["Content-Security-Policy"] = _policy(request, import_map)
    response["Integrity-Policy"] = "blocked-destinations=(script)"
    response["Cross-Origin-Opener-Policy"] = "same-origin"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@cache_control(public=True, max_age=300)
def well_known(request: HttpRequest) -> JsonResponse:
    """What the page runs, for anyone who wants to compare from outside."""
    return JsonResponse(manifest.as_json(), json_dumps_params={"indent": 2})


@lru_cache(maxsize=1)
def _common() -> bytes:
    return "\n".join(sorted(CommonPasswordValidator().passwords)).encode()


@require_safe
@cache_control(public=True, max_age=DAY)
def common_passwords(request: HttpRequest) -> HttpResponse:
    """The well-known passwords that Django ships, one a line, so that the browser can refuse them without asking us."""
    return HttpResponse(_common(), content_type="text/plain; charset=utf-8")
