"""One tick per kind of message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cohort.outbox.preferences.queries import Choice


class PreferencesForm(forms.Form):
    """``choices``: what may be chosen, in order. A tick means: I want these."""

    mark_optional = False

    def __init__(self, data: Any = None, *, choices: Sequence[Choice]) -> None:
        super().__init__(data)
        self.choices = choices
        for choice in choices:
            self.fields[choice.kind] = forms.BooleanField(
                required=False, initial=choice.wanted, label=str(choice.title), help_text=str(choice.about)
            )

    def wanted(self) -> dict[str, bool]:
        return {choice.kind: bool(self.cleaned_data[choice.kind]) for choice in self.choices}

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under the headings that the page shows."""
        found: dict[str, list[forms.BoundField]] = {}
        for choice in self.choices:
            found.setdefault(str(choice.group), []).append(self[choice.kind])
        return list(found.items())
