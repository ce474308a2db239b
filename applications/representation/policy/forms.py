"""Choosing the legal profile and the use of each factor. Nothing is ticked beforehand."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.representation.policy.actions import Counsel
from applications.representation.policy.queries import (
    COUNSEL_PROFILE,
    POLICY_HELP,
    POLICY_WORDS,
    PROFILE_HELP,
    PROFILES,
    FactorRow,
)
from cohort.ui.forms import DateInput, RadioChoices

_LAWYER = ("counsel_name", "counsel_on", "counsel_note", "counsel_until")


def _reason(label: Any = None) -> forms.CharField:
    return forms.CharField(
        label=label or gettext_lazy("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the record for as long as the call."),
        error_messages={"required": gettext_lazy("Say why.")},
    )


class WithLawyer(forms.Form):
    """Fields for a lawyer's approval, needed only with one choice of one field; each form says which."""

    with_lawyer: ClassVar[tuple[str, str]]  # the field and the choice
    mark_optional = False  # the words above the group say when it is needed
    counsel_name = forms.CharField(label=gettext_lazy("Lawyer’s name"), max_length=120, required=False)
    counsel_on = forms.DateField(label=gettext_lazy("Day of the approval"), required=False, widget=DateInput())
    counsel_note = forms.CharField(
        label=gettext_lazy("What it covers"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A sentence. Do not paste the advice itself: it should stay with your lawyer."),
    )
    counsel_until = forms.DateField(label=gettext_lazy("Holds until"), required=False, widget=DateInput())

    def risky(self) -> bool:
        """Whether the choice was made that needs a lawyer's approval. False where the form does not ask for one."""
        name, choice = self.with_lawyer
        return _LAWYER[0] in self.fields and self.cleaned_data.get(name) == choice

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.risky():
            for name in _LAWYER:
                if name not in self.errors and not data.get(name):
                    self.add_error(name, _("Needed for this choice."))
            on, until = data.get("counsel_on"), data.get("counsel_until")
            if on and until and until < on:
                self.add_error("counsel_until", _("This lies before the day of the approval."))
        return data

    def counsel(self) -> Counsel | None:
        data = self.cleaned_data
        return (
            Counsel(
                name=data["counsel_name"], on=data["counsel_on"], note=data["counsel_note"], until=data["counsel_until"]
            )
            if self.risky()
            else None
        )

    @property
    def lawyer_fields(self) -> list[Any]:
        return [self[name] for name in _LAWYER]


class ProfileForm(WithLawyer):
    profile = forms.ChoiceField(
        label=gettext_lazy("Which of these are you?"),
        choices=list(PROFILES.items()),
        widget=RadioChoices(option_help=PROFILE_HELP),
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    approver = forms.CharField(
        label=gettext_lazy("Who in your organization answers for this?"),
        max_length=120,
        help_text=gettext_lazy("Name and role, such as “Dana Reyes, program director”."),
    )
    reason = _reason()
    field_order = ("profile", "approver", "reason", *_LAWYER)
    with_lawyer = ("profile", COUNSEL_PROFILE)


class FactorForm(WithLawyer):
    """The use of one factor. Only what the call's profile allows is offered."""

    policy = forms.ChoiceField(
        label=gettext_lazy("What may the answers be used for?"),
        widget=RadioChoices(option_help=POLICY_HELP),
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    reason = _reason()
    field_order = ("policy", "reason", *_LAWYER)
    with_lawyer = ("policy", "selection")

    def __init__(self, row: FactorRow, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        field = self.fields["policy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(value, POLICY_WORDS[value]) for value in row.allowed]
        self.asks_lawyer = row.identity and "selection" in row.allowed
        if not self.asks_lawyer:
            for name in _LAWYER:
                del self.fields[name]


class SuggestionsForm(forms.Form):
    read = forms.BooleanField(
        label=gettext_lazy("We read what the law may ask, and looked at each line above."),
        error_messages={"required": gettext_lazy("Look at the lines first, then tick this.")},
    )
    reason = _reason(gettext_lazy("Why are these right for this call?"))


class PolicyReasonForm(forms.Form):
    reason = _reason()


class LateForm(forms.Form):
    """Why a target changes after the call has opened; the reason for its numbers stands in the target itself."""

    prefix = "change"
    reason = forms.CharField(
        label=gettext_lazy("Why does it change now?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The call has opened, so applicants can read this."),
        error_messages={"required": gettext_lazy("Say why.")},
    )


class SettleForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("A note for the record"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed only when you do not agree."),
    )
