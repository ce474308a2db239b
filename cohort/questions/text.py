"""Fill placeholders safely, and tidy what people type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,59})\}")
_OVERRIDES = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


class Said(str):
    """Words that are not in the language of their page: ``lang`` is the language that they are in."""

    lang: str

    def __new__(cls, text: str, lang: str) -> Said:
        made = super().__new__(cls, text)
        made.lang = lang
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.lang


def as_said(text: str, like: str) -> str:
    """``text`` in the language of ``like``."""
    return Said(text, like.lang) if isinstance(like, Said) else text


def fill(text: str, facts: Mapping[str, object]) -> str:
    """``text`` with each ``{name}`` replaced by ``facts["name"]``.

    Only plain names are looked up: no attributes, no indexes, no format codes. A name that is unknown or
    empty stays readable, as its words in brackets: ``{start_date}`` becomes “[start date]”. The language stays.
    """

    def value(match: re.Match[str]) -> str:
        found = facts.get(match[1])
        return str(found) if found not in (None, "") else f"[{match[1].replace('_', ' ')}]"

    return as_said(_PLACEHOLDER.sub(value, text), text)


def names_in(text: str) -> list[str]:
    """The placeholders of a text, in order."""
    return _PLACEHOLDER.findall(text)


def tidy(typed: str, *, lines: bool = False) -> str:
    """What a person typed, without what no keyboard types.

    Line ends become ``\\n`` (or a space when ``lines`` is false), characters are composed (Unicode NFC), and
    control characters, NULs, half surrogates and unassigned specials go. Emoji and every script stay. In one-line
    fields the invisible direction overrides go too: they can make a name read as another.
    """
    text = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    text = "".join(c for c in text if (ord(c) & 0xFFFE) != 0xFFFE)
    if not lines:
        text = text.translate(_OVERRIDES).replace("\n", " ").replace("\t", " ")
    return unicodedata.normalize("NFC", text).strip()
