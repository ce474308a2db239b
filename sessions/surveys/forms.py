"""The survey as one page of a form, and the note that closes the loop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.ui.forms import CheckChoices, RadioChoices
from sessions.models import HeardNote, Survey
from sessions.surveys import questions


class AnswerForm(forms.Form):
    """The items of one survey. Every one may be skipped."""

    mark_optional = False

    def __init__(self, survey: Survey, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in questions.items(survey.objectives):
            self.fields[item.key] = self._field(item)

    def _field(self, item: questions.SurveyItem) -> forms.Field:
        common: dict[str, Any] = {"label": item.text, "help_text": item.help, "required": False}
        if item.kind == "ordered":
            return forms.ChoiceField(
                choices=[*item.choices, *item.apart],
                widget=RadioChoices(exclusive=[code for code, _label in item.apart]),
                **common,
            )
        if item.kind == "pick_two":
            return forms.MultipleChoiceField(choices=item.choices, widget=CheckChoices(), **common)
        return forms.CharField(
            max_length=questions.COMMENT_LIMIT,
            widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
            **common,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for key in (questions.BARRIERS.key, questions.NEXT_TIME.key):
            if len(data.get(key) or []) > 2:
                self.add_error(key, _("Choose one or two, so that we know what matters most."))
        return data

    def payload(self) -> dict[str, Any]:
        """What is kept: only what was answered."""
        return {key: value for key, value in self.cleaned_data.items() if value}


class NoteForm(forms.ModelForm):
    class Meta:
        model = HeardNote
        fields = ["heard", "will", "will_not"]
        labels = {"heard": _("We heard"), "will": _("We will"), "will_not": _("We will not, because")}
        help_texts = {
            "heard": _("In your own words. Do not quote a comment: people know each other’s voices."),
            "will": _("What changes, and when people will notice."),
            "will_not": _("What stays as it is, and the honest reason."),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in fields}
