"""Django form fields for a question. They draw; what was posted is read by :mod:`cohort.questions.cleaning`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import conditional_escape, format_html
from django.utils.translation import gettext as _

from cohort.questions.definition import Option, Question
from cohort.questions.html import marked
from cohort.questions.text import as_said
from cohort.questions.values import column_name, extra_name, text_name
from cohort.ui.forms import CheckChoices, RadioChoices, TelInput

MOST_RADIOS = 12  # more choices than this are drawn as a list to open
_TELL_US = re.compile(r"\s*\((?:tell us|díganos)\)\s*$", re.IGNORECASE)
_OPTIONAL = re.compile(r"\s*\((?:optional|opcional)\)\s*$", re.IGNORECASE)
Words = Callable[[str], str]


class _Drawn:
    """A field that only draws."""

    def clean(self, value: Any) -> Any:
        return value


class Text(_Drawn, forms.CharField):
    pass


class One(_Drawn, forms.ChoiceField):
    pass


class Many(_Drawn, forms.MultipleChoiceField):
    pass


class Tick(_Drawn, forms.BooleanField):
    pass


def fields_of(
    question: Question, *, words: Words = marked, attrs: Mapping[str, Any] | None = None, listed: bool | None = None
) -> dict[str, forms.Field]:
    """Every field of one question by name, in order: none for words to read, one for most, several for a grid.

    A group has no field of its own: ask for each of its fields.

    :param words: makes a text of the definition ready for the page, for example by filling placeholders.
    :param attrs: HTML attributes of the question's own field.
    :param listed: whether one choice is drawn as a list to open; None for what suits their number.
    """
    if not question.kind or question.kind == "group":
        return {}
    if question.kind == "grid":
        return {**_grid(question, words), **_own_words(question)}
    whole = {**_conditions(question), **(attrs or {})}
    if question.kind == "choice":
        as_list = len(question.options) > MOST_RADIOS if listed is None else listed
        field = _choice(question, words, whole, as_list)
    else:
        field = _FIELDS[question.kind](question, words, whole)
    return {question.id: field, **_own_words(question)}


def label_of(question: Question, words: Words = marked) -> str:
    """The label, without the word “optional”, which the page adds by itself."""
    return words(as_said(_OPTIONAL.sub("", question.label), question.label))


def initial_of(field: forms.Field, strings: Sequence[str]) -> Any:
    """What a field shows for the strings that a browser posted, or would post."""
    if isinstance(field, Many):
        return list(strings)
    if isinstance(field, Tick):
        return any(strings)
    return strings[-1] if strings else ""


def _common(question: Question, words: Words) -> dict[str, Any]:
    return {
        "label": label_of(question, words),
        "required": question.required,
        "help_text": conditional_escape(words(question.help)),  # the form pack prints help as HTML
    }


def _conditions(question: Question) -> dict[str, Any]:
    """When the page shows the field, for its script."""
    condition = {other: sorted(codes) for other, codes in question.show_if}
    if not condition:
        return {}
    return {"data-show-if": json.dumps(condition), **({"data-show-any": True} if question.show_any else {})}


def _long_text(question: Question, words: Words, attrs: dict[str, Any]) -> forms.Field:
    size = {"data-max": question.limit, "rows": 4 if question.limit < 800 else 8}
    return Text(**_common(question, words), widget=forms.Textarea({**attrs, **size}))


def _short_text(question: Question, words: Words, attrs: dict[str, Any]) -> forms.Field:
    widget = {"email": forms.EmailInput, "tel": TelInput}.get(question.kind, forms.TextInput)
    return Text(**_common(question, words), widget=widget(attrs))


def _tick(question: Question, words: Words, attrs: dict[str, Any]) -> forms.Field:
    """A box. Its label is the sentence that is agreed to, and stays whole."""
    common = {**_common(question, words), "label": words(question.label)}
    return Tick(**common, widget=forms.CheckboxInput(attrs))


def _choice(question: Question, words: Words, attrs: dict[str, Any], listed: bool) -> forms.Field:
    if listed:
        choices = [("", _("Choose one")), *((o.code, o.label) for o in question.options)]
        return One(**_common(question, words), choices=choices, widget=forms.Select(attrs))
    radios = RadioChoices(attrs, option_help=_helps(question.options))
    return One(**_common(question, words), choices=_choices(question.options), widget=radios)


def _choices_of_many(question: Question, words: Words, attrs: dict[str, Any]) -> forms.Field:
    boxes = CheckChoices(attrs, option_help=_helps(question.options), exclusive=question.exclusive)
    return Many(**_common(question, words), choices=_choices(question.options), widget=boxes)


_FIELDS: dict[str, Callable[[Question, Words, dict[str, Any]], forms.Field]] = {
    "short_text": _short_text,
    "email": _short_text,
    "tel": _short_text,
    "text": _long_text,
    "tick": _tick,
    "multi_choice": _choices_of_many,
}


def _grid(question: Question, words: Words) -> dict[str, forms.Field]:
    """One field for each column, and one for the choices beside the grid."""
    label = label_of(question, words)
    found: dict[str, forms.Field] = {
        column_name(question.id, column.code): Many(
            label=format_html("{} – {}", label, marked(column.label)),
            required=False,
            choices=_choices(question.options),
            widget=forms.CheckboxSelectMultiple(),
        )
        for column in question.columns
    }
    if question.extra:
        beside = CheckChoices(exclusive=question.exclusive)
        choices = _choices(question.extra)
        found[extra_name(question.id)] = Many(label=_("Or"), required=False, choices=choices, widget=beside)
    return found


def _own_words(question: Question) -> dict[str, forms.Field]:
    """A field for each choice that own words may go with."""
    return {
        text_name(question.id, option.code): Text(
            label=_own_words_label(option),
            required=False,
            help_text=_("Up to %(limit)s characters.") % {"limit": option.max_chars},
            widget=forms.TextInput({"data-show-if": json.dumps({question.id: [option.code]})}),
        )
        for option in question.options
        if option.text
    }


def _own_words_label(option: Option) -> str:
    if not _TELL_US.search(option.label):
        return marked(option.label)
    return _("In your own words: %(choice)s") % {"choice": _TELL_US.sub("", option.label)}


def _choices(options: Iterable[Option]) -> list[tuple[str, str]]:
    return [(option.code, marked(option.label)) for option in options]


def _helps(options: Iterable[Option]) -> dict[str, str]:
    return {option.code: marked(option.help) for option in options if option.help}
