"""One section of an application as a Django form: for drawing and for errors. The form engine does the cleaning."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.html import conditional_escape, format_html
from django.utils.translation import gettext as _

from applications.common.html import marked
from applications.form_definition.asking import on_page
from applications.form_definition.definition import Form, FormQuestion, Section
from applications.form_definition.dialect import MANY_CHOICES, ONE_CHOICE
from cohort.questions.definition import Option
from cohort.questions.text import as_said, fill
from cohort.questions.values import Value, column_name, extra_name, posted, text_name
from cohort.ui.forms import CheckChoices, RadioChoices, TelInput

_TELL_US = re.compile(r"\s*\((?:tell us|díganos)\)\s*$", re.IGNORECASE)
_OPTIONAL = re.compile(r"\s*\((?:optional|opcional)\)\s*$", re.IGNORECASE)
Shown = Mapping[str, Sequence[str]]


class _Drawn:
    """A field that only draws: what was posted is read by the form engine."""

    def clean(self, value: Any) -> Any:
        return value


class _Text(_Drawn, forms.CharField):
    pass


class _One(_Drawn, forms.ChoiceField):
    pass


class _Many(_Drawn, forms.MultipleChoiceField):
    pass


class _Tick(_Drawn, forms.BooleanField):
    pass


@dataclass
class Piece:
    """One thing on the page: a ``field``, a ``notice``, a ``grid`` of rows, or a ``group`` of fields."""

    kind: str
    field: Any = None
    label: str = ""
    help: str = ""
    lock: str = ""
    name: str = ""
    rows: Sequence[Any] = ()
    pieces: Sequence[Piece] = ()
    errors: Sequence[str] = ()


def lock_words(question: FormQuestion) -> str:
    """Who can read an answer, in a few words."""
    return {
        "reviewer": _("Your readers see this, without your name."),
        "staff": _("Only program staff see this."),
        "selection": _("Staff see this. People who score do not."),
        "equity_data": _("Counted in totals, never beside your name."),
        "access": _("Only the access coordinator sees this."),
    }[question.visibility]


class PartForm(forms.Form):
    """Fields for the questions of one section.

    :param shown: field name to posted strings, for what the fields should show (saved answers, or kept typing).
    :param messages: field name to messages, from the form engine; only for a bound form.
    """

    use_required_attribute = False

    def __init__(
        self,
        section: Section,
        *,
        facts: Mapping[str, str],
        values: Mapping[str, Value] | None = None,
        settings: Iterable[str] = (),
        data: Shown | None = None,
        shown: Shown | None = None,
        messages: Mapping[str, Sequence[str]] | None = None,
        suggestions: Sequence[str] = (),
    ) -> None:
        super().__init__(data=MultiValueDict({k: list(v) for k, v in data.items()}) if data is not None else None)
        self.section, self.facts, self.messages = section, facts, messages or {}
        self.suggestions = suggestions
        self._shown: dict[str, list[str]] = {}
        self.locks: dict[str, str] = {}
        self._plan: list[tuple[str, FormQuestion]] = []
        own = {q.id for q in section.questions}
        asked = [q for q in section.questions if q.type not in ("notice", "submit")]
        kinds = Counter(q.visibility for q in asked).most_common()
        # One line for the page, and a line of its own for each question that differs from it.
        self.mostly = kinds[0][0] if kinds else ""
        self.lock = lock_words(next(q for q in asked if q.visibility == self.mostly)) if kinds else ""
        self.mixed = len(kinds) > 1
        known = dict(values or {})
        for question in section.questions:
            here = on_page(question, own, known, settings)
            if question.type == "submit" or here is None:
                continue
            if shown is None:
                self._shown |= posted(question, known.get(question.id))
            self._add(here)
        for name, strings in (shown or {}).items():
            self._shown[name] = list(strings)
        for name, field in self.fields.items():
            field.initial = self._initial(field, self._shown.get(name, []))
        if data is not None:
            self.full_clean()  # the page's title says “Error:” before the form is drawn

    def clean(self) -> dict[str, Any]:
        for name, found in self.messages.items():
            for message in found:
                self.add_error(name if name in self.fields else None, message)
        return self.cleaned_data

    # ------------------------------------------------------------ making fields

    def _words(self, text: str) -> str:
        """A text with its placeholders filled; it says its language where that is not the page's."""
        return marked(fill(text, self.facts))

    def _label(self, text: str) -> str:
        """A label, without the word that the page adds by itself."""
        return self._words(as_said(_OPTIONAL.sub("", text), text))

    def _add(self, question: FormQuestion, inside: str = "") -> None:
        if not inside:
            self._plan.append((question.type, question))
        if question.type == "notice":
            return
        if question.type == "group":
            for part in question.fields:
                self._add(part, inside=question.id)
            return
        single = question.type == "checkbox_single"
        field: forms.Field
        common: dict[str, Any] = {
            "label": self._words(question.label) if single else self._label(question.label),
            "required": question.required,
            "help_text": conditional_escape(self._words(question.help)),
        }  # the pack prints help as HTML
        attrs: dict[str, Any] = {}
        condition = {other: sorted(codes) for other, codes in question.show_if}
        if condition:
            attrs["data-show-if"] = json.dumps(condition)
            if question.show_any:
                attrs["data-show-any"] = True
        if question.autocomplete:
            attrs["autocomplete"] = question.autocomplete
        if question.type == "textarea":
            field = _Text(
                **common,
                widget=forms.Textarea({**attrs, "data-max": question.limit, "rows": 4 if question.limit < 800 else 8}),
            )
        elif question.type == "checkbox_single":
            field = _Tick(**common, widget=forms.CheckboxInput(attrs))
        elif question.type == "select_with_text":
            choices = [("", _("Choose one")), *((o.code, o.label) for o in question.options)]
            field = _One(**common, choices=choices, widget=forms.Select(attrs))
        elif question.type in ONE_CHOICE:
            field = _One(
                **common,
                choices=_choices(question.options),
                widget=RadioChoices(attrs, option_help=_helps(question.options)),
            )
        elif question.type in MANY_CHOICES:
            field = _Many(
                **common,
                choices=_choices(question.options),
                widget=CheckChoices(attrs, option_help=_helps(question.options), exclusive=question.exclusive),
            )
        elif question.type == "matrix_checkboxes":
            self._add_grid(question, common)
            return
        else:
            widget = {"email": forms.EmailInput, "tel": TelInput}.get(question.type, forms.TextInput)
            if question.autocomplete == "organization" and self.suggestions:
                attrs["list"] = "suggestions"
            field = _Text(**common, widget=widget(attrs))
        self.fields[question.id] = field
        if question.type == "textarea" or (question.visibility != self.mostly and not inside):
            self.locks[question.id] = lock_words(question)
        self._add_own_words(question, question.options)

    def _add_own_words(self, question: FormQuestion, options: Iterable[Option]) -> None:
        for option in options:
            if option.text:
                self.fields[text_name(question.id, option.code)] = _Text(
                    label=_("In your own words: %(choice)s") % {"choice": _TELL_US.sub("", option.label)}
                    if _TELL_US.search(option.label)
                    else marked(option.label),
                    required=False,
                    help_text=_("Up to %(limit)s characters.") % {"limit": option.max_chars},
                    widget=forms.TextInput({"data-show-if": json.dumps({question.id: [option.code]})}),
                )

    def _add_grid(self, question: FormQuestion, common: dict[str, Any]) -> None:
        for column in question.columns:
            self.fields[column_name(question.id, column.code)] = _Many(
                label=format_html("{} – {}", common["label"], marked(column.label)),
                required=False,
                choices=_choices(question.options),
                widget=forms.CheckboxSelectMultiple(),
            )
        if question.extra:
            self.fields[extra_name(question.id)] = _Many(
                label=_("Or"),
                required=False,
                choices=_choices(question.extra),
                widget=CheckChoices(exclusive=question.exclusive),
            )
        self._add_own_words(question, question.options)

    def _initial(self, field: forms.Field, strings: Sequence[str]) -> Any:
        if isinstance(field, _Many):
            return list(strings)
        if isinstance(field, _Tick):
            return bool([s for s in strings if s])
        return strings[-1] if strings else ""

    # ------------------------------------------------------------ drawing

    @property
    def pieces(self) -> list[Piece]:
        """The page in order, for the template."""
        return [self._piece(question) for _kind, question in self._plan]

    def _piece(self, question: FormQuestion) -> Piece:
        if question.type == "notice":
            return Piece("notice", label=self._words(question.text or question.label))
        if question.type == "group":
            return Piece(
                "group",
                label=self._label(question.label),
                help=self._words(question.help),
                name=question.id,
                lock="" if question.visibility == self.mostly else lock_words(question),
                pieces=[self._piece(part) for part in question.fields],
            )
        words = [self[name] for o in question.options if (name := text_name(question.id, o.code)) in self.fields]
        if question.type == "matrix_checkboxes":
            return self._grid_piece(question, words)
        if not words:
            return Piece("field", field=self[question.id])
        return Piece("several", pieces=[Piece("field", field=f) for f in (self[question.id], *words)])

    def _grid_piece(self, question: FormQuestion, words: list[Any]) -> Piece:
        columns = [(c, self[column_name(question.id, c.code)]) for c in question.columns]
        rows = []
        for index, option in enumerate(question.options):
            boxes = [
                {
                    "name": bound.html_name,
                    "id": f"{bound.auto_id}_{index}",
                    "value": option.code,
                    "label": marked(c.label),
                    "checked": option.code in (bound.value() or []),
                }
                for c, bound in columns
            ]
            rows.append({"id": f"id_{question.id}_row_{index}", "label": marked(option.label), "boxes": boxes})
        extra = extra_name(question.id)
        errors = [str(message) for _c, bound in columns for message in bound.errors]
        return Piece(
            "grid",
            label=self._label(question.label),
            help=self._words(question.help),
            name=question.id,
            rows=rows,
            errors=errors,
            field=self[extra] if extra in self.fields else None,
            pieces=[Piece("field", field=f) for f in words],
        )


def _choices(options: Iterable[Option]) -> list[tuple[str, str]]:
    return [(option.code, marked(option.label)) for option in options]


def _helps(options: Iterable[Option]) -> dict[str, str]:
    return {option.code: marked(option.help) for option in options if option.help}


def minutes(form: Form, section: Section) -> int:
    """About how long a section takes, as its share of the whole form's minutes (at least one)."""

    def weight(part: Section) -> float:
        return sum({"textarea": q.limit / 300, "checkbox_single": 0.3}.get(q.type, 0.7) for q in part.questions)

    total = sum(weight(part) for part in form.parts) or 1
    return max(1, round(form.minutes * weight(section) / total))
