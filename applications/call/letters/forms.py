"""The form of an email template."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.call.letters import templates
from applications.common.fields import TidyField


class LetterForm(forms.Form):
    """The words of one letter."""

    subject = TidyField(label=_("Subject"), max_length=templates.SUBJECT_MAX)
    body = TidyField(
        label=_("Letter"),
        max_length=templates.BODY_MAX,
        lines=True,
        rows=18,
        help_text=_("An empty line starts a new paragraph."),
    )

    def __init__(self, kind: templates.LetterKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        about = templates.trouble(self.kind, data.get("subject", ""), data.get("body", ""))
        for name, found in zip(("subject", "body"), about, strict=True):
            if name in data:
                for words in found:
                    self.add_error(name, words)
        return data

    def text(self) -> templates.LetterTemplate:
        return templates.LetterTemplate(self.cleaned_data["subject"], self.cleaned_data["body"], edited=True)
