"""What a new participant posts while getting ready."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.common.review_labels import LISTING_WORDS
from cohort.ui.forms import Locked, RadioChoices


class NeedsForm(Locked, forms.Form):
    locks: ClassVar = {"words": _("Only the access coordinator can read this")}
    words = forms.CharField(
        required=False,
        max_length=600,
        label=_("What would help you take part?"),
        help_text=_(
            "For example captions, breaks, a ramp, travel costs, care for a child. Leave it empty if nothing "
            "has changed since you applied. You need not say why."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ListingForm(forms.Form):
    choice = forms.ChoiceField(
        label=_("How may your name stand in the list of participants?"),
        help_text=_("The list may be public. You can change this at any time."),
        choices=lambda: list(LISTING_WORDS.items()),
        widget=RadioChoices(),
    )
