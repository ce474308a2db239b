"""What a web process does before it takes its first request, so that nobody waits for what could be ready."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import Error, connection
from django.template import TemplateSyntaxError, loader
from django.urls import get_resolver
from django.utils import translation

from cohort.server.handler import Handler
from cohort.server.threads import Threads, health, pages

log = logging.getLogger(__name__)


def application(ready: Callable[[], object] = lambda: None) -> Handler:
    """The application of a web process: loaded, then ``ready`` is waited for, then connected."""
    made = Handler()
    load()
    ready()
    for threads in (pages, health):
        connect(threads)
    return made


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
    folders += [Path(app.path) / "templates" for app in apps.get_app_configs() if app.name.startswith("crispy")]
    for folder in folders:
        for path in sorted(folder.rglob("*.html")):
            yield str(path.relative_to(folder))
