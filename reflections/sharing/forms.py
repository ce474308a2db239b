"""The form of a shared copy."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.ui.forms import RadioChoices
from reflections.common.forms import InMyCohortForm
from reflections.models import SharedCopy


class ShareForm(InMyCohortForm):
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    body = forms.CharField(label=_("Your words"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 12}))
    audience = forms.ChoiceField(
        label=_("Who may read this copy?"), choices=SharedCopy.Audience.choices, widget=RadioChoices()
    )
    understood = forms.BooleanField(label=_("I understand that this copy is stored readable."))
    field_order = ["title", "body", "cohort", "audience", "understood"]
