"""Registers: what apps add when Django starts, for the ground floor to use without naming the apps above it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Register(Generic[T]):
    """Things of one sort, each known by a key.

    :param name: what the things are called, in the plural, for errors.
    :param key: thing -> what makes two things the same. Without it a thing is its own key.
    :param order: thing -> what to sort by. Without it things stand in the order in which they were registered.
    """

    def __init__(
        self,
        name: str,
        *,
        key: Callable[[T], Hashable] | None = None,
        order: Callable[[T], Any] | None = None,
    ) -> None:
        self.name = name
        self._key = key
        self._order = order
        self._things: dict[Hashable, T] = {}

    def key_of(self, thing: T) -> Hashable:
        """The key under which ``thing`` is found."""
        return self._key(thing) if self._key else thing

    def register(self, thing: T) -> T:
        """Add ``thing`` and return it. An equal one counts once, because ``AppConfig.ready`` may run twice.

        :raises ValueError: its key belongs to a different thing.
        """
        key = self.key_of(thing)
        taken = self._things.setdefault(key, thing)
        if taken != thing:
            raise ValueError(f"Two {self.name} are called {key!r}")
        return taken

    def of(self, key: Hashable) -> T:
        """The thing under ``key``.

        :raises LookupError: nothing is registered there.
        """
        try:
            return self._things[key]
        except KeyError:
            raise LookupError(f"None of the {self.name} is called {key!r}") from None

    def find(self, key: Hashable) -> T | None:
        """The thing under ``key``, or None."""
        return self._things.get(key)

    def __iter__(self) -> Iterator[T]:
        things = list(self._things.values())
        return iter(sorted(things, key=self._order) if self._order else things)

    def __len__(self) -> int:
        return len(self._things)

    def __contains__(self, thing: T) -> bool:
        return self._things.get(self.key_of(thing)) == thing

    @contextmanager
    def opened(self) -> Iterator[dict[Hashable, T]]:
        """For tests: the contents by key, free to be changed; what stood there before comes back at the end."""
        before = dict(self._things)
        try:
            yield self._things
        finally:
            self._things.clear()
            self._things.update(before)

    @contextmanager
    def holding(self, *things: T) -> Iterator[None]:
        """For tests: nothing but ``things``; what stood there before comes back at the end."""
        with self.opened() as contents:
            contents.clear()
            for thing in things:
                self.register(thing)
            yield
