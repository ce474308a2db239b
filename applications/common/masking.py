"""Take a writer's own name, organization and contact out of what they wrote, before a reader sees it.

Pure. Blind reading is promised for fields; people still sign their sentences. Exact names, the
organization, e-mail addresses, telephone numbers and web addresses are replaced; meaning that only
a person can see (“the only clinic on the island”) is left to staff, who can redact by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"
# The look back keeps a long run of letters without an @ from being tried again at each of its letters.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\d-])(?:\+?\d[\s().-]{0,2}){9,14}\d(?!\d)|\(?\b\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b")


def _loose(phrase: str) -> str:
    """The phrase as a pattern: any space or mark between its words, so that a line break hides nothing."""
    return r"[\s\W_]{1,3}".join(re.escape(word) for word in re.findall(r"\w+", phrase))


def mask(text: str, *, names: Iterable[str] = (), phrases: Iterable[str] = ()) -> str:
    """``text`` with everything hidden that says outright who wrote it.

    ``phrases`` (organizations, addresses, telephone numbers) go wherever they stand, in any case.
    ``names`` (of people) go whole in any case, and word by word where a word of three letters or
    more stands with a capital, so that “hope” stays while “Hope” and “HOPE” go.
    """
    names, phrases = [name for name in names if name.strip()], [phrase for phrase in phrases if phrase.strip()]
    for pattern in (_EMAIL, _WEB, _PHONE):
        text = pattern.sub(HIDDEN, text)
    whole = {*phrases, *(name for name in names if len(name.split()) > 1)}
    for phrase in sorted(whole, key=lambda p: (-len(p), p)):
        if loose := _loose(phrase):
            text = re.sub(rf"(?<!\w){loose}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    words = {word for name in names for word in re.findall(r"[^\W\d_]{3,}", name)}
    if words:
        words = {form for word in words for form in (word[0].upper() + word[1:], word.title(), word.upper())}
        either = "|".join(sorted(map(re.escape, words), key=lambda w: (-len(w), w)))
        text = re.sub(rf"(?<!\w)(?:{either})(?!\w)", HIDDEN, text)
    return text
