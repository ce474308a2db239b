"""The form of a partner who shares a call."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.common.fields import TidyField


class PartnerForm(forms.Form):
    """A partner who gets a link."""

    name = TidyField(
        label=_("Name of the partner"),
        max_length=120,
        help_text=_("An organization, a network or a newsletter. Only coordinators see this name."),
    )
