"""Which questions of a form are asked under the settings of its call, and what was answered to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from applications.form_definition.definition import Form, FormQuestion, Section
from cohort.questions import cleaning
from cohort.questions.cleaning import Cleaned, Posted
from cohort.questions.values import Value


def is_on(question: FormQuestion, settings: Iterable[str]) -> bool:
    """Whether the setting that a question depends on is switched on; most depend on none."""
    return not question.show_if_setting or question.show_if_setting in set(settings)


def is_shown(question: FormQuestion, values: Mapping[str, Value], settings: Iterable[str] = ()) -> bool:
    """Whether a question applies, given the answers so far and the switched-on settings."""
    return is_on(question, settings) and cleaning.is_shown(question, values)


def on_page(
    question: FormQuestion, own: Collection[str], values: Mapping[str, Value], settings: Iterable[str] = ()
) -> FormQuestion | None:
    """As :func:`cohort.questions.cleaning.on_page`, under ``settings``."""
    return cleaning.on_page(question, own, values) if is_on(question, settings) else None


def clean(
    section: Section,
    data: Posted,
    *,
    earlier: Mapping[str, Value] | None = None,
    settings: Iterable[str] = (),
) -> Cleaned:
    """As :func:`cohort.questions.cleaning.clean`, under ``settings``: a question that they switch off is not shown."""
    on = frozenset(settings)
    questions = tuple(q if is_on(q, on) else replace(q, enabled=False) for q in section.questions)
    return cleaning.clean(replace(section, questions=questions), data, earlier=earlier)


def wanting(form: Form, values: Mapping[str, Value], settings: Iterable[str] = ()) -> dict[str, list[FormQuestion]]:
    """Per section, the questions that must be answered before sending and are not."""
    on = frozenset(settings)
    found = {section.id: [q for q in section.questions if _is_wanting(q, values, on)] for section in form.parts}
    return {name: questions for name, questions in found.items() if questions}


def _is_wanting(question: FormQuestion, values: Mapping[str, Value], settings: frozenset[str]) -> bool:
    """A question that takes an answer, is asked, and lacks something."""
    if not question.kind or not is_shown(question, values, settings):
        return False
    return bool(cleaning.lacking(question, values.get(question.id)))
