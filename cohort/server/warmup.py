"""What a web process does before it takes its first request, so that nobody waits for what could be ready."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.db import Error, connection
from django.forms.renderers import get_default_renderer
from django.shortcuts import resolve_url
from django.template import TemplateSyntaxError, loader
from django.urls import get_resolver
from django.utils import translation

from cohort.server.handler import Handler
from cohort.server.threads import Threads, health, pages

log = logging.getLogger(__name__)
FOREIGN = ("crispy_forms", "allauth")  # packages whose templates our pages use


def application(ready: Callable[[], object] = lambda: None, *, at_once: bool = True) -> Handler:
    """The application of a web process: warm, then ``ready`` is waited for, then connected.

    Without ``at_once`` it serves first and gets warm beside that, for a start that somebody waits for.
    """
    made = Handler()
    if at_once:
        warm(made)
    ready()
    for threads in (pages, health):
        connect(threads)
    if not at_once:
        threading.Thread(target=warm, args=(made,), name="warm-up", daemon=True).start()
    return made


def warm(handler: Handler) -> None:
    load()
    try_out(handler)


def load() -> None:
    """Load all that needs no database: addresses and what they import, words of both languages, and templates."""
    resolver = get_resolver()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Home")
            resolver._populate()  # patterns by name, which Django keeps for each language
    for name in _names_of_templates():
        # A template of a package may need what only that package's own pages give it.
        with contextlib.suppress(TemplateSyntaxError):
            loader.get_template(name)
    renderer = get_default_renderer()  # forms have an engine of their own
    for path in (Path(forms.__file__).parent / "templates").rglob("*.html"):
        renderer.get_template(str(path.relative_to(Path(forms.__file__).parent / "templates")))


def try_out(handler: Handler) -> None:
    """Make one page that needs no database in each language, so that all that a page passes has been used once."""
    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name.lstrip(".*")), "localhost")
    for code, _name in settings.LANGUAGES:
        headers = [(b"host", host.encode()), (b"accept-language", code.encode()), (b"x-forwarded-proto", b"https")]
        path = resolve_url(settings.LOGIN_URL)
        handler.make(
            {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}, BytesIO()
        )


def connect(threads: Threads) -> None:
    """Have each thread open its connection; a database that is away is for the first request to find."""

    def one() -> None:
        try:
            connection.ensure_connection()
        except Error as error:
            log.warning("Not connected yet (%s)", type(error).__name__)

    threads.on_each(one)


def _names_of_templates() -> Iterator[str]:
    directories: Any = settings.TEMPLATES[0]["DIRS"]
    folders = [Path(folder) for folder in directories]
    folders += [Path(app.path) / "templates" for app in apps.get_app_configs() if app.name.startswith(FOREIGN)]
    for folder in folders:
        for path in sorted(folder.rglob("*.html")):
            yield str(path.relative_to(folder))
