"""Forms of targets and of constraints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, Call, Target
from applications.representation.pool.problem import member_by_number
from applications.representation.targets.queries import Factor
from cohort.people.models import User
from cohort.ui.forms import CheckChoices, RadioChoices


class ApplicationField(forms.IntegerField):
    """An application of one call, typed by number. Cleans to the application.

    Set ``call`` and ``hidden`` (applications the person stays away from) before use.
    """

    call: Call
    hidden: frozenset[Any] = frozenset()

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "class": "short", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(min_value=1, max_value=99_999_999, **kwargs)

    def clean(self, value: Any) -> Application | None:  # type: ignore[override]
        number = super().clean(value)
        if number is None:
            return None
        found = member_by_number(self.call, number)
        if found is None:
            raise ValidationError(_("No sent application has this number."), code="unknown")
        if found.pk in self.hidden:
            raise ValidationError(_("You have a tie to this application, so somebody else must do this."), code="tie")
        return found


class OfCall(forms.Form):
    """A form whose application fields belong to one call."""

    def __init__(self, call: Call, hidden: frozenset[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, ApplicationField):
                field.call, field.hidden = call, hidden


class PinForm(OfCall):
    application = ApplicationField(label=gettext_lazy("Application number"))
    inside = forms.TypedChoiceField(
        label=gettext_lazy("In the next proposals this application is"),
        widget=RadioChoices(),
        choices=[("yes", gettext_lazy("always in")), ("no", gettext_lazy("always out"))],
        coerce=lambda v: v == "yes",
        empty_value=None,
    )
    reason = forms.CharField(
        max_length=300,
        label=gettext_lazy("Why?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the record. Who a person is can never be the reason."),
        error_messages={"required": gettext_lazy("Say why.")},
    )


class ApartForm(OfCall):
    first = ApplicationField(label=gettext_lazy("First application number"))
    second = ApplicationField(label=gettext_lazy("Second application number"))
    why = forms.CharField(max_length=300, label=gettext_lazy("Why?"), widget=forms.Textarea(attrs={"rows": 2}))


class RulesForm(forms.Form):
    org_cap = forms.IntegerField(
        min_value=0,
        max_value=200,
        label=gettext_lazy("People from one organization, at most"),
        help_text=gettext_lazy("0 means no limit."),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    org_cap_hard = forms.TypedChoiceField(
        label=gettext_lazy("This limit"),
        widget=RadioChoices(),
        coerce=lambda v: v == "yes",
        choices=[
            ("no", gettext_lazy("may give way when a floor would be missed otherwise")),
            ("yes", gettext_lazy("is never broken")),
        ],
    )
    org_max = forms.IntegerField(
        min_value=0,
        max_value=200,
        required=False,
        label=gettext_lazy("And never more than"),
        help_text=gettext_lazy("How far a limit that may give way can go. 0 means no such limit."),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    lottery_seed = forms.CharField(
        max_length=80,
        label=gettext_lazy("Words for the draw"),
        help_text=gettext_lazy(
            "Between equally good groups a draw decides. It follows from these words alone, so publish them before "
            "applications close, and anybody can check the draw."
        ),
    )
    reason = forms.CharField(
        max_length=1000,
        label=gettext_lazy("Why these limits?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the record. After the call has opened, applicants can read it too."),
        error_messages={"required": gettext_lazy("Say why.")},
    )

    def clean_org_max(self) -> int:
        most, cap = self.cleaned_data.get("org_max") or 0, self.cleaned_data.get("org_cap") or 0
        if most and most < cap:
            raise ValidationError(_("This cannot be lower than the first limit."), code="low")
        return most


class TargetForm(forms.Form):
    """One target. The ideal is typed in seats and kept in hundredths of a seat."""

    label = forms.CharField(max_length=160, label=gettext_lazy("Name of the group"))
    values = forms.MultipleChoiceField(
        label=gettext_lazy("Which answers count?"),
        widget=CheckChoices(),
        help_text=gettext_lazy("One answer, or several that count together."),
    )
    floor = forms.IntegerField(
        min_value=0,
        max_value=200,
        label=gettext_lazy("Floor: seats at least"),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    ideal = forms.DecimalField(
        min_value=0,
        max_value=200,
        decimal_places=2,
        label=gettext_lazy("Ideal: seats"),
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}),
    )
    ceiling = forms.IntegerField(
        min_value=0,
        max_value=200,
        label=gettext_lazy("Ceiling: seats at most"),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How important is its floor?"),
        widget=RadioChoices(),
        coerce=int,
        choices=[(1, gettext_lazy("First")), (2, gettext_lazy("Second")), (3, gettext_lazy("Third"))],
    )
    reason = forms.CharField(
        label=gettext_lazy("Why these numbers?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, factor: Factor, target: Target | None, *args: Any, **kwargs: Any) -> None:
        if target is not None:
            kwargs.setdefault(
                "initial",
                {
                    "label": target.label,
                    "values": target.values,
                    "floor": target.floor,
                    "ceiling": target.ceiling,
                    "ideal": f"{target.ideal100 / 100:g}",
                    "priority": target.priority,
                    "reason": target.reason,
                },
            )
        super().__init__(*args, **kwargs)
        values = self.fields["values"]
        assert isinstance(values, forms.MultipleChoiceField)
        values.choices = factor.options

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        floor, ceiling, ideal = data.get("floor"), data.get("ceiling"), data.get("ideal")
        if floor is not None and ceiling is not None:
            if ceiling < floor:
                self.add_error("ceiling", _("The ceiling cannot be lower than the floor."))
            elif ideal is not None and not floor <= ideal <= ceiling:
                self.add_error("ideal", _("The ideal lies between floor and ceiling."))
        return data

    def values_for_action(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "label": data["label"],
            "values": data["values"],
            "floor": data["floor"],
            "ceiling": data["ceiling"],
            "ideal100": int(100 * data["ideal"]),
            "priority": data["priority"],
            "reason": data["reason"],
        }


def hidden_for(user: User, call: Call) -> frozenset[Any]:
    """Applications that ``user`` must stay away from, for the fields above."""
    from applications.common.access_staff import hidden_from

    return frozenset(hidden_from(user, call))
