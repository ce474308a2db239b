"""Codes of the pure modules, in words for facilitators."""

from __future__ import annotations

from django.utils.translation import ngettext


def reason(code: str, number: int) -> str:
    """One reason of a table draw."""
    words = {
        "tables": lambda: ngettext("%(n)s table.", "%(n)s tables.", number),
        "new_pairs": lambda: ngettext(
            "%(n)s pair of people sits together for the first time.",
            "%(n)s pairs of people sit together for the first time.",
            number,
        ),
        "repeat_pairs": lambda: ngettext(
            "%(n)s pair has shared a table before.", "%(n)s pairs have shared a table before.", number
        ),
        "same_employer": lambda: ngettext(
            "%(n)s pair works for the same organization.", "%(n)s pairs work for the same organization.", number
        ),
        "same_sector": lambda: ngettext(
            "%(n)s pair works in the same sector.", "%(n)s pairs work in the same sector.", number
        ),
        "apart_kept": lambda: ngettext("%(n)s pair is kept apart.", "%(n)s pairs are kept apart.", number),
        "apart_broken": lambda: ngettext(
            "%(n)s pair could not be kept apart.", "%(n)s pairs could not be kept apart.", number
        ),
    }
    return words[code]() % {"n": number} if code in words else ""
