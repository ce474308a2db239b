"""The home page: every app says what matters now, for this person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cohort.people.models import User


@dataclass(frozen=True)
class Card:
    """One card. ``weight`` orders them, lowest first; ``now`` marks the one thing asked (shown large)."""

    title: str
    body: str
    url: str = ""
    action: str = ""  # words on the button
    eyebrow: str = ""
    weight: int = 50
    now: bool = False


Provider = Callable[[User], Iterable[Card]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a provider. It runs a fixed number of statements whatever the data."""
    if provider not in _providers:
        _providers.append(provider)


def cards_for(user: User) -> list[Card]:
    """All cards for ``user``, the one that is asked first."""
    found = [card for provider in _providers for card in provider(user)]
    return sorted(found, key=lambda card: (not card.now, card.weight, card.title))
