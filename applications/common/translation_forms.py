"""Words in another language beside the English ones: one field for each text, for forms and for call pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from applications.common.translated_fields import Words
from applications.form_definition.translations import OLDER, READY, TextPair, unlike


@dataclass(frozen=True)
class TranslationRow:
    """One text, what it is, and its field. ``first``: it begins a new question.

    ``right``: the box that confirms older words as they are.
    """

    text: TextPair
    what: str
    field: Any
    right: Any
    first: bool


class TongueForm(forms.Form):
    """Words of one language for ``texts``. An empty field leaves people with the English.

    :param names: what each kind of text is called.
    """

    prefix = "t"
    use_required_attribute = False
    mark_optional = False

    def __init__(self, texts: Sequence[TextPair], names: dict[str, str], tongue: str, data: Any = None) -> None:
        super().__init__(data)
        self.texts, self.what = texts, dict[str, str]()
        for n, text in enumerate(texts):
            long = len(text.english) > 40 or "\n" in text.english  # it should be seen whole
            lines = min(2 + len(text.english) // 60, 10) if long else 0
            self.what[f"w{n}"] = names.get(text.kind, text.kind)
            widget = forms.Textarea({"lang": tongue, "rows": lines}) if long else forms.TextInput({"lang": tongue})
            self.fields[f"w{n}"] = Words(
                label=_("%(what)s, in Spanish") % {"what": self.what[f"w{n}"]},
                required=False,
                initial=text.words,
                max_length=text.most,
                lines=lines,
                widget=widget,
            )
            if text.state == OLDER:
                self.fields[f"k{n}"] = forms.BooleanField(label=_("These words are still right"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n, text in enumerate(self.texts):
            said = data.get(f"w{n}")
            odd = unlike(text.english, said) if said else []
            if odd:
                self.add_error(
                    f"w{n}",
                    _("Keep the words in braces as they are: %(names)s.")
                    % {"names": ", ".join(f"{{{name}}}" for name in odd)},
                )
        return data

    def changes(self) -> dict[str, str]:
        """Words by path, for the texts that were written in or confirmed."""
        found = {}
        for n, text in enumerate(self.texts):
            said = self.cleaned_data.get(f"w{n}", "")
            if said != text.words or (text.state == OLDER and self.cleaned_data.get(f"k{n}")):
                found[text.path] = said
        return found

    def rows(self) -> list[TranslationRow]:
        """The texts in order, each with its field."""
        return [
            TranslationRow(
                text,
                self.what[f"w{n}"],
                self[f"w{n}"],
                self[f"k{n}"] if f"k{n}" in self.fields else None,
                n == 0 or text.owner != self.texts[n - 1].owner,
            )
            for n, text in enumerate(self.texts)
        ]


@dataclass(frozen=True)
class Tally:
    """How many texts there are, and how many have no words or older ones."""

    all: int
    missing: int
    older: int

    @property
    def done(self) -> bool:
        return not (self.missing or self.older)


def tally(texts: Sequence[TextPair]) -> Tally:
    """Count texts by how their words stand."""
    ready = sum(text.state == READY for text in texts)
    older = sum(text.state == OLDER for text in texts)
    return Tally(len(texts), len(texts) - ready - older, older)
