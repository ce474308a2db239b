"""Questions worth writing about: every app may offer some, and the journal shows them to the person who asks.

What a person chose, and whether they wrote at all, stays inside their encrypted entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from cohort.registers import Register


@dataclass(frozen=True)
class Prompt:
    """One question. ``id`` lasts (it is kept inside the entry), ``source`` says where it comes from, in a few words.

    ``weight`` orders them, lowest first: what was asked lately stands before what is always there.
    """

    id: str
    text: str
    source: str = ""
    weight: int = 50


Provider = Callable[[Any], Iterable[Prompt]]

#: Providers ``user -> prompts``; the user is signed in or a visitor. Each runs a fixed number of statements whatever
#: the data.
PROVIDERS: Register[Provider] = Register("providers of prompts")
register = PROVIDERS.register


def prompts_for(user: Any) -> list[Prompt]:
    """All prompts offered to ``user``, by weight; each id once, each provider in its own order."""
    found: dict[str, Prompt] = {}
    for provider in PROVIDERS:
        for prompt in provider(user):
            found.setdefault(prompt.id, prompt)
    return sorted(found.values(), key=lambda prompt: prompt.weight)
