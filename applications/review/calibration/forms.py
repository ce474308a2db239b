"""What coordinators post about the shared examples."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.review.calibration.queries import invented
from cohort.ui.forms import CheckChoices


class StartForm(forms.Form):
    examples = forms.MultipleChoiceField(
        label=_("Which examples does every reader score first?"),
        help_text=_("Nobody wrote them. They come with the rubric, with questions for the talk."),
        choices=lambda: [(key, row["title"]) for key, row in invented().items()],
        initial=lambda: list(invented()),
        widget=CheckChoices(),
        error_messages={"required": _("Choose at least one example.")},
    )


class AddExampleForm(forms.Form):
    number = forms.IntegerField(
        min_value=1,
        max_value=99_999,
        label=_("Number of an application"),
        help_text=_("Everybody without a tie reads it, without names. These levels do not count for the applicant."),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )


class CalibrationNoteForm(forms.Form):
    note = forms.CharField(
        max_length=2000,
        label=_("What did you agree on?"),
        help_text=_(
            "For example: “A plan to ask for cover counts as a realistic plan.” Readers see it while they score."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
