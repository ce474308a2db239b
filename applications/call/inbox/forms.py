"""Asking an applicant for more, and the applicant's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Inquiry
from cohort.ui.forms import DateInput, Locked, RadioChoices

WORDS_MOST = 600
ANSWER_MOST = 2000


class InquiryForm(forms.Form):
    words = forms.CharField(
        max_length=WORDS_MOST,
        label=_("What do you want to know?"),
        help_text=_(
            "The applicant reads it word for word. Ask one thing. Never ask about health, origin, religion or family."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    readers = forms.ChoiceField(
        label=_("Who may read the answer?"),
        choices=Inquiry.Readers.choices,
        initial=Inquiry.Readers.REVIEWER,
        widget=RadioChoices(
            option_help={
                "reviewer": _("Without the name, like the rest of the application."),
                "staff": _("For dates, contact details, or a tie."),
            }
        ),
    )
    due_on = forms.DateField(
        label=_("Answer by"), widget=DateInput(), help_text=_("The end of that day, where they live.")
    )


class InquiryAnswerForm(Locked, forms.Form):
    """The lock line says who reads it, as it was chosen when the question was asked."""

    words = forms.CharField(
        max_length=ANSWER_MOST,
        label=_("Your answer"),
        help_text=_("A few sentences are enough."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, readers: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].lock = (  # type: ignore[attr-defined]
            _("Program staff only can read this")
            if readers == Inquiry.Readers.STAFF
            else _("Readers, without your name, and staff")
        )
