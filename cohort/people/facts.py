"""What an app keeps in the database from the files under ``facts/``: brought in line after every migration."""

from __future__ import annotations

from collections.abc import Callable

_loaders: dict[str, Callable[[], object]] = {}


def register(name: str, loader: Callable[[], object]) -> None:
    """Have ``loader()`` run in ``manage.py load_facts``. Running it again must change nothing."""
    _loaders[name] = loader


def load_all() -> list[str]:
    """Run every loader; returns their names."""
    for loader in _loaders.values():
        loader()
    return list(_loaders)
