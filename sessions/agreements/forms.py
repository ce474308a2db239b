"""The form of an agreement."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.models import Agreement


class AgreementForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Agreement
        fields = ["name", "words", "we_would_see"]
        labels = {
            "name": _("Short name"),
            "words": _("What we agree, in plain words"),
            "we_would_see": _("What we would see or hear if we kept it"),
        }
        widgets = {"words": forms.Textarea(attrs={"rows": 3}), "we_would_see": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"name": _("Two or three words that fit on a screen."), "words": "", "we_would_see": ""}

    def validate_constraints(self) -> None:
        """A change becomes a new version; the row being edited here is never saved."""
