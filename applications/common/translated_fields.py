"""A text field of the forms that write texts for applicants."""

from __future__ import annotations

from typing import Any

from django import forms

from cohort.questions.text import tidy


class Words(forms.CharField):
    """Typed words without what no keyboard types."""

    def __init__(self, *, lines: int = 0, **kwargs: Any) -> None:
        self.lines = lines
        if lines:
            kwargs.setdefault("widget", forms.Textarea({"rows": lines}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return tidy(str(value), lines=bool(self.lines)) if value not in self.empty_values else ""
