"""Pages as a reader has them: how their source is laid out does not count."""

from __future__ import annotations

import re


def flat(html: str) -> str:
    """``html`` on one line: every run of white space is one space, and none stands beside a tag or before its end."""
    line = re.sub(r"\s+", " ", html)
    line = re.sub(r" (?=/?>)", "", line)
    return re.sub(r" ?(<[^>]*>) ?", r"\1", line)
