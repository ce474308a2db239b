"""What a coordinator types about a call."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call
from cohort.people.models import Cohort
from cohort.ui import times
from cohort.ui.forms import DateInput, DateTimeInput

FACTS = ("session_dates", "min_sessions", "total_sessions", "committee_list")


class ZonedDateTimeField(forms.DateTimeField):
    """A day and hour on the clocks of one cohort."""

    widget = DateTimeInput

    def __init__(self, *, zone: dt.tzinfo, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return (
            value.astimezone(self.zone).replace(tzinfo=None)
            if isinstance(value, dt.datetime) and value.tzinfo
            else value
        )

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found.replace(tzinfo=self.zone) if isinstance(found, dt.datetime) else found

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return found.replace(tzinfo=None) if isinstance(found, dt.datetime) else found


class CallForm(forms.Form):
    """A new call from the default form."""

    title = forms.CharField(
        label=_("Title of the call"),
        max_length=160,
        help_text=_("What people see first, such as “Equity in leadership: a year of practice”."),
    )
    summary = forms.CharField(label=_("What it is, in a few sentences"), max_length=1200, widget=forms.Textarea)
    decisions_on = forms.DateField(label=_("The day by which everyone hears"), widget=DateInput)
    readers_per_application = forms.IntegerField(
        label=_("How many people read each application"), min_value=1, max_value=9, initial=3
    )
    session_dates = forms.CharField(
        label=_("Session dates, in words"),
        max_length=300,
        help_text=_("For example “the third Thursday of each month, 9 to 12”."),
    )
    total_sessions = forms.IntegerField(label=_("How many sessions there are"), min_value=1, max_value=60)
    min_sessions = forms.IntegerField(
        label=_("How many of them people should attend at least"), min_value=1, max_value=60
    )
    committee_list = forms.CharField(
        label=_("Who runs and chooses"),
        max_length=600,
        widget=forms.Textarea,
        help_text=_("Names that applicants see, so that they can tell you about a tie with somebody."),
    )

    share_comments = forms.BooleanField(
        required=False,
        label=_("Share readers’ comments with applicants who get no place"),
        help_text=_(
            "Readers write one comment to the applicant. It stands in the letter and on the applicant’s page, "
            "without names and scores. You can change this until letters go out."
        ),
    )

    def __init__(self, cohort: Cohort, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        zone_words = times.zone_words(cohort.zone)
        opens = ZonedDateTimeField(zone=cohort.zone, label=_("Opens"), help_text=zone_words)
        closes = ZonedDateTimeField(zone=cohort.zone, label=_("Closes"), help_text=zone_words)
        fields = list(self.fields.items())
        self.fields = dict([*fields[:2], ("opens_at", opens), ("closes_at", closes), *fields[2:]])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes, decided = data.get("opens_at"), data.get("closes_at"), data.get("decisions_on")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("Close later than you open."))
        if closes and decided and decided < closes.date():
            self.add_error("decisions_on", _("Choose a day after the call closes."))
        if (data.get("min_sessions") or 0) > (data.get("total_sessions") or 60):
            self.add_error("min_sessions", _("This cannot be more than the number of sessions."))
        return data

    def call_fields(self) -> dict[str, Any]:
        """The cleaned data as :func:`applications.call.actions.create_call` takes it."""
        data = dict(self.cleaned_data)
        facts = {name: str(data.pop(name)) for name in FACTS}
        facts["share_comments"] = "yes" if data.pop("share_comments") else ""
        return {**data, "facts": facts}


class ExtendForm(forms.Form):
    """A later closing time."""

    def __init__(self, call: Call, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        zone = call.cohort.zone
        self.fields["closes_at"] = ZonedDateTimeField(
            zone=zone, label=_("Closes now"), initial=call.closes_at, help_text=times.zone_words(zone)
        )

    def clean_closes_at(self) -> dt.datetime:
        found: dt.datetime = self.cleaned_data["closes_at"]
        if self.call.closes_at and found <= self.call.closes_at:
            raise forms.ValidationError(_("Choose a later time than the one it has now. Nobody may lose time."))
        return found


class EligibilityForm(forms.Form):
    """What a person found when they looked at eligibility answers."""

    application = forms.ModelChoiceField(Application.objects.none(), widget=forms.HiddenInput)
    because = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[
            ("fits", _("It fits: eligible")),
            ("not_in_region", _("Does not work in this region: not eligible")),
            ("no_room_to_change", _("Cannot change or influence anything: not eligible")),
            ("dates", _("Cannot attend enough sessions: not eligible")),
        ],
    )

    def __init__(self, call: Call, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["application"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Application.objects.filter(call=call, state=Application.State.SUBMITTED)
