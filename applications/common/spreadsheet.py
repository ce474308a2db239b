"""Cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

#: Signs that start a formula; the wide forms count too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 cannot hold these


def safe(text: str) -> str:
    """``text`` without characters that a sheet cannot hold, and never read as a formula (OWASP, CSV injection).

    A cell that begins with a sign that starts a formula, also after spaces, gets an apostrophe in front.
    """
    text = _CONTROL.sub("", text)
    return f"'{text}" if text.lstrip(" \u00a0\ufeff")[:1] in _FORMULA else text
