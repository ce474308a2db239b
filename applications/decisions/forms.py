"""What coordinators post about decisions, releases and offers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.common.review_labels import REASONS
from applications.decisions.actions import Choice, RestOfPool
from applications.models import Decision
from cohort.ui.forms import Locked, RadioChoices

Value = Decision.Value
NOTE_LOCK = {"note": _("Coordinators only; never sent")}


def _reason_groups() -> list[tuple[Any, Any]]:
    """Reasons in groups by decision. One code may stand in two groups, so the value names both."""
    return [("", _("Choose a reason"))] + [
        (Value(value).label, [(f"{value}:{code}", words) for code, words in reasons.items()])
        for value, reasons in REASONS.items()
    ]


class DecideForm(Locked, forms.Form):
    """A decision and its reason, in one list, so that the two always fit; and a note for the record."""

    locks = NOTE_LOCK
    decision = forms.ChoiceField(label=_("Decision and reason"), choices=_reason_groups)
    note = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Note for the record"),
        help_text=_("Needed when somebody was told already and the decision changes."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def choice(self) -> Choice:
        value, _colon, code = self.cleaned_data["decision"].partition(":")
        return Choice(value, code, note=self.cleaned_data["note"].strip())


class BulkForm(DecideForm):
    """The same decision for every chosen application."""

    chosen = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput())

    def __init__(self, *args: Any, ids: list[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"] = forms.MultipleChoiceField(
            choices=[(str(pk), "") for pk in ids],
            label=_("Applications"),
            widget=forms.MultipleHiddenInput(),
            error_messages={"required": _("Choose at least one application in the list.")},
        )

    def ids(self) -> list[UUID]:
        return [UUID(pk) for pk in self.cleaned_data["chosen"]]


class DraftForm(forms.Form):
    """What to draft for everybody outside the proposal."""

    waitlist = forms.ChoiceField(
        label=_("Who else goes on the waiting list?"),
        initial="A,B",
        choices=[("A,B", _("Everybody in band A or B")), ("A", _("Only band A")), ("", _("Nobody"))],
        widget=RadioChoices(
            option_help={
                "A,B": _("Bands come from scores: A is 75 and more, B is 55 to 74."),
                "": _("Everybody outside the proposal gets “not this time”."),
            }
        ),
        required=False,
    )
    waitlist_reason = forms.ChoiceField(
        label=_("Reason for the waiting list"),
        choices=lambda: list(REASONS["waitlist"].items()),
        initial="COHORT_FULL_EQUAL_SCORE",
    )
    decline_reason = forms.ChoiceField(
        label=_("Reason for the others"),
        choices=lambda: list(REASONS["decline"].items()),
        initial="SCORE_BELOW_LINE",
        help_text=_("The applicant reads this in public words."),
    )
    replace_drafts = forms.BooleanField(
        required=False,
        label=_("Replace drafts that are there already"),
        help_text=_("What people were told is never touched. Replaced drafts stay in the record."),
    )

    def rest(self) -> RestOfPool:
        data = self.cleaned_data
        return RestOfPool(
            waitlist_bands=frozenset(band for band in data["waitlist"].split(",") if band),
            waitlist_reason=data["waitlist_reason"],
            decline_reason=data["decline_reason"],
            replace_drafts=data["replace_drafts"],
        )


class ApproveForm(forms.Form):
    at_night = forms.BooleanField(
        required=False,
        label=_("Send at night too"),
        help_text=_("Otherwise letters wait from 20:00 to 08:00 in each person's own time."),
    )


class ReplaceForm(Locked, forms.Form):
    """Who gets the open place. Anybody but the first in line needs a reason."""

    locks = NOTE_LOCK
    application = forms.ChoiceField(label=_("Offer the place to"), widget=RadioChoices())
    note = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Why this person"),
        help_text=_("Needed when you do not choose the first in line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, line: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"] = forms.ChoiceField(
            label=_("Offer the place to"), choices=line, widget=RadioChoices(), initial=line[0][0] if line else None
        )


class DaysForm(forms.Form):
    days = forms.IntegerField(
        min_value=1,
        max_value=30,
        initial=3,
        label=_("More days to answer"),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
