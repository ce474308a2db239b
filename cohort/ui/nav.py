"""The main menu: every app adds its places, for those who may go there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from cohort.registers import Register


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    weight: int = 50


Provider = Callable[[HttpRequest, frozenset[str]], Iterable[Place]]

#: Providers ``(request, roles) -> places``. ``roles`` are all roles that the reader holds in any cohort, already
#: fetched: a provider makes no statement.
PROVIDERS: Register[Provider] = Register("providers of places")
register = PROVIDERS.register


def places_for(request: HttpRequest, roles: frozenset[str]) -> list[Place]:
    found = [place for provider in PROVIDERS for place in provider(request, roles)]
    return sorted(found, key=lambda place: (place.weight, place.label))
