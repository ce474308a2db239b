"""Forms of questions about a call."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.call.page.forms import LineForm, Part
from applications.common.fields import TidyField


class EntryForm(LineForm):
    """A question and its answer, made into an entry that everybody reads."""

    checked = forms.BooleanField(label=_("I have read it: no name and no detail points to the person who asked."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(Part.QUESTION, *args, **kwargs)
        self.fields["checked"] = self.fields.pop("checked")


class CallQuestionForm(forms.Form):
    """A question about a call. A visitor without an account gives an address for the answer."""

    words = TidyField(label=_("Your question"), max_length=2000, lines=True, rows=6)
    name = TidyField(label=_("What should we call you?"), max_length=80, required=False)
    email = forms.EmailField(label=_("Your email"), max_length=254)
    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if known:
            del self.fields["name"], self.fields["email"]

    @property
    def by_machine(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.cleaned_data.get("website"))


class CallAnswerForm(forms.Form):
    """An answer to a question."""

    answer = TidyField(label=_("Your answer"), max_length=4000, lines=True, rows=8)
