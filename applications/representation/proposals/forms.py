"""What coordinators type on the board: numbers, reasons, targets and rules."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from applications.representation.policy.target_forms import ApplicationField, OfCall


class ApplicationNumberForm(OfCall):
    application = ApplicationField(label=gettext_lazy("Application number"))


class SwapForm(OfCall):
    out = ApplicationField(label=gettext_lazy("Out: application number"))
    into = ApplicationField(label=gettext_lazy("In: application number"))


class DeclinedForm(OfCall):
    declined = ApplicationField(label=gettext_lazy("Application number"))


class ProposalNoteForm(forms.Form):
    note = forms.CharField(
        max_length=300,
        required=False,
        label=gettext_lazy("What is this proposal for?"),
        help_text=gettext_lazy("A few words that tell it from the others."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CommentForm(forms.Form):
    words = forms.CharField(
        max_length=2000,
        label=gettext_lazy("Comment"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("All coordinators of this cohort can read it. Do not write who a person is."),
        error_messages={"required": gettext_lazy("Write something first.")},
    )
