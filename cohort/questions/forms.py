"""A sheet of questions as a Django form: for drawing and for errors. :mod:`cohort.questions.cleaning` reads posts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from django import forms
from django.utils.datastructures import MultiValueDict

from cohort.questions.cleaning import Asked, on_page
from cohort.questions.definition import Question
from cohort.questions.fields import fields_of, initial_of, label_of
from cohort.questions.html import marked
from cohort.questions.values import Value, column_name, extra_name, posted, text_name

Shown = Mapping[str, Sequence[str]]


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


class SheetForm(forms.Form, Generic[Asked]):
    """Fields for the questions of one page, drawn by ``templates/questions/_pieces.html``.

    :param values: stored values of all questions, for what the fields show and for conditions.
    :param shown: field name to posted strings, where the fields should show something else than ``values``.
    :param messages: field name to messages, as of :mod:`cohort.questions.labels`; only for a bound form.
    """

    use_required_attribute = False

    def __init__(
        self,
        questions: Sequence[Asked],
        *,
        values: Mapping[str, Value] | None = None,
        data: Shown | None = None,
        shown: Shown | None = None,
        messages: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(data=MultiValueDict({k: list(v) for k, v in data.items()}) if data is not None else None)
        self.messages = messages or {}
        self._plan = list(self._asked(questions, values or {}))
        for question in self._plan:
            self.add(question)
        self._show(values or {}, shown)
        if data is not None:
            self.full_clean()  # the page's title says “Error:” before the form is drawn

    def clean(self) -> dict[str, Any]:
        for name, found in self.messages.items():
            for message in found:
                self.add_error(name if name in self.fields else None, message)
        return self.cleaned_data

    # ------------------------------------------------------------ what a form of its own kind may say differently

    def words(self, text: str) -> str:
        """A text of the definition, ready for the page; it says its language where that is not the page's."""
        return marked(text)

    def here(self, question: Asked, own: set[str], values: Mapping[str, Value]) -> Asked | None:
        """A question as this page asks it, or None when it does not."""
        return on_page(question, own, values)

    def fields_of(self, question: Asked) -> dict[str, forms.Field]:
        return fields_of(question, words=self.words)

    def notice(self, question: Asked) -> str:
        """What words to read say."""
        return self.words(question.label)

    # ------------------------------------------------------------ making fields

    def _asked(self, questions: Sequence[Asked], values: Mapping[str, Value]) -> Iterable[Asked]:
        own = {question.id for question in questions}
        found = (self.here(question, own, values) for question in questions)
        return (question for question in found if question is not None)

    def add(self, question: Asked, *, inside: bool = False) -> None:
        """Make the fields of one question. ``inside``: it is a field of a group."""
        self.fields |= self.fields_of(question)
        for part in question.fields:
            self.add(part, inside=True)  # type: ignore[arg-type]  # a question's fields are of its own class

    def _show(self, values: Mapping[str, Value], shown: Shown | None) -> None:
        strings: dict[str, Sequence[str]] = dict(shown or {})
        if shown is None:
            for question in self._plan:
                strings |= posted(question, values.get(question.id))
        for name, field in self.fields.items():
            field.initial = initial_of(field, strings.get(name, []))

    # ------------------------------------------------------------ drawing

    @property
    def pieces(self) -> list[Piece]:
        """The page in order, for the template."""
        return [self.piece(question) for question in self._plan]

    def piece(self, question: Asked) -> Piece:
        """What is drawn for one question."""
        if not question.kind:
            return Piece("notice", label=self.notice(question))
        if question.kind == "group":
            parts = [self.piece(part) for part in question.fields]  # type: ignore[arg-type]
            return Piece("group", **self._heading(question), pieces=parts)
        names = [text_name(question.id, option.code) for option in question.options]
        own_words = [Piece("field", field=self[name]) for name in names if name in self.fields]
        if question.kind == "grid":
            return self._grid(question, own_words)
        field = Piece("field", field=self[question.id])
        return Piece("several", pieces=[field, *own_words]) if own_words else field

    def _heading(self, question: Question) -> dict[str, str]:
        return {
            "label": label_of(question, self.words),
            "help": self.words(question.help),
            "name": question.id,
        }

    def _grid(self, question: Question, own_words: list[Piece]) -> Piece:
        columns = [(column, self[column_name(question.id, column.code)]) for column in question.columns]
        rows = [
            {
                "id": f"id_{question.id}_row_{index}",
                "label": marked(option.label),
                "boxes": [
                    {
                        "name": bound.html_name,
                        "id": f"{bound.auto_id}_{index}",
                        "value": option.code,
                        "label": marked(column.label),
                        "checked": option.code in (bound.value() or []),
                    }
                    for column, bound in columns
                ],
            }
            for index, option in enumerate(question.options)
        ]
        extra = extra_name(question.id)
        return Piece(
            "grid",
            **self._heading(question),
            rows=rows,
            errors=[str(message) for _column, bound in columns for message in bound.errors],
            field=self[extra] if extra in self.fields else None,
            pieces=own_words,
        )
