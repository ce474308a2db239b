"""Forms of breakout groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.common import queries
from sessions.models import Session


class PairForm(forms.Form):
    one: forms.ModelChoiceField = forms.ModelChoiceField(label=_("One person"), queryset=None, empty_label=_("Choose"))
    other: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("and the other"), queryset=None, empty_label=_("Choose")
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("one", "other"):
            field: Any = self.fields[name]
            field.queryset = queries.participants(session)
            field.label_from_instance = lambda member: member.user.get_full_name()


class WorkFactsForm(forms.Form):
    """Employer, sector and leadership style of one person."""

    STYLES = [
        ("", _("Not said")),
        ("visionary", _("Visionary")),
        ("nurturer", _("Nurturer")),
        ("mobilizer", _("Mobilizer")),
        ("analyst", _("Analyst")),
    ]
    organization = forms.CharField(label=_("Organization"), max_length=160, required=False)
    sector = forms.CharField(label=_("Sector"), max_length=60, required=False)
    style = forms.ChoiceField(label=_("Leadership style"), choices=STYLES, required=False)
