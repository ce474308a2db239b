"""Questions worth writing about: every app may offer some, and the journal shows them to the person who asks.

What a person chose, and whether they wrote at all, stays inside their encrypted entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cohort.people.models import User


@dataclass(frozen=True)
class Prompt:
    """One question. ``id`` lasts (it is kept inside the entry), ``source`` says where it comes from, in a few words.

    ``weight`` orders them, lowest first: what was asked lately stands before what is always there.
    """

    id: str
    text: str
    source: str = ""
    weight: int = 50


Provider = Callable[[User], Iterable[Prompt]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a provider. It runs a fixed number of statements whatever the data."""
    if provider not in _providers:
        _providers.append(provider)


def prompts_for(user: User) -> list[Prompt]:
    """All prompts offered to ``user``, by weight; each id once, each provider in its own order."""
    found: dict[str, Prompt] = {}
    for provider in _providers:
        for prompt in provider(user):
            found.setdefault(prompt.id, prompt)
    return sorted(found.values(), key=lambda prompt: prompt.weight)
