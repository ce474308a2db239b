"""What is new in a cohort, for the weekly message. Every app may tell something; nothing private, and no names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from cohort.people.models import Cohort
from cohort.registers import Register


@dataclass(frozen=True)
class News:
    """One line: ``words`` in the language that is active, and the ``path`` of the page behind it."""

    words: str
    path: str
    weight: int = 50


#: cohort, since, until -> what any member may know that changed in that time.
Provider = Callable[[Cohort, datetime, datetime], Iterable[News]]
PROVIDERS: Register[Provider] = Register("providers of news")
register = PROVIDERS.register


def of(cohort: Cohort, since: datetime, until: datetime) -> list[News]:
    """All that is new in ``cohort``, by weight."""
    found = [item for provider in PROVIDERS for item in provider(cohort, since, until)]
    return sorted(found, key=lambda item: item.weight)
