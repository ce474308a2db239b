"""Every address of the project, with ids put in: for tests that must hold for pages which do not exist yet."""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

#: Addresses that end the session of the test, belong to the framework, or never end.
LEFT_OUT = (
    "account_logout",
    "account_reauthenticate",
    "mfa_",
    "usersessions",
    "socialaccount",
    "live_stream",
    "events",
)


def patterns(resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """(full name, converters) of every named address, those of included lists too."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            inner = (*spaces, one.namespace) if one.namespace else spaces
            for name, converters in patterns(one, inner):
                yield name, {**one.pattern.converters, **converters}
        elif isinstance(one, URLPattern) and one.name and not any(part in one.name for part in LEFT_OUT):
            yield ":".join((*spaces, one.name)), dict(one.pattern.converters)


def addresses(ids: Mapping[str, list[Any]]) -> dict[str, frozenset[Any]]:
    """Every address that can be written with ``ids`` (by parameter name, else by kind of parameter: ``uuid``, ``int``,
    ``slug``, ``str``), each with the ids in it."""
    found: dict[str, frozenset[Any]] = {}
    for name, converters in patterns():
        choices = []
        for parameter, converter in converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            choices.append([(parameter, value) for value in ids.get(parameter, ids.get(kind, ["nothing"]))])
        for combination in itertools.product(*choices):
            try:
                path = reverse(name, kwargs=dict(combination))
            except NoReverseMatch:
                continue
            found.setdefault(path, frozenset(value for _parameter, value in combination))
    return found


def said(client: Client, path: str, method: str = "get") -> tuple[int, str]:
    """Status, and body with headers, of one request whose changes are undone. Redirects are not followed:
    where they lead is an address of its own."""
    with transaction.atomic():
        response = getattr(client, method)(path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code, html.unescape(body.decode("utf-8", "replace")) + str(dict(response.headers))
