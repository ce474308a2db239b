from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request in Spanish leaves its language behind in the thread; these tests compare English words."""
    with translation.override("en"):
        yield
