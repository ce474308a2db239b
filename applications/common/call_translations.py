"""What a call says in another language: its page, its lines and its facts, beside the English ones.

Words are kept with the English that they were written for, as in the form
(:mod:`applications.form_definition.translations`). While they are missing or older, people read the English, and the
page says which language that is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language

from applications.form_definition.translations import READY, TextPair, stand
from applications.models import Call, PageItem
from cohort.questions.text import Said

TEXTS = ("title", "summary", "opening", "cost")
FACTS = ("session_dates", "committee_list")


def in_words(english: str, others: Mapping[str, Any], key: str) -> str:
    """A text in the language of the page; else in English, which says so."""
    tongue = (get_language() or "en").partition("-")[0]
    if tongue == "en" or not english:
        return english
    words, state, _before = stand({"en": english, **_found(others, key)}, {}, tongue)
    return words if state == READY else Said(english, "en")


def _found(others: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = others.get(key)
    return dict(found) if isinstance(found, Mapping) else {}


def said(call: Call, name: str) -> str:
    """One of ``TEXTS`` of a call in the language of the page."""
    return in_words(str(getattr(call, name)), call.other_words, name)


def facts(call: Call) -> dict[str, str]:
    """The facts of a call that are words, in the language of the page."""
    return {
        name: in_words(str(call.facts[name]), call.other_words, f"fact.{name}")
        for name in FACTS
        if call.facts.get(name)
    }


def texts(call: Call, tongue: str) -> list[TextPair]:
    """Every text that coordinators wrote for the page, in its order, with how it stands in ``tongue``
    (one statement). ``owner`` is the part of the page; a line's path holds its id."""
    found = []
    for path, owner, kind, english, others in _places(call):
        words, state, before = stand({"en": english, **_found(others, path.rpartition("/")[2])}, {}, tongue)
        found.append(TextPair(path, owner, kind, english, words, state, before))
    return found


def mark(found: list[TextPair]) -> str:
    """A short mark of the English texts: another one means that somebody changed the page."""
    return hashlib.sha256("\0".join(f"{t.path}\0{t.english}" for t in found).encode()).hexdigest()[:16]


def _places(call: Call) -> Iterator[tuple[str, str, str, str, Mapping[str, Any]]]:
    for name in TEXTS:
        if getattr(call, name):
            yield name, "", name, str(getattr(call, name)), call.other_words
    for name in FACTS:
        if call.facts.get(name):
            yield f"fact.{name}", "", name, str(call.facts[name]), call.other_words
    own = [part for part in PageItem.Part.values if part in call.own_parts]
    for row in PageItem.objects.filter(call=call, part__in=own, removed_at__isnull=True).order_by("part", "place"):
        yield f"{row.pk}/title", row.part, f"{row.part}_title", row.title, row.other_words
        if row.words:
            yield f"{row.pk}/words", row.part, f"{row.part}_words", row.words, row.other_words
