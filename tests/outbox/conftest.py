"""Kinds that exist only here, and a fixed hour that is never quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import override_settings

from cohort.outbox import own_kinds
from cohort.outbox.registry import kinds

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
TUESDAY = datetime(2026, 10, 13, 10, 0, tzinfo=LOS_ANGELES)  # 10:00 where the cohort is
REAL = {kind.name: kind for kind in kinds.KINDS}  # what the apps registered when Django started
TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture(autouse=True, scope="package")
def _trial_templates() -> Iterator[None]:
    """Once for this folder: each change of this setting has every template read anew."""
    engine = settings.TEMPLATES[0]
    with override_settings(TEMPLATES=[{**engine, "DIRS": [*engine["DIRS"], TEMPLATES]}]):
        yield


@pytest.fixture(autouse=True)
def _own_register() -> Iterator[None]:
    """Only the outbox's own kinds and those a test registers; what the apps registered comes back afterwards."""
    with kinds.KINDS.holding():
        own_kinds.register()
        yield


@pytest.fixture
def trial(_own_register: None) -> Iterator[Callable[..., kinds.MessageKind]]:
    """Register a kind for this test: ``trial("b", klass="B", …)``."""

    def make(name: str = "trial", **fields: Any) -> kinds.MessageKind:
        values = {"klass": "A", "title": name.title(), "template": "trial/plain", **fields}
        contents.pop(name, None)
        return kinds.register(kinds.MessageKind(name=name, **values))

    with kinds.KINDS.opened() as contents:
        yield make
