"""Forms of attendance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.ui.forms import DateInput
from sessions.attendance import queries
from sessions.models import Attendance


class RegisterForm(forms.Form):
    """One choice of state per person, named ``person-<membership id>``."""

    def __init__(self, *args: Any, presences: list[queries.Presence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.presences = presences
        for presence in presences:
            self.fields[f"person-{presence.membership.pk}"] = forms.ChoiceField(
                label=presence.membership.user.get_full_name(),
                choices=Attendance.State.choices,
                initial=presence.state,
            )

    def rows(self) -> list[tuple[queries.Presence, forms.BoundField]]:
        return [(presence, self[f"person-{presence.membership.pk}"]) for presence in self.presences]

    def values(self) -> dict[Any, str]:
        return {p.membership.pk: self.cleaned_data[f"person-{p.membership.pk}"] for p in self.presences}


class CloseRegisterForm(forms.Form):
    rest = forms.ChoiceField(
        label=_("People who are not marked"),
        widget=forms.RadioSelect,
        choices=[("leave", _("Leave them not marked")), ("absent", _("Mark them as not there"))],
    )


class CatchUpForm(forms.Form):
    """What those who were away can do, and until when."""

    words = forms.CharField(
        label=_("How to catch up"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What to read or watch, whom to talk with, one question to think about."),
    )
    until = forms.DateField(
        label=_("Last day to catch up"),
        required=False,
        widget=DateInput,
        help_text=_("We remind people once, three days before."),
    )

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and "until" in self.changed_data and until <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day to come."))
        return until


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Check-in code"), max_length=12, help_text=_("Six letters and numbers, on the screen.")
    )
