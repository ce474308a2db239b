"""The home page: every app says what matters now, for this person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from cohort.registers import Register


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


Provider = Callable[[Any], Iterable[Card]]

#: Providers ``user -> cards``; the user is signed in or a visitor. Each runs a fixed number of statements whatever the
#: the data.
PROVIDERS: Register[Provider] = Register("providers of cards")
register = PROVIDERS.register


def cards_for(user: Any) -> list[Card]:
    """All cards for ``user``, the one that is asked first."""
    found = [card for provider in PROVIDERS for card in provider(user)]
    return sorted(found, key=lambda card: (not card.now, card.weight, card.title))
