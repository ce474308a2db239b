"""What people write on the readable pages: shared copies and commitments. Journals have no forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.ui.forms import DateInput, Locked, RadioChoices
from reflections.common.forms import InMyCohortForm
from reflections.models import Commitment
from reflections.models.commitments import OPEN_STATES

SOON, LATEST = timedelta(days=14), timedelta(days=365)


class CommitmentForm(InMyCohortForm):
    what = forms.CharField(
        label=_("What will you do?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One thing that you can really do before you next look back."),
    )
    cue = forms.CharField(
        label=_("When or where will it happen?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Finish the sentence: when …, I will …"),
    )
    kind = forms.ChoiceField(
        label=_("What kind of thing is it?"), choices=Commitment.Kind.choices, widget=RadioChoices()
    )
    look_back_on = forms.DateField(
        label=_("When shall we ask you how it went?"),
        widget=DateInput(),
        help_text=_("We send you one short email on that day. It holds none of your words."),
    )
    reader = forms.ChoiceField(
        label=_("Who can see it?"),
        choices=Commitment.Reader.choices,
        initial="author",
        widget=RadioChoices(),
        help_text=_("You can change this later."),
    )
    field_order = ["cohort", "what", "cue", "kind", "look_back_on", "reader"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["look_back_on"].initial = timezone.localdate() + SOON

    def clean_look_back_on(self) -> Any:
        return _future(self.cleaned_data["look_back_on"])


class LookBackForm(Locked, forms.Form):
    state = forms.ChoiceField(label=_("What happened with it?"), widget=RadioChoices())
    learned = forms.CharField(
        label=_("What did you learn by trying?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    look_back_on = forms.DateField(
        label=_("When do you want to look back again?"),
        required=False,
        widget=DateInput(),
        help_text=_("Only when you are still on it, did part of it, or changed it."),
    )

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = Commitment.MOVES[commitment.state]
        self.fields["state"].choices = [row for row in Commitment.State.choices if row[0] in allowed]  # type: ignore[attr-defined]
        self.fields["look_back_on"].initial = timezone.localdate() + SOON

    def clean_look_back_on(self) -> Any:
        day = self.cleaned_data["look_back_on"]
        return _future(day) if day else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("state") in OPEN_STATES and not data.get("look_back_on") and "look_back_on" not in self.errors:
            self.add_error("look_back_on", _("Choose the next day to look back."))
        return data


def _future(day: Any) -> Any:
    today = timezone.localdate()
    if day <= today:
        raise forms.ValidationError(_("Choose a day after today."), code="past")
    if day > today + LATEST:
        raise forms.ValidationError(_("Choose a day within one year."), code="far")
    return day
