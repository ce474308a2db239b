"""The files under ``facts/``, and what an app keeps of them in the database: brought in line after every migration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

#: The same safe loader written in C, where PyYAML was built with it: ten times as fast, and a start reads them all.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_loaders: dict[str, Callable[[], object]] = {}


def read(path: Path) -> Any:
    """The content of one YAML file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506  a safe loader


def register(name: str, loader: Callable[[], object]) -> None:
    """Have ``loader()`` run in ``manage.py load_facts``. Running it again must change nothing."""
    _loaders[name] = loader


def load_all() -> list[str]:
    """Run every loader; returns their names."""
    for loader in _loaders.values():
        loader()
    return list(_loaders)
