"""The files under ``facts/``, and what an app keeps of them in the database: brought in line after every migration."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from cohort.registers import Register

#: The same safe loader written in C, where PyYAML was built with it: ten times as fast, and a start reads them all.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: ``(name, loader)`` in the order in which apps registered them.
LOADERS: Register[tuple[str, Callable[[], object]]] = Register("loaders of facts", key=lambda row: row[0])


def read(path: Path) -> Any:
    """The content of one YAML file: a copy of the reader's own. The same file is not worked through a second time."""
    state = path.stat()
    return pickle.loads(_content(path, state.st_mtime_ns, state.st_size))  # noqa: S301  made here, never stored


@lru_cache(maxsize=16)
def _content(path: Path, changed: int, size: int) -> bytes:
    """A file as it stood at one moment, in the form that is quickest to copy."""
    return pickle.dumps(yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER))  # noqa: S506  a safe loader


def register(name: str, loader: Callable[[], object]) -> None:
    """Have ``loader()`` run in ``manage.py load_facts``. Running it again must change nothing.

    :raises ValueError: another loader has this name.
    """
    LOADERS.register((name, loader))


def load_all() -> list[str]:
    """Run every loader; returns their names."""
    for _name, loader in LOADERS:
        loader()
    return [name for name, _loader in LOADERS]
