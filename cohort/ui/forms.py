"""Widgets and a mixin for forms drawn by the form pack (`templates/cohort_ui`).

How to say things to the pack:

* Who can read a field: ``locks = {"why": _("Two readers see this. Your name is hidden.")}`` on the form
  (see `Locked`), or ``field.lock = …`` on one field. The line stands below the field, next to what it is about,
  and belongs to the field's description for screen readers.
* Length of a long text: ``max_length`` of the field, or ``attrs={"data-max": 1500}`` when the limit is soft.
  A counter stands below; from 80 percent on it counts what is left. Nothing that is pasted is cut.
* Help per option: ``RadioChoices(option_help={"in_person": _("At the table with others.")})``.
* An answer that excludes the others ("I prefer not to say"): ``CheckChoices(exclusive=["no_say"])`` draws it apart,
  and `ExclusiveChoiceField` refuses both together, so that the rule holds without JavaScript too.
* "(optional)" is written beside a label only in forms that also have required fields; ``mark_optional`` on the form
  forces or forbids it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Locked:
    """Mixin for forms: says per field who can read what is written there.

    ``locks`` maps names of fields to about six words, such as ``_("Only you can open this")``.
    """

    locks: ClassVar[Mapping[str, Words]] = {}


class RadioChoices(forms.RadioSelect):
    """Radios with help per option. ``option_help``: value to words; ``exclusive``: values drawn apart, after "or"."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),
        *,
        option_help: Mapping[str, Words] | None = None,
        exclusive: Iterable[str] = (),
    ) -> None:
        super().__init__(attrs, choices)
        self.option_help, self.exclusive = dict(option_help or {}), tuple(exclusive)


class CheckChoices(forms.CheckboxSelectMultiple):
    """Checkboxes with help per option. Ticking an ``exclusive`` one clears the others, and the other way round."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),
        *,
        option_help: Mapping[str, Words] | None = None,
        exclusive: Iterable[str] = (),
    ) -> None:
        super().__init__(attrs, choices)
        self.option_help, self.exclusive = dict(option_help or {}), tuple(exclusive)


class ExclusiveChoiceField(forms.MultipleChoiceField):
    """Several choices, of which some stand alone. Cleans to a list; raises when an exclusive one has company."""

    default_error_messages = {
        "not_alone": _("“%(choice)s” cannot go with other answers. Keep it alone, or untick it."),
    }

    def __init__(self, *, exclusive: Iterable[str], **kwargs: Any) -> None:
        self.exclusive = tuple(exclusive)
        kwargs.setdefault("widget", CheckChoices(exclusive=self.exclusive))
        super().__init__(**kwargs)

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        alone = [v for v in value if v in self.exclusive]
        if alone and len(value) > 1:
            words = dict(self.choices).get(alone[0], alone[0])  # type: ignore[arg-type,call-overload]
            raise forms.ValidationError(self.error_messages["not_alone"], code="not_alone", params={"choice": words})


class DateInput(forms.DateInput):
    """The browser's own date field; without one, a text field that takes 2026-02-12."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time field, hours and minutes."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own field for day and time. Say in the help text in which zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class TelInput(forms.TextInput):
    """A phone number: the right keyboard on a phone, and the browser may fill it in."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "tel", **(attrs or {})})
