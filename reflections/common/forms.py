"""What the forms of this app share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Cohort, User
from cohort.ui.forms import Locked
from reflections.common import queries


class InMyCohortForm(Locked, forms.Form):
    """A form about one of the cohorts in which ``user`` takes part. With only one there is nothing to ask."""

    cohort = forms.ModelChoiceField(queryset=Cohort.objects.none(), label=_("Cohort"), empty_label=None)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cohorts = list(queries.cohorts_to_write_in(user))
        field = self.fields["cohort"]
        field.queryset = Cohort.objects.filter(pk__in=[cohort.pk for cohort in cohorts]).order_by("name")  # type: ignore[attr-defined]
        if len(cohorts) == 1:
            field.initial, field.required, field.widget = cohorts[0], False, forms.HiddenInput()
        self._only = cohorts[0] if len(cohorts) == 1 else None

    def clean_cohort(self) -> Cohort:
        chosen: Cohort | None = self.cleaned_data["cohort"] or self._only
        if chosen is None:
            raise forms.ValidationError(_("Choose a cohort."), code="required")
        return chosen
