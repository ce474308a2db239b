"""One section of an application as a Django form: who may read what, placeholders, and the settings of the call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from applications.form_definition import asking
from applications.form_definition.definition import Form, FormQuestion, Section
from cohort.questions.definition import TEXT_KINDS
from cohort.questions.fields import fields_of
from cohort.questions.forms import Piece, SheetForm, Shown
from cohort.questions.html import marked
from cohort.questions.text import fill
from cohort.questions.values import Value


def lock_words(question: FormQuestion) -> str:
    """Who can read an answer, in a few words."""
    return {
        "reviewer": _("Your readers see this, without your name."),
        "staff": _("Only program staff see this."),
        "selection": _("Staff see this. People who score do not."),
        "equity_data": _("Counted in totals, never beside your name."),
        "access": _("Only the access coordinator sees this."),
    }[question.visibility]


class PartForm(SheetForm[FormQuestion]):
    """Fields for the questions of one section.

    :param facts: values for placeholders.
    :param settings: names of switched-on settings.
    :param suggestions: names of organizations, offered where one is asked for.
    """

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
        self.section, self.facts, self.suggestions = section, facts, suggestions
        self.settings = frozenset(settings)
        self.locks: dict[str, str] = {}
        asked = [q for q in section.questions if q.kind]
        kinds = Counter(q.visibility for q in asked).most_common()
        # One line for the page, and a line of its own for each question that differs from it.
        self.mostly = kinds[0][0] if kinds else ""
        self.lock = lock_words(next(q for q in asked if q.visibility == self.mostly)) if kinds else ""
        self.mixed = len(kinds) > 1
        super().__init__(section.questions, values=values, data=data, shown=shown, messages=messages)

    def words(self, text: str) -> str:
        """A text with its placeholders filled."""
        return marked(fill(text, self.facts))

    def here(self, question: FormQuestion, own: set[str], values: Mapping[str, Value]) -> FormQuestion | None:
        return None if question.type == "submit" else asking.on_page(question, own, values, self.settings)

    def fields_of(self, question: FormQuestion) -> dict[str, forms.Field]:
        attrs: dict[str, Any] = {"autocomplete": question.autocomplete} if question.autocomplete else {}
        one_line = question.kind in TEXT_KINDS - {"text"}
        if one_line and question.autocomplete == "organization" and self.suggestions:
            attrs["list"] = "suggestions"
        return fields_of(question, words=self.words, attrs=attrs, listed=question.type == "select_with_text")

    def add(self, question: FormQuestion, *, inside: bool = False) -> None:
        super().add(question, inside=inside)
        differs = question.visibility != self.mostly and not inside
        if question.id in self.fields and (question.kind == "text" or differs):
            self.locks[question.id] = lock_words(question)

    def notice(self, question: FormQuestion) -> str:
        return self.words(question.text or question.label)

    def piece(self, question: FormQuestion) -> Piece:
        piece = super().piece(question)
        if piece.kind == "group" and question.visibility != self.mostly:
            piece.lock = lock_words(question)
        return piece


def minutes(form: Form, section: Section) -> int:
    """About how long a section takes, as its share of the whole form's minutes (at least one)."""

    def weight(part: Section) -> float:
        return sum({"textarea": q.limit / 300, "checkbox_single": 0.3}.get(q.type, 0.7) for q in part.questions)

    total = sum(weight(part) for part in form.parts) or 1
    return max(1, round(form.minutes * weight(section) / total))
