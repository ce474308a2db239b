"""What a coordinator asks the list of applications for. It comes by GET; what is not understood is ignored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.common.list_forms import PlaceForm
from applications.form_definition.definition import FormQuestion
from applications.models import Application, Decision, EmployerConfirmation
from applications.records.applications.queries import NOBODY, NONE, Wanted
from applications.representation.targets.queries import FACTOR_NAMES

State, Verdict = EmployerConfirmation.State, Application.Eligibility


STATUSES = [
    ("", _("All that were sent")),
    (Verdict.ELIGIBLE, _("Eligible")),
    (Verdict.CHECK, _("Wait for a look by you")),
    (Verdict.INELIGIBLE, _("Not eligible")),
    (Application.State.WITHDRAWN, _("Withdrawn")),
]


EMPLOYER = [
    ("", _("All")),
    ("missing", _("Asked, no answer yet")),
    (State.ANSWERED, _("Answered")),
    (State.DECLINED, _("Declined to answer")),
    (NOBODY, _("Nobody was asked")),
]


ORDERS = [("", _("Lowest number first")), ("new", _("Highest number first"))]


class ListForm(PlaceForm):
    """Words to look for, filters, and where the page begins."""

    q = forms.CharField(label=_("Look for"), max_length=120, required=False)
    status = forms.ChoiceField(label=_("Status"), choices=STATUSES, required=False)
    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("", _("All")), *Decision.Value.choices, (NONE, _("None yet"))], required=False
    )
    employer = forms.ChoiceField(label=_("Employer’s confirmation"), choices=EMPLOYER, required=False)
    flagged = forms.BooleanField(label=_("A reader has a question"), required=False)
    order = forms.ChoiceField(label=_("Order"), choices=ORDERS, required=False)

    def __init__(self, *args: Any, asked: list[FormQuestion], by_name: bool, **kwargs: Any) -> None:
        """``by_name``: whether names, organizations and what employers said may be looked at at all."""
        super().__init__(*args, **kwargs)
        self.asked = {f"by_{question.id}": question for question in asked} if by_name else {}
        if not by_name:
            del self.fields["employer"]
        for name, question in self.asked.items():
            self.fields[name] = forms.ChoiceField(
                label=FACTOR_NAMES.get(question.factor, question.label),
                required=False,
                choices=[("", _("All")), *((option.code, option.label) for option in question.options)],
            )
        self.is_valid()

    def narrowing(self) -> list[forms.BoundField]:
        """The filters, in the order in which they stand on the page."""
        names = ("status", *self.asked, "employer", "decision", "order")
        return [self[name] for name in names if name in self.fields]

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        return Wanted(
            words=said.get("q", ""),
            status=said.get("status", ""),
            flagged=bool(said.get("flagged")),
            employer=said.get("employer", ""),
            decision=said.get("decision", ""),
            codes={question.id: said[name] for name, question in self.asked.items() if said.get(name)},
        )
