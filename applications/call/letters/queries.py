"""Which words of a letter stand when."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language

from applications.call.letters.templates import KINDS, LetterTemplate, standard
from applications.models import Call, LetterText


def text_for(call: Call, name: str, *, at: datetime | None = None, language: str = "") -> LetterTemplate:
    """The text of a letter as it stood at ``at`` (now when not given), in one statement.

    In the reader's language when coordinators wrote one; else the English one that they wrote, because it may say
    what the standard letter does not; else the standard letter.
    """
    if call._state.adding:  # an example: nobody has changed its letters
        return standard(name)
    language = language or (get_language() or "en")[:2]
    rows = LetterText.objects.filter(call=call, name=name, language__in={language, "en"})
    if at is not None:
        rows = rows.filter(made_at__lte=at)
    newest = {row.language: row for row in rows.order_by("language", "-made_at").distinct("language")}
    for code in (language, "en"):
        row = newest.get(code)
        if row is not None and row.body:
            return LetterTemplate(row.subject, row.body, edited=True, language=code)
    return standard(name)


def versions(call: Call, name: str, language: str, most: int = 20) -> list[LetterText]:
    """The versions of one letter in one language, newest first, with who made them."""
    rows = LetterText.objects.filter(call=call, name=name, language=language).select_related("made_by")
    return list(rows.order_by("-made_at")[:most])


def edited(call: Call) -> dict[str, dict[str, LetterText]]:
    """Per letter and language, the version in force that coordinators wrote (one statement)."""
    found: dict[str, dict[str, LetterText]] = {name: {} for name in KINDS}
    rows = LetterText.objects.filter(call=call).select_related("made_by").order_by("name", "language", "-made_at")
    for row in rows.distinct("name", "language"):
        if row.body and row.name in found:
            found[row.name][row.language] = row
    return found
