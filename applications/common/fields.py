"""Form fields that several rooms use."""

from __future__ import annotations

from typing import Any

from django import forms

from cohort.questions.text import tidy


class TidyField(forms.CharField):
    """Text without what no keyboard types; a field of several lines keeps its line ends."""

    def __init__(self, *, lines: bool = False, rows: int = 4, **kwargs: Any) -> None:
        self.lines = lines
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return tidy(str(value), lines=self.lines) if value not in self.empty_values else ""
