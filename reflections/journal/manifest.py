"""Which program the journal page runs: every file, its address, its SHA-384. The page and the checks read it here."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static

FOLDER = settings.BASE_DIR / "static" / "journal"
ENTRY = "journal/app.js"


@dataclass(frozen=True)
class File:
    """One file of the page: name in the source tree, address it is served from, integrity value of what is served."""

    name: str
    url: str
    integrity: str


def digest(raw: bytes, algorithm: str = "sha384") -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, raw).digest()).decode()}"


def _served(name: str) -> bytes:
    """The bytes as they will be served: of the collected copy when there is one, else of the source."""
    stored = getattr(staticfiles_storage, "stored_name", lambda given: given)(name)
    found = finders.find(name) if settings.DEBUG or not staticfiles_storage.exists(stored) else None
    if isinstance(found, str):
        with open(found, "rb") as source:
            return source.read()
    with staticfiles_storage.open(stored) as source:
        return bytes(source.read())


def _read() -> tuple[File, ...]:
    names = sorted(f"journal/{path.name}" for path in FOLDER.iterdir() if path.suffix in {".js", ".css"})
    return tuple(File(name, static(name), digest(_served(name))) for name in names)


_cached = lru_cache(maxsize=1)(_read)


def files() -> tuple[File, ...]:
    """All files, by name. Read once, except while developing."""
    return _read() if settings.DEBUG else _cached()


def modules() -> dict[str, File]:
    return {file.name: file for file in files() if file.name.endswith(".js")}


def import_map() -> str:
    """The page's import map: where each module is served from, and what its bytes must hash to.

    Modules import each other by plain relative names; the map sends those to the hashed names of a collected tree.
    """
    plain = {name: f"{base_url()}{name}" for name in modules()}
    return json.dumps(
        {
            "imports": {plain[name]: file.url for name, file in modules().items() if plain[name] != file.url},
            "integrity": {file.url: file.integrity for file in modules().values()},
        },
        sort_keys=True,
        separators=(",", ":"),
    )


def base_url() -> str:
    """The address of the static tree, with its slash."""
    return settings.STATIC_URL if settings.STATIC_URL.endswith("/") else f"{settings.STATIC_URL}/"


def as_json() -> dict[str, object]:
    """For ``/.well-known/cohort-journal.json`` and for the release: what anybody can check from outside."""
    return {
        "format": "cohort-journal-manifest",
        "v": 1,
        "files": [{"path": f"static/{file.name}", "url": file.url, "integrity": file.integrity} for file in files()],
        "import_map": digest(import_map().encode(), "sha256"),
    }


def source_lines() -> str:
    """Path and SHA-384 of each source file, one a line: what ``journal_manifest --check`` compares."""
    return "".join(
        f"{digest(path.read_bytes())}  static/journal/{path.name}\n"
        for path in sorted(FOLDER.iterdir())
        if path.suffix in {".js", ".css"}
    )
